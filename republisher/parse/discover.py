"""What a document is that is no feed, in plain words, and which feed a web page stands for."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from republisher.errors import ParseError
from republisher.parse.sniff import is_page
from republisher.text import plain
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.model import Document
    from republisher.parse.sniff import Head

_FEED_TYPES: Final = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/json"
    " application/x-rss+xml text/xml application/xml".split()
)
_MOST_FEEDS: Final = 3
_HEAD_TAG = re.compile(r"<(link|base)\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
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


def refusal(document: Document, start: Head) -> ParseError:
    """Return the error for a document that no parser recognises: what it is instead, and what to do."""
    message, advice = _what_it_is(document, start)
    return ParseError(message, document.location, advice)


def _what_it_is(document: Document, start: Head) -> tuple[str, str]:
    content = document.content
    if not content.strip():
        return "The document is empty", "check that the file was saved or the download complete, and try again"
    binary = next((kind for mark, kind in _BINARIES if content.startswith(mark)), None)
    if binary or len(_CONTROL.findall(start.text)) > _FEW_CONTROLS * len(start.text):
        kind = binary or "not text, or text in an unknown encoding"
        return f"This is {kind}, not a feed", "give the address or the file of the feed itself, as UTF-8"
    if is_page(start):
        return _what_page_it_is(start.text, document.location)
    return _what_text_it_is(start)


def _what_text_it_is(start: Head) -> tuple[str, str]:
    first = start.text.lstrip("\ufeff \t\r\n")[:1]
    if start.root and first == "<":
        return f"This is XML, but its root element <{start.root}> belongs to no feed", "give an Atom or RSS feed"
    if first in {"{", "["}:
        return "This is JSON, but not a JSON Feed", "give the address of a feed: Atom, RSS or JSON Feed"
    return (
        "This is text without the marks of a feed or of a dump of one",
        "give an Atom or RSS feed, or the text of one with its <![CDATA[...]]> titles and its dates",
    )


def _what_page_it_is(text: str, location: str) -> tuple[str, str]:
    feeds = tuple(dict.fromkeys(_feeds(text, location)))[:_MOST_FEEDS]
    if not feeds:
        return "This is a web page, not a feed", "give the feed's own address; pages often link to it as RSS or Atom"
    return f"This is a web page, not a feed; it names {feeds[0]} as its feed", f"give {' or '.join(feeds)} instead"


def _feeds(text: str, location: str) -> Iterator[str]:
    """Yield the feeds a page declares (RSS Advisory Board, Autodiscovery), absolute if the page's address is known."""
    base = location if is_web(location) else ""
    for tag in _HEAD_TAG.finditer(text):
        given = {
            match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(tag[2])
        }
        try:
            href = plain(urljoin(base, given.get("href", "").strip()))
        except ValueError:
            continue
        if tag[1].lower() == "base":
            base = href or base
        elif href and _is_feed(given):
            yield href


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(one or two or bare) for name, one, two, bare in _ATTRIBUTE.findall(tag)}


def _is_feed(link: dict[str, str]) -> bool:
    relations = link.get("rel", "").lower().split()
    return "feed" in relations or ("alternate" in relations and link.get("type", "").lower() in _FEED_TYPES)
