"""What a document is, told by how it begins, and the plain words for one that is no feed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.errors import ParseError
from republisher.parse import charset

if TYPE_CHECKING:
    from republisher.model import Document

_ENOUGH: Final = 1 << 16
_DECLARATION = re.compile(r"<\?xml\b")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"""[^\["'>]++|"[^"]*+"|'[^']*+'|\[(?:[^\]"']++|"[^"]*+"|'[^']*+')*+\]""")
_ROOT = re.compile(r"<(?:([^\W\d][\w.-]*):)?([^\W\d][\w.-]*)([^<>]*)")
_HTML = re.compile(r"<(?:html|head|body|!doctype\s+html)\b", re.IGNORECASE)
_HTML_ROOTS: Final = frozenset(("html", "head", "body", "div", "p", "h1", "title", "meta", "script", "table"))
_OTHER_KINDS: Final = {"RDF": "RSS 1.0", "feed": "Atom 0.3", "opml": "a list of feeds (OPML)", "Channel": "RSS 1.1"}
_BINARIES: Final = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a file compressed with gzip"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
)
_FEW_CONTROLS: Final = 0.1
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\ufffd]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first 64 KB of a document as text, and its root element if it is XML."""

    text: str
    root: str = ""
    """Its local name."""
    namespace: str = ""
    start: int = 0
    """Where in `text` the root element starts: what stands before it is junk or prolog."""
    junk: bool = False
    """Something stands before the XML that does not belong to it."""


def head(content: bytes) -> Head:
    """Return how a document begins; the encoding is only guessed at."""
    return look(content[:_ENOUGH].decode(charset.marked(content) or "utf-8", "replace"))


def look(text: str) -> Head:
    """Return how a text begins."""
    text = text[:_ENOUGH]
    declaration = _DECLARATION.search(text)
    begin = declaration.start() if declaration else max(text.find("<"), 0)
    start = _skip_prolog(text, begin)
    root = _ROOT.match(text, start)
    if not root:
        return Head(text=text)
    prefix = f":{root[1]}" if root[1] else ""
    namespace = re.search(rf"""\sxmlns{re.escape(prefix)}\s*=\s*(["'])(.*?)\1""", root[3])
    return Head(
        text=text,
        root=root[2],
        namespace=namespace[2].strip() if namespace else "",
        start=start,
        junk=bool(text[:begin].strip("\ufeff \t\r\n")),
    )


def _skip_prolog(text: str, place: int) -> int:
    """Return where the declaration, comments, instructions and document type that start at `place` end."""
    while True:
        if match := _PROLOG.match(text, place):
            place = match.end()
        elif match := _DOCTYPE.match(text, place):
            place = match.end()
            while part := _DOCTYPE_PART.match(text, place):
                place = part.end()
            place += text.startswith(">", place)
        else:
            return place


def refusal(document: Document, start: Head) -> ParseError:
    """Return the error for a document that no parser recognises: what it is instead, and what to do."""
    message, advice = _what_it_is(document.content, start)
    return ParseError(message, document.location, advice)


def _what_it_is(content: bytes, start: Head) -> tuple[str, str]:
    if not content.strip():
        return "The document is empty", "check that the file was saved or the download complete, and try again"
    binary = next((kind for mark, kind in _BINARIES if content.startswith(mark)), None)
    if binary or len(_CONTROL.findall(start.text)) > _FEW_CONTROLS * len(start.text):
        kind = binary or "not text, or text in an unknown encoding"
        return f"This is {kind}, not a feed", "give the address or the file of the feed itself, as UTF-8"
    if start.root in _OTHER_KINDS:
        return f"This is {_OTHER_KINDS[start.root]}, which cannot be read here", "give an Atom 1.0 or RSS 2.0 feed"
    if _HTML.search(start.text[:2000]) or start.root.lower() in _HTML_ROOTS:
        return "This is a web page, not a feed", "give the feed's own address; pages often link to it as RSS or Atom"
    return _what_text_it_is(start)


def _what_text_it_is(start: Head) -> tuple[str, str]:
    first = start.text.lstrip("\ufeff \t\r\n")[:1]
    if start.root and first == "<":
        return f"This is XML, but its root element <{start.root}> belongs to no feed", "give an Atom or RSS feed"
    if first in {"{", "["}:
        return "This is JSON, not a feed in XML", "give an Atom or RSS feed"
    return (
        "This is text without the marks of a feed or of a dump of one",
        "give an Atom or RSS feed, or the text of one with its <![CDATA[...]]> titles and its dates",
    )
