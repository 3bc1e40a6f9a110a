"""The digest on the web: each variant as a page, and as a feed of editions for readers and for other senders of mail.

A feed's entry holds the whole edition as plain HTML, so that a service that mails feeds can send it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from republisher.model import Article, Channel, Edition, Markup, Origin, PlainText
from republisher.render import make_feed_formats
from republisher.sanitise import sanitise
from republisher.text import digest as digest_of
from republisher.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from republisher.digest.values import Bodies, Digest, EditionRecord, Item, Section
    from republisher.model import SafeHtml, Site, Topic

FORMATS: Final = frozenset(("atom", "rss"))
KEPT: Final = 20
"""Editions in a feed."""


def entry(digest: Digest, bodies: Bodies, record: EditionRecord, site: Site) -> Article:
    """Return an edition in one variant as an article of its feed."""
    variant = digest.variant
    name = f"digest/{variant.frequency}/{variant.key}"
    return Article(
        id=f"tag:{site.authority}:{name}/{digest.name}",
        slug=f"digest-{digest_of(name, digest.name)}",
        title=plain(bodies.subject),
        summary=plain(bodies.preheader),
        content=content(digest),
        language=variant.language,
        language_origin="source",
        published=record.until,
        updated=record.until,
        link=digest.page,
        origin=Origin(id=f"tag:{site.authority}:{name}", title=PlainText(site.title), updated=record.until),
    )


def content(digest: Digest) -> SafeHtml:
    """Return what an edition says, as HTML without any style."""
    made = digest.introduction + "".join(map(_section, digest.sections))
    return sanitise(Markup(value=made, type="html"))


def _section(section: Section) -> str:
    items = "".join(map(_item, section.items))
    more = f'<p><a href="{escape(section.page)}">+{section.more}</a></p>' if section.more else ""
    return f"<h2>{escape(section.label)}</h2><ul>{items}</ul>{more}"


def _item(item: Item) -> str:
    words = "".join(f"<br>{escape(line)}" for line in (item.summary, item.source) if line)
    return f'<li lang="{item.language}"><a href="{escape(item.link)}">{escape(item.title)}</a>{words}</li>'


def feeds(
    known: Mapping[str, Sequence[Article]], titles: Mapping[str, str], site: Site, topics: tuple[Topic, ...]
) -> Iterator[tuple[str, bytes]]:
    """Yield a feed for each variant; `known` are its editions, `titles` what it is called, by its path."""
    formats = [form for form in make_feed_formats(site, topics) if form.name in FORMATS]
    for path, articles in known.items():
        newest = sorted(articles, key=lambda one: one.published, reverse=True)[:KEPT]
        channel = Channel(
            path=path,
            topic=None,
            language=newest[0].language,
            id=f"tag:{site.authority}:{path}",
            title=titles[path],
            subtitle=site.subtitle or site.title,
            label=titles[path],
        )
        edition = Edition(channel=channel, articles=tuple(newest), updated=newest[0].updated)
        for form in formats:
            yield f"{path}{form.ending}", form.render(edition)


def pages(digests: Iterable[Digest], rendered: Mapping[str, bytes], site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield the page of each variant, for good under the edition's name, and as the newest one beside the feeds."""
    for one in digests:
        page = rendered[one.variant.key]
        yield one.page.removeprefix(site.url), page
        yield f"digest/{one.variant.frequency}/{one.variant.key}.html", page
