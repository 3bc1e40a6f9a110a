"""Text dumps: WordPress Atom feeds whose tags were stripped and whose texts remain.

    Title Subtitle 2021-07-21T08:20:10Z WordPress                                   the feed
    author <![CDATA[Title]]> updated published content                              an entry

and in richer dumps

    author URL <![CDATA[Title]]> guid <![CDATA[Category]]> updated published summary […] content comments

What marks an entry is its title in CDATA with dates behind it; everything else is found from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from republisher.errors import ParseError
from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Problem
from republisher.parse import byline, charset
from republisher.parse.body import read_body
from republisher.parse.cdata import sections
from republisher.parse.dates import parse_date
from republisher.parse.element import looks_like_html
from republisher.parse.outline import lost_links
from republisher.parse.repair import clean
from republisher.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from republisher.model import Document, Person
    from republisher.parse.byline import Signed
    from republisher.parse.cdata import Section
    from republisher.parse.sniff import Head

LARGEST: Final = 1 << 21
"""Bytes of a dump that are read: five hundred articles."""
_SPACE = re.compile(r"\s+")
_STAMP: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?"
_DATE = re.compile(_STAMP)
_DATES = re.compile(rf"({_STAMP})(?:\s+({_STAMP}))?(?=\s|<|$)")
_URL = re.compile(r"https?://[^\s<>]+")
_PART_OF_DATES = re.compile(r"[\d\sTZ:.+-]*")
_MOST_CATEGORIES: Final = 20
_CATEGORY_LENGTH: Final = 200
_ENDS: Final = (".", "!", "?", "…", "。", "؟", "۔", '"', "'", "”", "’", "»", ")", "]", ">", ":")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Top:
    """What stands before the content of an entry, except its author, and where."""

    start: int
    end: int
    title: str
    guid: str | None = None
    categories: tuple[str, ...] = ()
    updated: datetime | None = None
    published: datetime | None = None


def recognise(head: Head) -> bool:
    """Return whether a title in CDATA has a date behind it, as it never has in XML."""
    return next(_tops(head.text), None) is not None


def parse(document: Document) -> ParsedFeed:
    """Return the feed in a text dump; raises `ParseError`."""
    decoded = charset.decode(document.content[:LARGEST], document.charset)
    text = clean(decoded.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")).strip()
    tops = list(_tops(text))
    if not tops:
        raise ParseError(
            "No article can be found in this text",
            document.location,
            "each needs its title in <![CDATA[...]]> with its dates behind it",
        )
    problems = [Problem(code="charset-wrong", message=decoded.oddity, where="document")] if decoded.oddity else []
    if len(document.content) > LARGEST:
        problems.append(
            Problem(code="too-big", message=f"only the first {LARGEST >> 20} MB were read", where="document")
        )
    feed, author = _head(text[: tops[0].start], problems)
    signed = byline.split([text[one.end : two.start] for one, two in pairwise(tops)], author)
    last, broken_off = _last(text, tops[-1], signed)
    people = [author, *(one.author for one in signed), last.author]
    bodies = [*(one.text for one in signed), last.text]
    entries = [_entry(*parts, problems) for parts in zip(tops, people, bodies, strict=False)]
    if broken_off is not None:
        entries.append(_entry(broken_off, last.author, "", problems))
    if broken_off is not None or not _ends_well(bodies):
        problems.append(Problem(code="truncated", message="the text breaks off", where=_where(entries[-1])))
    return replace(feed, entries=tuple(entries), problems=tuple(problems))


def _tops(text: str) -> Iterator[_Top]:
    found = sections(text)
    number = 0
    while number < len(found):
        top, used = _top(text, found, number)
        number += used
        if top is not None:
            yield top


def _top(text: str, found: list[Section], number: int) -> tuple[_Top | None, int]:
    """Return the entry whose title is section `number`, if it is one, and how many sections it takes."""
    title = found[number]
    place = title.end
    urls: list[str] = []
    categories: list[str] = []
    for _ in range(_MOST_CATEGORIES):
        if space := _SPACE.match(text, place):
            place = space.end()
        following = number + 1 + len(categories)
        if dates := _DATES.match(text, place):
            guid = next((url for url in urls if "?p=" in url), urls[0] if urls else None)
            return _Top(
                start=title.start,
                end=dates.end(),
                title=title.value,
                guid=guid,
                categories=tuple(categories),
                updated=parse_date(dates[1]),
                published=parse_date(dates[2]) if dates[2] else None,
            ), 1 + len(categories)
        if url := _URL.match(text, place):
            urls.append(url.group())
            place = url.end()
        elif following < len(found) and found[following].start == place and _is_short(found[following].value):
            categories.append(found[following].value)
            place = found[following].end
        else:
            break
    return None, 1


def _is_short(value: str) -> bool:
    return len(value) <= _CATEGORY_LENGTH and "\n" not in value


def _head(text: str, problems: list[Problem]) -> tuple[ParsedFeed, Person | None]:
    """Return what stands before the first entry, and the author of that entry."""
    date = _DATE.search(text)
    names, rest = (text[: date.start()], text[date.end() :]) if date else byline.last_line(text)
    identity, generator, author = byline.opening(rest)
    title, subtitle = _title_and_subtitle(names.strip())
    if title and not subtitle:
        problems.append(
            Problem(code="subtitle-unknown", message="nothing shows where the title of the feed ends", where="feed")
        )
    return ParsedFeed(
        format="dump",
        id=identity,
        title=title or None,
        subtitle=subtitle or None,
        updated=parse_date(date.group()) if date else None,
        generator=generator,
        links=(Link(href=identity, rel="self"),) if identity else (),
    ), author


def _title_and_subtitle(text: str) -> tuple[str, str]:
    """Part the two at a line break, or between two equal words: one ends the title, one begins the subtitle."""
    if "\n" in text:
        title, _, subtitle = text.partition("\n")
        return plain(title), plain(subtitle)
    words = plain(text).split()
    for place, (one, two) in enumerate(pairwise(words), 1):
        if one == two:
            return " ".join(words[:place]), " ".join(words[place:])
    return " ".join(words), ""


def _last(text: str, top: _Top, signed: list[Signed]) -> tuple[Signed, _Top | None]:
    """Return the last body without the beginning of an entry whose dates were cut off, and that entry."""
    body = text[top.end :]
    if _PART_OF_DATES.fullmatch(body):
        return byline.Signed(""), None
    known = {one.author.name for one in signed if one.author}
    for section in sections(body)[-1:]:
        before = byline.split([body[: section.start]], None, known)[0]
        if before.author and before.author.name in known and _PART_OF_DATES.fullmatch(body, section.end):
            return before, _Top(start=section.start, end=len(body), title=section.value)
    return byline.Signed(body), None


def _entry(top: _Top, author: Person | None, text: str, problems: list[Problem]) -> Entry:
    body = read_body(text, rich=top.guid is not None)
    title = plain(top.title)
    entry = Entry(
        id=top.guid,
        title=Markup(value=title, type="html" if looks_like_html(title) else "text") if title else None,
        links=_links(top.guid, body.comments),
        published=top.published,
        updated=top.updated,
        authors=(author,) if author else (),
        categories=tuple(Category(term=plain(term)) for term in (*top.categories, *body.categories)),
        summary=body.summary,
        content=body.content,
    )
    problems += (
        Problem(code="link-lost", message=f"a link is missing here: {words}", where=_where(entry))
        for words in lost_links(text)
    )
    return entry


def _links(guid: str | None, comments: int | None) -> tuple[Link, ...]:
    if guid is None:
        return ()
    replies = (Link(href=f"{guid}#comments", rel="replies", type="text/html", count=comments),) if comments else ()
    return (Link(href=guid), *replies)


def _ends_well(bodies: list[str]) -> bool:
    """Return whether the last body ends like a sentence, unless the others do not either."""
    *others, last = (body.rstrip() for body in bodies)
    found = sections(last)
    if found and not found[-1].closed:
        return False
    return last.endswith(_ENDS) or last[-1:].isdigit() or not all(body.endswith(_ENDS) for body in others)


def _where(entry: Entry) -> str:
    return entry.id or (entry.title.value if entry.title else "entry without title")
