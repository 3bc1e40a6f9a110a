"""Composition: which articles make up an edition, in which order, under which heading. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from republisher.digest.values import LIMIT, Digest, Item, Section
from republisher.editions import ALL, label_of, publishable
from republisher.model import Link, Markup, SafeHtml
from republisher.sanitise import sanitise
from republisher.text import shorten
from republisher.urls import article_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from republisher.digest.notes import Notes
    from republisher.digest.values import Frequency, Variant
    from republisher.model import Article, Site, Topic

SUMMARY: Final = 180
"""Characters of a summary: one line or two."""
CATCH_UP: Final = 2
"""Periods an edition covers at most, after weeks in which none was made."""


def edition_name(frequency: Frequency, until: datetime) -> str:
    """Return the name of the edition that ends at `until`: its day, its ISO week, its month."""
    last = until - timedelta(microseconds=1)
    if frequency == "daily":
        return f"{last:%Y-%m-%d}"
    return f"{last:%G-W%V}" if frequency == "weekly" else f"{last:%Y-%m}"


def window(frequency: Frequency, previous: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when an edition made `now` reaches; `previous` is the end of the one before.

    After missed periods one edition catches up, but with no more than two periods: nobody wants two months in one mail.
    A clock that was set back makes an empty window, so nothing is sent twice.
    """
    earliest = now
    for _ in range(CATCH_UP if previous else 1):
        earliest = _before(frequency, earliest)
    return (max(previous, earliest) if previous else earliest), max(now, previous or now)


def _before(frequency: Frequency, moment: datetime) -> datetime:
    """Return the moment one period earlier."""
    if frequency == "monthly":
        year, month = (moment.year, moment.month - 1) if moment.month > 1 else (moment.year - 1, 12)
        return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
    return moment - timedelta(days=1 if frequency == "daily" else 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all variants of an edition have in common."""

    name: str
    since: datetime
    until: datetime
    site: Site
    topics: tuple[Topic, ...]
    notes: Notes
    limit: int = LIMIT


def compose(variant: Variant, articles: Iterable[Article], rest: str, frame: Frame) -> Digest:
    """Return the digest of `variant`; `articles` are those of its window and language, `rest` names what has no topic.

    Each article stands once, under the first of the variant's topics that it has. A variant without topics has all of
    them, and what has none comes last.
    """
    wanted = [publishable(article) for article in articles if not _named(article, frame.notes.drop)]
    wanted.sort(key=lambda article: article.id)
    wanted.sort(key=lambda article: article.published, reverse=True)
    wanted.sort(key=lambda article: _rank(article, frame.notes.first))
    sections = []
    for topic in frame.topics:
        if not variant.topics or topic.slug in variant.topics:
            here = [article for article in wanted if any(one.topic == topic.slug for one in article.topics)]
            sections.append(_section(topic.slug, label_of(topic, variant.language, {}), here, variant, frame))
            wanted = [article for article in wanted if article not in here]
    if not variant.topics:
        sections.append(_section(ALL, rest, wanted, variant, frame))
    return Digest(
        name=frame.name,
        variant=variant,
        since=frame.since,
        until=frame.until,
        sections=tuple(section for section in sections if section.items),
        introduction=introduction(frame.notes.introduction(variant.language)),
        page=f"{frame.site.url}digest/{variant.frequency}/{frame.name}/{variant.key}.html",
    )


def introduction(markdown: str) -> SafeHtml:
    """Return an editor's words as HTML that may be shown."""
    if not markdown.strip():
        return SafeHtml("")
    from markdown_it import MarkdownIt  # noqa: PLC0415  # only who writes an introduction pays for it

    return sanitise(Markup(value=MarkdownIt("commonmark", {"html": False}).render(markdown), type="html"))


def _named(article: Article, names: Iterable[str]) -> bool:
    return bool({article.id, article.link, article.slug} & set(names))


def _rank(article: Article, first: Sequence[str]) -> int:
    """Return the place an editor gave `article`, behind all those if none."""
    return next((place for place, name in enumerate(first) if _named(article, (name,))), len(first))


def _section(slug: str, label: str, articles: Sequence[Article], variant: Variant, frame: Frame) -> Section:
    return Section(
        topic=slug,
        label=label,
        page=f"{frame.site.url}{variant.language}/{slug}.html",
        items=tuple(_item(article, frame.site) for article in articles[: frame.limit]),
        more=max(0, len(articles) - frame.limit),
    )


def _item(article: Article, site: Site) -> Item:
    return Item(
        id=article.id,
        title=article.title,
        summary=shorten(article.summary, SUMMARY),
        link=article_url(article, site),
        language=article.language,
        published=article.published,
        source=article.origin.title,
        also=article.copies,
        translations=tuple(
            Link(href=article_url(one, site), rel="related", hreflang=one.language, title=one.title)
            for one in article.translations
            if one.confidence is None
        ),
    )
