"""OPML 2.0: the list of our channels, and of the sources we take articles from, for any reader to import."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from republisher.render import atom, facts
from republisher.render.extension import DECLARATION, add
from republisher.render.names import autonym
from republisher.urls import channel_url, is_web, uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from republisher.model import Channel, Site, Source

ENDING = ".opml"
MEDIA_TYPE = "text/x-opml"


def render_opml(title: str, channels: Iterable[Channel], site: Site, modified: datetime | None = None) -> bytes:
    """Return the list of `channels`, each topic a folder; `modified` is the date of the newest article.

    If all are in one language, so is the list. A channel is listed once, by its Atom document: of our formats it says
    most, and every reader that imports OPML reads it. The type is `rss` all the same, as OPML knows no other word.
    """
    listed = tuple(channels)
    languages = {channel.language for channel in listed}
    only = languages.pop() if len(languages) == 1 else None
    title = f"{title} ({autonym(only)})" if only else title
    root, body = _document(title, site, modified)
    folders: dict[str, Any] = {}
    for channel in listed:
        parent = body
        if channel.topic is not None:
            parent = folders.get(channel.topic.slug)
            if parent is None:
                name = facts.label(channel.topic, only or site.language)
                parent = folders[channel.topic.slug] = add(body, "outline", text=_text(name))
        add(
            parent,
            "outline",
            type="rss",
            text=_text(channel.title),
            title=_text(channel.title),
            xmlUrl=channel_url(channel, atom.ENDING, site),
            htmlUrl=channel_url(channel, ".html", site),
            language=facts.known(channel.language),
            description=_text(channel.subtitle),
        )
    return _serialised(root, body, title)


def render_sources(title: str, sources: Iterable[Source], site: Site, modified: datetime | None = None) -> bytes:
    """Return the list of those `sources` that are on the web: where a file lies here is nobody's business."""
    root, body = _document(title, site, modified)
    for source in sources:
        if is_web(source.location):
            name = _text(source.title or source.location)
            language = facts.known(source.language)
            add(body, "outline", type="rss", text=name, title=name, xmlUrl=uri(source.location), language=language)
    return _serialised(root, body, title)


def _document(title: str, site: Site, modified: datetime | None) -> tuple[Any, Any]:
    root = etree.Element("opml", version="2.0")
    head = add(root, "head")
    add(head, "title", _text(title))
    if modified is not None:
        add(head, "dateModified", format_datetime(modified))
    owner = facts.checked(site.author)
    for tag, value in (("ownerName", _text(owner.name)), ("ownerEmail", owner.email), ("ownerId", owner.uri)):
        if value:
            add(head, tag, value)
    return root, add(root, "body")


def _serialised(root: Any, body: Any, title: str) -> bytes:  # noqa: ANN401 - elements of lxml
    if not len(body):
        add(body, "outline", text=_text(title))  # a body without an outline is no OPML
    document: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True, xml_declaration=False)
    return DECLARATION + document


def _text(value: str) -> str:
    """Return a text for an attribute that readers may take for HTML."""
    return facts.inert(facts.legalised(value))
