"""An entry becomes an article: clean, complete, in one language, safe to show.

Everything foreign is dealt with here and nowhere later: markup is sanitised, dates are completed from what was seen
first, the language is decided, links are sorted into the few relations we publish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from republisher import language, text
from republisher.identity import is_absolute_iri, permalink
from republisher.model import (
    Article,
    LanguageTag,
    Link,
    Origin,
    ParsedFeed,
    Person,
    PlainText,
    Problem,
    SafeHtml,
    Source,
)
from republisher.sanitise import sanitise, to_text
from republisher.urls import host, is_web, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from republisher.identity import Identified
    from republisher.model import Category, Entry

VERSION = 3
"""Raised when the same entry would make another article."""
_DECLARED = frozenset(("entry", "feed", "source"))
_SUMMARY_LIMIT = 300
_TITLE_LIMIT = 80
"""Characters of a title made from the content of an article that has none."""
_WRAPPER = re.compile(r'<div lang="[^"]*" dir="(?:ltr|rtl)">(.*)</div>', re.DOTALL)
_DIV = re.compile(r"<div\b|</div")
_SCHEME = re.compile(r"(?:https?|urn|tag|info):", re.IGNORECASE)
"""Of the vocabularies categories come from; others may be active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an entry is read against."""

    source: Source
    feed: ParsedFeed
    location: str
    """Where the document was."""
    expected: tuple[LanguageTag, ...] = ()
    """Languages the user expects; empty means any."""
    authority: str
    """For the id of a feed that has none (RFC 4151)."""
    site: str = ""
    """Where what we publish is, so that it is recognised when it comes back."""
    now: datetime


def normalise(found: Identified, context: Context, previous: Article | None) -> tuple[Article, tuple[Problem, ...]]:
    """Return the article `found` stands for and what was odd about it.

    `previous` is the article as it is stored, if it is: it keeps its page, and dates the source does not give.
    """
    entry, feed = found.entry, context.feed
    content = _unwrapped(sanitise(entry.content or entry.summary))
    body = text.from_safe_html(content)
    summary = text.shorten(to_text(entry.summary) or text.run_on(body), _SUMMARY_LIMIT)
    title = to_text(entry.title) or text.shorten(text.run_on(body), _TITLE_LIMIT)
    declared = (("entry", entry.language), ("feed", feed.language), ("source", context.source.language))
    tag, language_origin = language.decide(declared, title, body, context.expected)
    larger, others = language.mixture(tag, title, body)
    if larger != tag and language_origin in _DECLARED:  # what is declared holds, whatever is the larger part
        larger, others = tag, (larger, *(other for other in others if other != tag))
    published, updated, problems = _dates(found, context, previous, (title, content))
    origin = _origin(entry.source or feed, context, updated)
    link, ours = _home(entry, context)
    article = Article(
        id=found.id,
        slug=previous.slug if previous else ours or found.slug,
        title=title or PlainText(link or f"{origin.title}, {published:%Y-%m-%d}"),
        summary=summary,
        content=content,
        language=larger,
        language_origin=language_origin,
        other_languages=others,
        published=published,
        updated=updated,
        authors=_authors(entry, feed, origin),
        categories=_categories(entry.categories, context),
        link=link,
        links=_links(entry, origin),
        thumbnail=entry.thumbnail if entry.thumbnail and is_web(entry.thumbnail.url) else None,
        rights=context.source.rights or text.plain(entry.rights or feed.rights or "") or None,
        origin=origin,
        dated=any(date is not None and date <= context.now for date in (entry.published, entry.updated)),
        policy=context.source.policy,
        copies=previous.copies if previous else (),
    )
    return article, problems


def _unwrapped(content: SafeHtml) -> SafeHtml:
    """Return `content` without the element that feeds of ours put around it to say its language and direction."""
    wrapped = _WRAPPER.fullmatch(content)
    if wrapped is None:
        return content
    depth = 0
    for tag in _DIV.findall(wrapped.group(1)):
        depth += -1 if tag == "</div" else 1
        if depth < 0:  # two elements side by side, not one around everything
            return content
    return SafeHtml(wrapped.group(1).strip())


def _dates(
    found: Identified, context: Context, previous: Article | None, words: tuple[PlainText, SafeHtml]
) -> tuple[datetime, datetime, tuple[Problem, ...]]:
    """Return published and updated; what is missing or lies in the future is the moment we first saw it."""
    entry, now = found.entry, context.now
    given = [date for date in (entry.published, entry.updated) if date is not None]
    problems = []
    if not given:
        problems.append(
            Problem(code="date-missing", message="no date; the first time it was seen counts", where=found.id)
        )
    elif max(given) > now:
        problems.append(Problem(code="date-future", message=f"dated {max(given)}, which is to come", where=found.id))
    past = [date for date in (entry.published, entry.updated) if date is not None and date <= now]
    published = past[0] if past else (previous.published if previous else now)
    same_words = previous is not None and (previous.title, previous.content) == words
    if previous is not None and previous.dated and past and (entry.published is None or same_words):
        # An edit without a date of publication, or a source that moves and stamps everything anew.
        published = min(published, previous.published)
    if entry.updated is not None and entry.updated <= now:
        updated = max(entry.updated, published)
    elif previous is None or (past and not previous.dated):  # new, or dated for the first time
        updated = published
    else:
        updated = previous.updated if same_words else now
    return published, updated, tuple(problems)


def _home(entry: Entry, context: Context) -> tuple[str | None, str]:
    """Return the permalink at the source, or None and the name of our page if what we published comes back to us."""
    link = permalink(entry)
    pages = f"{context.site}articles/"
    if context.site and link and link.startswith(pages):
        name = unquote(link.removeprefix(pages)).removesuffix(".html")
        return None, name if text.slug(name, 200) == name else ""
    return link, ""


def _origin(feed: ParsedFeed, context: Context, updated: datetime) -> Origin:
    """Return whom to credit: the feed, or the one an entry that was republished before says it came from."""
    source = context.source
    by_rel = {link.rel: link.href for link in reversed(feed.links) if is_web(link.href)}
    self_link = by_rel.get("self") or (context.location if feed is context.feed and is_web(context.location) else None)
    alternate = by_rel.get("alternate")
    title = text.plain((source.title if feed is context.feed else None) or feed.title or "")
    identity = text.plain(feed.id or self_link or alternate or "")
    return Origin(
        id=identity if is_absolute_iri(identity) else f"tag:{context.authority}:source/{text.digest(source.key)}",
        title=title or PlainText(host(alternate or self_link or "") or shown(source.key)),
        updated=feed.updated if feed.updated and feed.updated <= context.now else updated,
        self_link=self_link,
        alternate=alternate,
        rights=text.plain(feed.rights or "") or None,
    )


def _authors(entry: Entry, feed: ParsedFeed, origin: Origin) -> tuple[Person, ...]:
    given = entry.authors or (entry.source.authors if entry.source else ()) or feed.authors
    people = (
        Person(
            name=text.plain(person.name or person.email or ""),
            email=person.email if person.email and "@" in person.email else None,
            uri=person.uri if person.uri and is_web(person.uri) else None,
        )
        for person in given
    )
    named = tuple(dict.fromkeys(person for person in people if person.name))
    return named or (Person(name=origin.title),)


def _categories(given: Iterable[Category], context: Context) -> tuple[Category, ...]:
    """Keep the source's own words; topics of ours that come back are given anew."""
    known = (
        category if category.scheme is None or _SCHEME.match(category.scheme) else replace(category, scheme=None)
        for category in given
        if category.term.strip() and not (context.site and category.scheme == f"{context.site}topics/")
    )
    return tuple(dict.fromkeys(known))


def _links(entry: Entry, origin: Origin) -> tuple[Link, ...]:
    """Keep translations, enclosures, replies and where we took it from; the permalink is a field of its own."""
    kept = []
    home = permalink(entry)
    for link in entry.links:
        if not is_web(link.href) or link.href == home:
            continue
        if link.rel in {"enclosure", "replies", "via"}:
            kept.append(link)
        elif link.rel in {"alternate", "related"} and link.hreflang:
            kept.append(Link(href=link.href, rel="related", type=link.type, hreflang=link.hreflang, title=link.title))
    if origin.self_link and not any(link.rel == "via" for link in kept):
        kept.append(Link(href=origin.self_link, rel="via"))
    return tuple(dict.fromkeys(kept))
