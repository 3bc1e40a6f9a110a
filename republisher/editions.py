"""Channels and their editions: which article goes where, and what is live and what is archived.

Pure: a function of what is stored. Paths are relative to the site, without ending: `health`, `fr/health`, `all`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING

from republisher.identity import link_key
from republisher.language import canonical, fallbacks, primary, variant
from republisher.model import UNDETERMINED, Channel, Edition, LanguageTag, Link, SafeHtml
from republisher.records import AS_USUAL, Grouping
from republisher.text import from_safe_html
from republisher.urls import article_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from republisher.model import Article, Sibling, Site, Topic
    from republisher.records import Placement

ALL = "all"
_HAN_SCRIPTS = frozenset(("Hans", "Hant"))
_HANT_REGIONS = frozenset(("TW", "HK", "MO"))
_SCRIPT_LENGTH = 4
_USUAL = {"az": "Latn", "ms": "Latn", "pa": "Guru", "sr": "Cyrl", "uz": "Latn"}
"""Scripts that need not be said: `sr-Cyrl` is what `sr` means."""
LIVE_MOST = 50
LIVE_LEAST = 30
"""A live feed holds between these two numbers of articles once it has that many; older ones go to archive documents."""
LIVE_BYTES = 400_000
"""What the articles of a live feed may come to, so that the document stays under 500 kB."""
_SLACK = 0.6
"""An overflowing feed is cut back to this part of its bytes, so that it does not overflow again at the next article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What channels are called by that are not topics."""

    everything: Mapping[str, str]
    """Names of the channel that carries every article, by language."""
    all_languages: str
    """In the site's language: what a channel is called that mixes languages."""
    newest: Callable[[str], str] = lambda _: "Newest articles"
    """Returns in a language what a channel brings."""


def channel_paths(article: Article, grouping: Grouping = AS_USUAL) -> tuple[str, ...]:
    """Return the paths of the channels that carry `article`: its topics and `all`, mixed and in its own language."""
    slugs = (ALL, *(assignment.topic for assignment in article.topics))
    language = article_language(article, grouping)
    return slugs if language is None else slugs + tuple(f"{language}/{slug}" for slug in slugs)


def article_language(article: Article, grouping: Grouping = AS_USUAL) -> LanguageTag | None:
    """Return the language of the channels `article` goes to, None if it is undetermined.

    Where standards of its language have channels of their own and it names none, its spelling may tell.
    """
    among = [tag for tag in grouping.channels if "-" in tag and primary(tag) == article.language]
    found = variant(f"{article.title}\n{from_safe_html(article.content)}", among) if among else None
    return channel_language(found or article.language, grouping)


def channel_language(tag: LanguageTag, grouping: Grouping = AS_USUAL) -> LanguageTag | None:
    """Return the language of the channel for articles in `tag`, None if it is undetermined.

    Regions share a channel (`en-GB` and `en-US` are read by the same people), scripts do not (`zh-Hans`, `zh-Hant`),
    unless `grouping` says otherwise.
    """
    if tag == UNDETERMINED:
        return None
    wished = next((grouping.channels[near] for near in fallbacks(tag) if near in grouping.channels), None)
    if wished is not None:
        return wished
    language, *rest = tag.split("-")
    if language == "zh" and not _HAN_SCRIPTS.intersection(rest):
        return LanguageTag("zh-Hant" if _HANT_REGIONS.intersection(rest) else "zh-Hans")
    script = next((part for part in rest if len(part) == _SCRIPT_LENGTH and part.isalpha()), None)
    return LanguageTag(f"{language}-{script}" if script and script != _USUAL.get(language) else language)


def label_of(topic: Topic | None, language: str, everything: Mapping[str, str]) -> str:
    """Return the name of `topic` in `language`, or in the nearest language that has one, English last."""
    names = topic.names if topic else everything
    return next(names[tag] for tag in (*nearest(LanguageTag(language)), "en") if tag in names)


def nearest(tag: LanguageTag) -> tuple[LanguageTag, ...]:
    """Return `tag` and what words may be taken from in its place: its fallbacks, then the language in its usual script.

    Chinese has words in either script and none under `zh`, the tag of a channel in which both are put together.
    """
    usual = channel_language(tag)
    return tuple(dict.fromkeys((*fallbacks(tag), usual))) if usual else fallbacks(tag)


def make_channels(topics: Sequence[Topic], carried: Iterable[str], site: Site, words: Words) -> tuple[Channel, ...]:
    """Return every channel there is, in a stable order: each topic mixed, then in each language of `carried`.

    `carried` are the paths of channels that carry articles or did so once; `words` names what is not a topic.
    """
    by_slug: dict[str, Topic | None] = {ALL: None} | {topic.slug: topic for topic in topics}
    paths = {path for path in carried if path.rpartition("/")[2] in by_slug} | set(by_slug)
    order = list(by_slug)
    ordered = sorted(paths, key=lambda path: (order.index(path.rpartition("/")[2]), path.rpartition("/")[0]))
    return tuple(_channel(path, by_slug[path.rpartition("/")[2]], site, words) for path in ordered)


