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
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document

C = TypeVar("C")
E = TypeVar("E")

LARGEST: Final = 100_000_000
"""Bytes of a document that are read; the rest is left, with a problem."""
LARGEST_DAMAGED: Final = 6 << 20
"""Likewise, of one that must be mended, which takes several copies of it."""
MOST_ENTRIES: Final = 50_000
MOST_NODES: Final = 300_000
"""Elements and attributes the tree may hold at a time: well under a hundred megabytes."""
_SLICE: Final = 1 << 20
_OPEN_END = re.compile(r"</[\w:.-]+\s*\Z")
"""An end tag that was cut off before its last character."""
_AT_END: Final = frozenset((5, 40, 45, 63, 77))
"""libxml2's codes of errors at the end of what it got: in content, an attribute, a comment, a section or a tag."""
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
    reading, reason = None, ""
    content = charset.encoded_once(document.content)
    if content is not document.content:
        problems.append(_problem("charset-wrong", "encoded as UTF-8 twice"))
    try:
        reading = _strictly(content, grammar, problems)
    except etree.XMLSyntaxError as error:
        reason = _first_line(error)
    # Outside the handler, as the error holds on to all that was read before it.
    if reading is None:
        reading = _forgivingly(content, document.charset, grammar, problems, reason)
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
    reading = _attempt(content, before, start.root, grammar)
    encoding = charset.declared(content)
    if encoding not in _UTF8 and not content.isascii():
        problems.append(_problem("charset-wrong", f"declared as {encoding}, but read as utf-8"))
    if start.junk:
        problems.append(_problem("leading-junk", "something stands before the XML begins"))
    return reading


def _forgivingly(
    content: bytes, transport: str | None, grammar: Grammar[C, E], problems: list[Problem], reason: str
) -> Reading[C, E]:
    """Mend what can be mended and read the rest with recovery."""
    cut = len(content) > LARGEST_DAMAGED
    decoded = charset.decode(charset.first(content, LARGEST_DAMAGED), transport)
    if decoded.oddity:
        problems.append(_problem("charset-wrong", decoded.oddity))
    start = sniff.look(decoded.text)
    if start.junk:
        problems.append(_problem("leading-junk", "something stands before the XML begins"))
    if not start.root:
        return Reading()
    text = decoded.text[start.start :]
    closed = f"{text}>" if not cut and _OPEN_END.search(text[-200:]) else text
    mended = mend(closed, entities(decoded.text[: start.start]))
    if mended != text:
        problems.append(_problem("characters-mended", "forbidden characters, unknown entities or bare & and < in it"))
    del decoded, text, closed
    data = mended.encode("utf-8", "replace")
    del mended
    if cut:
        problems += _cut(content, start.root)
    try:
        return _attempt(data, 0, start.root, grammar, cut=cut)
    except etree.XMLSyntaxError:
        problems.append(_problem("not-well-formed", f"not well-formed XML: {reason}"))
        data = mend(balance(data.decode(), grammar.entry)).encode()
        return _attempt(data, 0, start.root, grammar, recover=True, cut=cut)


def _cut(content: bytes, root: str) -> Iterator[Problem]:
    """Yield what must be said of a damaged document of which only the beginning is read."""
    yield _problem("too-big", f"damaged: only the first {LARGEST_DAMAGED >> 20} MB were read")
    if charset.marked(content) in {None, "utf-8-sig"} and not _has_end(content, root):
        yield _problem("truncated", "the document breaks off")


@cache
def _tags(name: str) -> tuple[str, ...]:
    """Return a local name in the spellings that occur, in any namespace; XML minds case, but feeds do not."""
    return f"{{*}}{name}", f"{{*}}{name.capitalize()}", f"{{*}}{name.upper()}"


def _first_line(error: Exception) -> str:
    return clean((str(error).splitlines() or [""])[0][:200])


def _problem(code: str, message: str) -> Problem:
    return Problem(code=code, message=message, where="document")


def _attempt(
    data: bytes, place: int, root: str, grammar: Grammar[C, E], *, recover: bool = False, cut: bool = False
) -> Reading[C, E]:
    """Read `data` from `place` on; raises `XMLSyntaxError` unless told to recover.

    Of `cut` data it is known, and was said, that more would follow.
    """
    reading: Reading[C, E] = Reading()
    parser = _parser((f"{{*}}{root}", *_tags(grammar.entry)), recover=recover)
    # Behind a tag, where breaking off is told from damage.
    end = data.rfind(b">", 0, LARGEST) + 1 if len(data) > LARGEST_DAMAGED else len(data)
    for offset in range(place, end, _SLICE):
        parser.feed(data[offset : min(offset + _SLICE, end)])
        _collect(parser, reading, grammar)
        if reading.full or _is_heavy(reading):
            break
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        if not (recover or reading.problems):
            _close(error, reading, len(data), cut=cut)
    if not (reading.complete or reading.problems or cut):
        _finish(parser, reading, grammar, ends=_has_end(data, root))
    return reading


def _close(error: etree.XMLSyntaxError, reading: Reading[C, E], size: int, *, cut: bool) -> None:
    """Raise `error`, unless all that was wrong is that no more was read, which is made a problem if it is news."""
    if error.code not in _AT_END or reading.complete:
        raise error
    if size > LARGEST:
        reading.problems.append(_problem("too-big", f"only the first {LARGEST // 1_000_000} MB were read"))
    elif not cut:
        # What is too large to be mended is read as it is.
        if size <= LARGEST_DAMAGED or not reading.entries:
            raise error
        reading.problems.append(_broken_off())


def _parser(tags: tuple[str, ...], *, recover: bool) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=tags,
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def _broken_off() -> Problem:
    return _problem("truncated", "the document breaks off; the entries before are complete")


def _finish(parser: etree.XMLPullParser, reading: Reading[C, E], grammar: Grammar[C, E], *, ends: bool) -> None:
    """Decide about what was still open when the parser was closed: complete if only end tags were lost."""
    if "ERR_RESOURCE_LIMIT" in {error.type_name for error in parser.feed_error_log}:
        message = "elements too deep or texts too long; what follows was not read"
        reading.problems.append(_problem("truncated", message))
        return
    if not ends:
        reading.problems.append(_broken_off())
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
