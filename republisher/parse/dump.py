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
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from republisher.errors import ParseError
from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Problem
from republisher.parse import byline, charset
from republisher.parse.body import Form, ends_in_count, read_body
from republisher.parse.cdata import MOST, sections
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

LARGEST: Final = 1 << 25
"""Bytes of a dump that are read: eight thousand articles."""
_FOUR_BYTES = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")
"""A character for whose sake Python takes four bytes for every other one in the text."""
_MANY: Final = 100_000
_SIGNS: Final = (b"<", b"&", b"\n", b"  ", b" - ", b" * ", b" \xe2")
"""What takes time or becomes longer: markup, lines and what may be one."""
_MOST_SIGNS: Final = 1 << 21
_LONGEST: Final = 1 << 20
"""Characters of one article."""
_NEAR_END: Final = 500
_MOST_PROBLEMS: Final = 1000
"""Lost links that are noted in one dump."""
_SPACE = re.compile(r"\s+")
_STAMP: Final = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?(?:Z|[+-]\d\d:?\d\d))?"
_DATE = re.compile(_STAMP)
_DATES = re.compile(rf"({_STAMP})(?:\s+({_STAMP}))?(?=\s|<|$)")
_URL = re.compile(r"https?://[^\s<>]+")
_PART_OF_MARK = re.compile(r"<!(?:\[(?:C(?:D(?:A(?:T(?:A)?)?)?)?)?)?$")
_PART_OF_DATES = re.compile(r"[\d\sTZ:.+-]*")
_MOST_CATEGORIES: Final = 20
_CATEGORY_LENGTH: Final = 200
_SOME: Final = 10
"""If more than one in so many entries ends without a sign, the last one may."""
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
    return next(_tops(head.text, sections(head.text)), None) is not None


def parse(document: Document) -> ParsedFeed:
    """Return the feed in a text dump; raises `ParseError`."""
    problems: list[Problem] = []
    text, found, whole = _text(document, problems)
    tops = list(_tops(text, found))
    if not tops:
        raise ParseError(
            "No article can be found in this text",
            document.location,
            "each needs its title in <![CDATA[...]]> with its dates behind it",
        )
    feed, author = _head(clean(text[: tops[0].start]), problems)
    rich = all(top.guid for top in tops)
    texts = (_body(text, one.end, two.start, problems) for one, two in pairwise(tops))
    signed = list(byline.split(texts, author, rich=rich))
    broken_off = None
    if whole or len(tops) == 1:
        last, broken_off = _last(_body(text, tops[-1].end, len(text), problems), signed)
        signed.append(last)
    form = Form(rich=rich, counted=rich and _are_counted(signed[:-1]), folded="\n" not in text)
    del text, texts
    ended = broken_off is None and (not whole or _ends_well([one.text for one in signed], form))
    if broken_off:
        tops.append(broken_off)
        signed.append(byline.Signed(""))
    people = [author, *(one.author for one in signed)]
    entries = tuple(
        _entry(top, person, one.text, form, problems) for top, person, one in zip(tops, people, signed, strict=False)
    )
    if not ended:
        problems.append(Problem(code="truncated", message="the text breaks off", where=_where(entries[-1])))
    return replace(feed, entries=entries, problems=tuple(problems))


def _text(document: Document, problems: list[Problem]) -> tuple[str, list[Section], bool]:
    """Return the characters of a dump, the sections in them, and whether that is all of it."""
    content = document.content
    limit = _limit(content)
    decoded = charset.decode(charset.first(content, limit), document.charset)
    if decoded.oddity:
        problems.append(Problem(code="charset-wrong", message=decoded.oddity, where="document"))
    text = decoded.text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    del decoded
    found = sections(text)
    whole = len(content) <= limit and len(found) < MOST
    if not whole:
        what = f"{limit >> 20} MB" if len(content) > limit else f"{MOST} titles and other sections"
        problems.append(Problem(code="too-big", message=f"only the first {what} were read", where="document"))
    return text, found, whole


def _limit(content: bytes) -> int:
    """Return how many bytes are read: fewer of what takes more memory or time than articles do."""
    if sum(map(content.count, _SIGNS)) > _MOST_SIGNS:
        return LARGEST >> 3
    wide = sum(1 for _ in islice(_FOUR_BYTES.finditer(content), _MANY))
    return LARGEST >> (wide > 0) + (wide == _MANY)


def _body(text: str, start: int, end: int, problems: list[Problem]) -> str:
    """Return what stands between two titles, unless it is too much."""
    if end - start > _LONGEST:
        problems.append(Problem(code="too-big", message="an article is too long; its rest was left out", where="entry"))
        return clean(text[start : start + _LONGEST] + text[end - _NEAR_END : end])
    return clean(text[start:end])


def _tops(text: str, found: list[Section]) -> Iterator[_Top]:
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
                title=clean(title.value),
                guid=guid and clean(guid),
                categories=tuple(map(clean, categories)),
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
    if date:
        names = text[: date.start()]
        identity, generator, author = byline.opening(text[date.end() :])
    else:
        identity = None
        names, generator, author = byline.undated(text)
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


def _last(body: str, signed: list[Signed]) -> tuple[Signed, _Top | None]:
    """Return the last body without the beginning of an entry whose dates were cut off, and that entry."""
    if _PART_OF_DATES.fullmatch(body) and not ends_in_count(body):
        return byline.Signed(""), None
    known = {one.author.name for one in signed if one.author}
    for section in sections(body)[-1:]:
        (before,) = byline.split([body[: section.start]], None, known)
        if before.author and before.author.name in known and _PART_OF_DATES.fullmatch(body, section.end):
            return before, _Top(start=section.start, end=len(body), title=section.value)
    return byline.Signed(body), None


def _are_counted(signed: list[Signed]) -> bool:
    """Return whether most entries that another one follows end in a number."""
    return bool(signed) and 2 * sum(ends_in_count(one.text) for one in signed) >= len(signed)


def _entry(top: _Top, author: Person | None, text: str, form: Form, problems: list[Problem]) -> Entry:
    body = read_body(text, replace(form, rich=top.guid is not None))
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
    if len(problems) < _MOST_PROBLEMS:
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


def _ends_well(bodies: list[str], form: Form) -> bool:
    """Return whether the last body ends like a sentence, unless others often do not either, or in its count."""
    *others, last = (body[-_NEAR_END:].rstrip() for body in bodies)
    found = sections(bodies[-1])
    if (found and not found[-1].closed) or _PART_OF_MARK.search(last):
        return False
    if not last:
        return bool(others) and not any(others)
    if form.rich and ends_in_count(last):
        return True
    if _PART_OF_DATES.fullmatch(bodies[-1]) or (form.counted and all(map(ends_in_count, others))):
        return False
    if last.endswith("]]>") and others and not any(body.endswith("]]>") for body in others):
        return False
    return last.endswith(_ENDS) or sum(not body.endswith(_ENDS) for body in others) * _SOME > len(others)


def _where(entry: Entry) -> str:
    return entry.id or (entry.title.value if entry.title else "entry without title")