def _channel(path: str, topic: Topic | None, site: Site, words: Words) -> Channel:
    language, _, slug = path.rpartition("/")
    label = label_of(topic, language or site.language, words.everything)
    scope = "" if language else f" ({words.all_languages})"
    newest = words.newest(language or site.language)
    return Channel(
        path=path,
        topic=topic,
        language=LanguageTag(language) if language else None,
        id=f"tag:{site.authority}:channel/{slug}" + (f"/{language}" if language else ""),
        title=f"{label}{scope} — {site.title}",
        subtitle=f"{newest}{f': {label}' if topic else ''}{scope} · {site.subtitle or site.title}",
        label=label,
    )


def publishable(article: Article) -> Article:
    """Return as much of `article` as its source allows to be published; credit and links always stay."""
    article = replace(article, links=article.links + article.copies) if article.copies else article
    if article.policy == "full":
        return article
    if article.policy == "excerpt":
        return replace(article, content=SafeHtml(f"<p>{escape(article.summary, quote=False)}</p>"))
    return replace(article, summary=article.origin.title, content=SafeHtml(""), thumbnail=None)


def translated(
    article: Article,
    others: tuple[Sibling, ...],
    site: Site,
    grouping: Grouping = AS_USUAL,
    parted: frozenset[str] = frozenset(),
) -> Article:
    """Return `article` with the same story in other languages, those of `others` that are said to be it as links too.

    What somebody says takes the place of the links the source itself gave for those languages; a guess is no link, as
    nobody who reads a feed could tell it from what is said. Nor is a link what the source gave and the editor took
    away: `parted` are the keys of such addresses.
    """
    said = tuple(one for one in others if one.confidence is None)
    spoken = {channel_language(one.language, grouping) for one in said}
    own = (link for link in article.links if link.rel != "related" or _spoken(link, grouping) not in spoken)
    links = tuple(link for link in own if not names_translation(link) or link_key(link.href) not in parted)
    links += tuple(
        Link(href=article_url(one, site), rel="related", type="text/html", hreflang=one.language, title=one.title)
        for one in said
    )
    return replace(article, links=links, translations=others)


def names_translation(link: Link) -> bool:
    """Tell whether a link of an article leads to the same story in another language."""
    return link.rel == "related" and link.hreflang is not None


def _spoken(link: Link, grouping: Grouping) -> LanguageTag | str:
    """Return the language of the channel a translation would be in; nothing for another link."""
    tag = canonical(link.hreflang) if link.hreflang else None
    return (channel_language(tag, grouping) if tag else None) or ""


def siblings(channel: Channel, channels: Iterable[Channel]) -> tuple[Channel, ...]:
    """Return the channels of the same topic in other languages."""
    slug = channel.path.rpartition("/")[2]
    return tuple(
        other
        for other in channels
        if other.language and other.path != channel.path and other.path.rpartition("/")[2] == slug
    )


def overflow(live: Sequence[Placement]) -> tuple[tuple[str, ...], ...]:
    """Return the article ids that have to leave a live feed, a tuple per archive document, oldest document first."""
    reached = list(accumulate(placement.size for placement in live))
    if len(live) <= LIVE_MOST and (len(live) < 2 or reached[-1] <= LIVE_BYTES):  # noqa: PLR2004  # one always stays
        return ()
    fitting = sum(size <= LIVE_BYTES * _SLACK for size in reached)
    leaving = [placement.article for placement in live[max(1, min(LIVE_LEAST, fitting)) :]]
    leaving.reverse()
    return tuple(tuple(leaving[start : start + LIVE_MOST]) for start in range(0, len(leaving), LIVE_MOST))


def archive_path(channel: Channel, number: int) -> str:
    """Return the path of archive document `number` of `channel` (RFC 5005 §4)."""
    return f"archive/{channel.path}/{number:04}"


def make_edition(
    channel: Channel,
    articles: Sequence[Article],
    others: Iterable[Channel],
    *,
    empty_since: datetime,
    previous: int | None = None,
    number: int | None = None,
) -> Edition:
    """Return the edition of `channel` that carries `articles`; `number` if it is an archive document.

    A channel that carries nothing was last updated when the site began: `empty_since`.
    """
    ordered = sorted(articles, key=lambda article: article.id)
    ordered.sort(key=lambda article: article.published, reverse=True)
    return Edition(
        channel=channel,
        articles=tuple(ordered),
        updated=max((article.updated for article in ordered), default=empty_since),
        siblings=siblings(channel, others),
        previous_archive=archive_path(channel, previous) if previous else None,
        archive=archive_path(channel, number) if number else None,
    )
