"""Editions become documents; one module for each format, one table to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher.protocols import Format
from republisher.render import atom, jsonfeed, rss
from republisher.render.opml import render_opml, render_sources

if TYPE_CHECKING:
    from republisher.model import Site, Topic

__all__ = ["make_feed_formats", "render_opml", "render_sources"]


def make_feed_formats(site: Site, topics: tuple[Topic, ...]) -> tuple[Format, ...]:
    """Return the feed formats we publish; each remembers the entries it has rendered, so make them once for a run."""
    return (
        Format(
            name="atom",
            ending=atom.ENDING,
            media_type=atom.MEDIA_TYPE,
            render=atom.Atom(site, topics).render,
            archived=True,
        ),
        Format(
            name="rss",
            ending=rss.ENDING,
            media_type=rss.MEDIA_TYPE,
            render=rss.Rss(site, topics).render,
            archived=True,
        ),
        Format(
            name="json",
            ending=jsonfeed.ENDING,
            media_type=jsonfeed.MEDIA_TYPE,
            render=jsonfeed.JsonFeed(site, topics).render,
        ),
    )
