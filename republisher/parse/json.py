"""JSON read safely and forgivingly: an object gives what was asked for or nothing, items come one by one if need be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from republisher import text
from republisher.errors import ParseError
from republisher.model import Problem
from republisher.parse import charset
from republisher.parse.repair import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from republisher.model import Document

LARGEST: Final = 1 << 23
"""Bytes of a document that are read."""
MOST_VALUES: Final = 500_000
"""Objects, lists and members of a document that are read: well under a hundred megabytes."""
MOST_ITEMS: Final = 50_000
_LONGEST_NUMBER: Final = 15
_NEAR_END: Final = 1000
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_MARK = re.compile(r"[\[{,]")
_LISTS: Final = ("authors", "tags", "attachments")


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object from a stranger: every question has an answer, and a wrong type is none."""

    members: Mapping[str, Any]

    def get(self, key: str) -> Any:  # noqa: ANN401 - JSON is anything
        """Return a member as it is."""
        return self.members.get(key)

    def text(self, key: str, *, lines: bool = False) -> str | None:
        """Return a text, or a number as one; None if it is missing, empty or something else."""
        value = self.members.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            return None
        return (clean(value).strip() if lines else text.plain(clean(value))) or None

    def number(self, key: str) -> int | None:
        """Return a whole number, also one that was written as a text or with a fraction."""
        value = self.text(key)
        digits = value.removesuffix(".0") if value else ""
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None

    def inner(self, key: str) -> Object:
        """Return an object in this one; one without members if there is none."""
        value = self.members.get(key)
        return Object(value if isinstance(value, dict) else {})

    def doubtful(self) -> tuple[str, ...]:
        """Return the members of an item or a feed that ought to be lists or texts and are not."""
        wrong = [key for key in _LISTS if not isinstance(self.members.get(key), list | None)]
        return (*wrong, *(key for key in ("title", "url") if not isinstance(self.members.get(key), str | None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a document."""

    head: Object
    items: list[Object]
    problems: tuple[Problem, ...] = ()


def objects(value: Any) -> tuple[Object, ...]:  # noqa: ANN401 - JSON is anything
    """Return the objects in a list, or the one that stands where a list belongs; a bare text is a name."""
    many = value if isinstance(value, list) else [value]
    named = ({"name": one} if isinstance(one, str) else one for one in many)
    return tuple(Object(one) for one in named if isinstance(one, dict))


def strings(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON is anything
    """Return the texts in a list; a text that stands where a list belongs is one with commas."""
    many = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(plain for one in many if isinstance(one, str) and (plain := text.plain(clean(one))))


def read(document: Document) -> Read:
    """Return the feed and its items; raises `ParseError` if there is nothing to be read."""
    problems: dict[str, Problem] = {}

    def note(code: str, message: str) -> None:
        problems.setdefault(code, Problem(code=code, message=message, where="document"))

    source = _source(document, note)
    decoder = _decoder(note)
    try:
        value, end = decoder.raw_decode(source)
        if source[end:].strip():
            note("trailing-junk", "something stands behind the end of the JSON")
    except (ValueError, RecursionError) as error:
        value = _piecewise(source, decoder)
        if "too-big" not in problems:
            note("not-well-formed", f"not well-formed JSON: {clean(str(error))[:200]}")
        if "too-big" not in problems or not _has_end(document.content):
            note("truncated", "what follows the last whole item was not read")
    given = value.get("items") if isinstance(value, dict) else None
    listed = given if isinstance(given, list) else [given] if isinstance(given, dict) else []
    if not isinstance(value, dict) or not (listed or "version" in value or "title" in value):
        raise ParseError(
            "This is JSON, but no feed can be read in it",
            document.location,
            "give the address of a JSON Feed; it may have been cut in transfer",
        )
    if len(listed) > MOST_ITEMS:
        note("too-big", f"only the first {MOST_ITEMS} items were read")
        listed = listed[:MOST_ITEMS]
    items = [Object(one) for one in listed if isinstance(one, dict)]
    if len(items) < len(listed):
        note("wrong-type", "some items are no objects and were left out")
    return Read(head=Object(value), items=items, problems=tuple(problems.values()))


def _source(document: Document, note: Callable[[str, str], None]) -> str:
    """Return the text of a document from its first brace on, as far as it may be read."""
    if len(document.content) > LARGEST:
        note("too-big", f"only the first {LARGEST >> 20} MB were read")
    decoded = charset.decode(charset.first(document.content, LARGEST), document.charset)
    if decoded.oddity:
        note("charset-wrong", decoded.oddity)
    source = decoded.text[decoded.text.find("{") :]
    if sum(map(source.count, "[{,")) > MOST_VALUES:
        note("too-big", "too many values; the rest was not read")
        source = source[: next(islice(_MARK.finditer(source), MOST_VALUES, None)).start()]
    return source


def _has_end(content: bytes) -> bool:
    return content[-_NEAR_END:].rstrip(b"\0 \t\r\n;)]").endswith(b"}")


def _decoder(note: Callable[[str, str], None]) -> json.JSONDecoder:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            note("key-twice", "a key occurs twice in an object; the last one counts")
        return found

    return json.JSONDecoder(strict=False, object_pairs_hook=members, parse_int=_whole, parse_constant=lambda _: None)


def _whole(digits: str) -> int | float:
    """Return a number; Python refuses to read those of thousands of digits."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits[:400])


def _piecewise(source: str, decoder: json.JSONDecoder) -> dict[str, Any]:
    """Return what can be had of broken JSON: the members of the feed that are texts, and the items before the break."""
    start = _ITEMS.search(source)
    if start is None:
        return {}
    head = source[: start.start()].rstrip().rstrip(",") + "}"
    try:
        value, _ = decoder.raw_decode(head)
    except (ValueError, RecursionError):
        value = {}
    items: list[Any] = []
    place = start.end()
    while True:
        between = _BETWEEN.match(source, place)
        place = between.end() if between else place
        try:
            item, place = decoder.raw_decode(source, place)
        except (ValueError, RecursionError):
            return {**value, "items": items}
        items.append(item)
