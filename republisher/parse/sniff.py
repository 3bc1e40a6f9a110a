"""How a document begins: its first characters and, if it is XML, its root."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from republisher.parse import charset

_ENOUGH: Final = 1 << 16
_DECLARATION = re.compile(r"<\?xml\b")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE_PART = re.compile(r"""[^\["'>]++|"[^"]*+"|'[^']*+'|\[(?:[^\]"']++|"[^"]*+"|'[^']*+')*+\]""")
_ROOT = re.compile(r"<(?:([^\W\d][\w.-]*):)?([^\W\d][\w.-]*)([^<>]*)")
_HTML = re.compile(r"<(?:html|head|body|!doctype\s+html)\b", re.IGNORECASE)
_FEED_INSIDE = re.compile(
    r"""<(?:rss\s[^<>]*\bversion\b|(?:\w+:)?RDF\s|feed\s[^<>]*["']http://www\.w3\.org/2005/Atom["'])[^<>]*>"""
)
"""A feed that somebody wrapped in a page."""
_HTML_ROOTS: Final = frozenset(("html", "head", "body", "div", "p", "h1", "title", "meta", "script", "table"))


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
    root = _ROOT.match(text, start) or (_ROOT.search(text, start) if declaration else None)
    if not root:
        return Head(text=text)
    if root[2].lower() in _HTML_ROOTS and (inside := _FEED_INSIDE.search(text, root.end())):
        root = _ROOT.match(text, inside.start()) or root
    stray = root.start() > start
    start = root.start()
    prefix = f":{root[1]}" if root[1] else ""
    namespace = re.search(rf"""\sxmlns{re.escape(prefix)}\s*=\s*(["'])(.*?)\1""", root[3])
    return Head(
        text=text,
        root=root[2],
        namespace=namespace[2].strip() if namespace else "",
        start=start,
        junk=stray or bool(text[:begin].strip("\ufeff \t\r\n")),
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


def is_page(start: Head) -> bool:
    """Return whether a document is a web page."""
    return start.root.lower() in _HTML_ROOTS or _HTML.search(start.text[:2000]) is not None
