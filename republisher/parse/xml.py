"""Feeds as XML, read safely and forgivingly, entry by entry.

No DTD, no entities, no network. A document is read strictly first; if that fails its text is mended and it is read
again with recovery, and what was odd becomes a problem. Each entry is handed over as soon as it has ended and is
emptied afterwards, so the tree never holds much more than a slice of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from lxml import etree

from republisher.errors import ParseError
from republisher.model import Problem
from republisher.parse import charset, sniff
from republisher.parse.balance import balance
from republisher.parse.repair import clean, entities, mend

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element as Element

    from republisher.model import Document

C = TypeVar("C")
E = TypeVar("E")

LARGEST: Final = 1 << 26
"""Bytes of a document that are read; the rest is left, with a problem."""
LARGEST_DAMAGED: Final = 6 << 20
"""Likewise, of one that must be mended, which takes several copies of it."""
MOST_ENTRIES: Final = 50_000
MOST_NODES: Final = 300_000
"""Elements and attributes the tree may hold at a time: well under a hundred megabytes."""
_SLICE: Final = 1 << 20
_OPEN_END = re.compile(r"</[\w:.-]+\s*\Z")
"""An end tag that was cut off before its last character."""
_IDENTITIES: Final = ("guid", "id", "link")
_UTF8: Final = frozenset(("", "utf-8", "utf8", "us-ascii", "ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar(Generic[C, E]):
    """How a format is read: the local name of its entries, what is known before the first, what is made of each."""

    entry: str
    begin: Callable[[Element], C]
    """Takes the root as far as it is known when the first entry has ended."""
    visit: Callable[[Element, C], E | None]
    """Returns None for an entry that is none of ours."""


@dataclass(slots=True, kw_only=True)
class Reading(Generic[C, E]):
    """One attempt at a document: its root, what `begin` and `visit` made of it, and what was odd about its XML."""

    root: Element = None
    context: C | None = None
    entries: list[E] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = False
    full: bool = False


def read(document: Document, grammar: Grammar[C, E]) -> tuple[Element, C, list[E], list[Problem]]:
    """Return the root of `document`, its context, its complete entries in document order and the XML's problems.

    Raises `ParseError` if nothing can be read.
    """
    problems: list[Problem] = []
    content = document.content
    if len(content) > LARGEST:
        problems.append(_problem("too-big", f"only the first {LARGEST >> 20} MB were read"))
        content = content[:LARGEST]
    try:
        reading = _strictly(content, grammar, problems)
    except etree.XMLSyntaxError as error:
        reading = _forgivingly(content, document.charset, grammar, problems, error)
    if reading.root is None or not (reading.complete or reading.entries):
        raise ParseError(
            "The document breaks off, or is damaged, before its first article ends",
            document.location,
            "fetch or save it again; it may have been cut in transfer",
        )
    context = reading.context if reading.context is not None else grammar.begin(reading.root)
    return reading.root, context, reading.entries, [*problems, *reading.problems]


def _strictly(content: bytes, grammar: Grammar[C, E], problems: list[Problem]) -> Reading[C, E]:
    """Read well-formed UTF-8, whatever it was declared as."""
    start = sniff.head(content)
    before = len(start.text[: start.start].encode()) + 3 * (charset.marked(content) == "utf-8-sig")
    reading = _attempt(content, before, start.root, grammar, recover=False)
    encoding = charset.declared(content)
    if encoding not in _UTF8 and not content.isascii():
        problems.append(_problem("charset-wrong", f"declared as {encoding}, but read as utf-8"))
    if start.junk:
        problems.append(_problem("leading-junk", "something stands before the XML begins"))
    return reading


def _forgivingly(
    content: bytes, transport: str | None, grammar: Grammar[C, E], problems: list[Problem], error: Exception
) -> Reading[C, E]:
    """Mend what can be mended and read the rest with recovery."""
    if len(content) > LARGEST_DAMAGED:
        problems.append(_problem("too-big", f"damaged: only the first {LARGEST_DAMAGED >> 20} MB were read"))
    decoded = charset.decode(content[:LARGEST_DAMAGED], transport)
    if decoded.oddity:
        problems.append(_problem("charset-wrong", decoded.oddity))
    start = sniff.look(decoded.text)
    if start.junk:
        problems.append(_problem("leading-junk", "something stands before the XML begins"))
    if not start.root:
        return Reading()
    text = decoded.text[start.start :]
    if _OPEN_END.search(text[-200:]):
        text += ">"
    mended = mend(text, entities(decoded.text[: start.start]))
    if mended != decoded.text[start.start :]:
        problems.append(_problem("characters-mended", "forbidden characters, unknown entities or bare & and < in it"))
    del decoded, text
    data = mended.encode("utf-8", "replace")
    del mended
    try:
        return _attempt(data, 0, start.root, grammar, recover=False)
    except etree.XMLSyntaxError:
        problems.append(_problem("not-well-formed", f"not well-formed XML: {_first_line(error)}"))
        data = mend(balance(data.decode(), grammar.entry)).encode()
        return _attempt(data, 0, start.root, grammar, recover=True)


@cache
def _tags(name: str) -> tuple[str, ...]:
    """Return a local name in the spellings that occur, in any namespace; XML minds case, but feeds do not."""
    return f"{{*}}{name}", f"{{*}}{name.capitalize()}", f"{{*}}{name.upper()}"


def _first_line(error: Exception) -> str:
    return clean((str(error).splitlines() or [""])[0][:200])


def _problem(code: str, message: str) -> Problem:
    return Problem(code=code, message=message, where="document")


def _attempt(data: bytes, place: int, root: str, grammar: Grammar[C, E], *, recover: bool) -> Reading[C, E]:
    """Read `data` from `place` on; raises `XMLSyntaxError` unless told to recover."""
    reading: Reading[C, E] = Reading()
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=(f"{{*}}{root}", *_tags(grammar.entry)),
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    for offset in range(place, len(data), _SLICE):
        parser.feed(data[offset : offset + _SLICE])
        _collect(parser, reading, grammar)
        if reading.full or _is_heavy(reading):
            break
    try:
        parser.close()
    except etree.XMLSyntaxError:
        if not recover and not reading.problems:
            raise
    if not reading.complete and not reading.problems:
        _finish(parser, reading, grammar, ends=_has_end(data, root))
    return reading


def _finish(parser: etree.XMLPullParser, reading: Reading[C, E], grammar: Grammar[C, E], *, ends: bool) -> None:
    """Decide about what was still open when the parser was closed: complete if only end tags were lost."""
    if "ERR_RESOURCE_LIMIT" in {error.type_name for error in parser.feed_error_log}:
        message = "elements too deep or texts too long; what follows was not read"
        reading.problems.append(_problem("truncated", message))
        return
    if not ends:
        reading.problems.append(_problem("truncated", "the document breaks off; the entries before are complete"))
        if not _prune(reading.root, grammar.entry):
            return
        reading.problems.append(_problem("entry-cut", "of the last entry, only what stands before the break was kept"))
    _collect(parser, reading, grammar)


def _prune(root: Element, name: str) -> bool:
    """Take away what was cut in the middle; return whether the entry around it still has a title and an identity."""
    broken = root
    while broken is not None and _local(broken) != name:
        broken = next(broken.iterchildren("*", reversed=True), None)
    if broken is None or not len(broken):
        return False
    broken.remove(broken[-1])
    children = {_local(child) for child in broken.iterchildren("*")}
    return "title" in children and not children.isdisjoint(_IDENTITIES)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _has_end(data: bytes, root: str) -> bool:
    end = rf"</(?:[\w.-]+:)?{re.escape(root)}\s*(?:>|\Z)"
    return re.search(end, data[-1000:].decode("utf-8", "replace")) is not None


def _collect(parser: etree.XMLPullParser, reading: Reading[C, E], grammar: Grammar[C, E]) -> None:
    """Visit the entries that have ended since the last time."""
    for event, element in parser.read_events():
        if event == "start":
            if reading.root is None:
                reading.root = element
            continue
        if element is reading.root:
            reading.complete = True
        if (
            not reading.full
            and _local(element) == grammar.entry
            and next(element.iterancestors(*_tags(grammar.entry)), None) is None
        ):
            _visit(element, reading, grammar)


def _visit(element: Element, reading: Reading[C, E], grammar: Grammar[C, E]) -> None:
    """Read an entry and those that a lost end tag put inside it."""
    if reading.context is None:
        reading.context = grammar.begin(reading.root)
    for node in element.iter(element.tag):
        entry = grammar.visit(node, reading.context)
        if entry is not None:
            reading.entries.append(entry)
    if len(reading.entries) >= MOST_ENTRIES:
        reading.full = True
        reading.problems.append(_problem("too-big", f"only the first {len(reading.entries)} entries were read"))
    # The tail stays: the parser may be about to append to it.
    element.clear(keep_tail=True)


def _is_heavy(reading: Reading[C, E]) -> bool:
    """Stop before markup that is no entry fills the memory."""
    if reading.root is None or reading.root.xpath("count(//*) + count(//@*)") < MOST_NODES:
        return False
    reading.problems.append(_problem("too-big", "too many elements to an entry; the rest was not read"))
    return True
