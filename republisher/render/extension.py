"""What feedgen 1.0 leaves out, for Atom and RSS alike: namespaces, serialising one entry, dates without a locale.

feedgen builds each element and our extensions mend its tree. It makes elements without a prefix and without a
namespace, under a root that carries `xmlns` as a plain attribute, so elements of Atom must be made the same way here.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from republisher.render.facts import inert, legalised
from republisher.urls import is_web, uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from republisher.model import Article, Edition, Link, Thumbnail

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
THREAD = "http://purl.org/syndication/thread/1.0"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_KEPT = 2048
"""Entries kept rendered: enough for the live feeds of a run, some 15 MB a format."""


class HeadExtension(BaseExtension):  # type: ignore[misc] # feedgen ships no types
    """Mends the head of a document with a function over feedgen's tree."""

    def __init__(self, namespaces: dict[str, str], mend: Callable[[Any], None]) -> None:
        self._namespaces = namespaces
        self._mend = mend

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes the root declares."""
        return self._namespaces

    def extend_atom(self, feed: Any) -> Any:  # noqa: ANN401 - an element of lxml, which ships no types
        """Mend the tree of an Atom feed."""
        self._mend(feed)
        return feed

    extend_rss = extend_atom


class EntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen ships no types
    """Mends one entry with a function over feedgen's tree."""

    def __init__(self, mend: Callable[[Any], None]) -> None:
        self._mend = mend

    def extend_atom(self, entry: Any) -> Any:  # noqa: ANN401 - an element of lxml, which ships no types
        """Mend the tree of an Atom entry."""
        self._mend(entry)
        return entry

    extend_rss = extend_atom


def new_head(namespaces: dict[str, str], mend: Callable[[Any], None]) -> Any:  # noqa: ANN401 - feedgen ships no types
    """Return a generator whose tree `mend` completes and that will not write the time of the run."""
    head = FeedGenerator()
    head.register_extension("republisher", lambda: HeadExtension(namespaces, mend))
    # There is no call to unset this default, which is now() and is written by way of the process-wide setlocale.
    head._FeedGenerator__rss_lastBuildDate = None  # noqa: SLF001
    return head


def new_entry(mend: Callable[[Any], None]) -> Any:  # noqa: ANN401 - feedgen ships no types
    """Return an entry whose tree `mend` completes."""
    entry = FeedEntry()
    entry.register_extension("republisher", lambda: EntryExtension(mend))
    return entry


def add(parent: Any, tag: str, text: str | None = None, /, **attributes: str | None) -> Any:  # noqa: ANN401 - as above
    """Append an element with those of `attributes` that have a value."""
    element = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        if value:
            element.set(name, value)
    element.text = text
    return element


def add_link(parent: Any, tag: str, link: Link) -> Any:  # noqa: ANN401 - as above
    """Append a link of Atom under the name `tag`."""
    title = inert(link.title) if link.title else None
    length = None if link.length is None else str(link.length)
    return add(
        parent, tag, rel=link.rel, type=link.type, hreflang=link.hreflang, title=title, length=length, href=link.href
    )


def add_thumbnail(parent: Any, picture: Thumbnail | None) -> None:  # noqa: ANN401 - as above
    """Append the picture that stands for an article, if it has one on the web (Media RSS)."""
    if picture is not None and is_web(picture.url):
        width, height = (str(size) if size and size > 0 else None for size in (picture.width, picture.height))
        add(parent, f"{{{MEDIA}}}thumbnail", url=uri(picture.url), width=width, height=height)


def character_data(html: str) -> str:
    """Return HTML fit for a CDATA section, which only one sequence ends (XML 1.0 §2.7)."""
    return html.replace("]]>", "]]&gt;")


def serialised(entry: Any, *parents: Any) -> bytes:  # noqa: ANN401 - elements of lxml, which ships no types
    """Return the bytes of `entry` alone, indented and with the prefixes its `parents` declare, outermost first.

    Within a tree lxml drops a declaration the ancestors make already; what is before and after the entry is cut off.
    """
    root, innermost = parents[0], parents[-1]
    innermost.append(entry)
    data: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True, xml_declaration=False)
    indent = b"  " * len(parents)
    start = data.index(b"\n" + indent + b"<" + entry.tag.encode()) + 1
    return data[start : data.rindex(b"\n" + indent[2:] + b"</") + 1]


def assembled(head: bytes, entries: Iterable[bytes], closing: bytes) -> bytes:
    """Return the document: `head` as feedgen wrote it, with `entries` before its `closing` tags."""
    return b"".join((DECLARATION, head.removesuffix(closing), *entries, closing))


def resilient(render: Callable[[Article], bytes]) -> Callable[[Article], bytes]:
    """Return `render` with a memory, and with a second try without the characters a writer refuses."""

    @lru_cache(maxsize=_KEPT)
    def rendered(article: Article) -> bytes:
        try:
            return render(article)
        except ValueError:  # forbidden in XML, or a lone surrogate; rare, so nothing is spent on looking beforehand
            return render(legalised(article))

    return rendered


def without_articles(edition: Edition) -> Edition:
    """Return what a head is made of, legal in XML; there are few heads, so this is not left to a second try."""
    return legalised(replace(edition, articles=()))


def timestamp(moment: datetime) -> str:
    """Return a date-time as RFC 3339 writes it, with `Z` for UTC."""
    return moment.isoformat().replace("+00:00", "Z")
