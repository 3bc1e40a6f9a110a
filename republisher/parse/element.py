"""Elements by short names whatever their prefixes, and what stands in them as text, markup, date or reference."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from republisher import text
from republisher.model import Markup, Problem
from republisher.parse.dates import parse_date
from republisher.parse.repair import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lxml.etree import _Element as Element

Fields = dict[str, list["Element"]]
"""The children of an element by their short names, each list in document order."""

BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES: Final = {
    "www.w3.org/2005/atom": "atom",
    "www.w3.org/1999/xhtml": "xhtml",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/syndication/thread/1.0": "thr",
    "search.yahoo.com/mrss": "media",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "backend.userland.com/creativecommonsrssmodule": "cc",
    "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "cc",
}
"""Namespaces without scheme, closing slash and case: the three things feeds get wrong in them."""
MOST_PROBLEMS: Final = 1000
_ACTIVE: Final = frozenset(("javascript", "vbscript", "data", "blob", "file", "about", "livescript", "mocha"))
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][!-~]*)?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_VOID: Final = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_HTML = re.compile(
    r"&(?:\w{2,32}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|<!--|<!\[CDATA\["
    r"|</?(?:a|abbr|article|aside|audio|b|big|blockquote|br|center|cite|code|dd|del|dfn|div|dl|dt|em|embed|figure|font"
    r"|footer|form|h[1-6]|header|hr|i|iframe|img|input|ins|kbd|li|link|mark|meta|object|ol|p|picture|pre|q|s|samp|script"
    r"|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|tr|tt|u|ul|var|video|wbr)\b[^<>]*>",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def short_name(tag: str, home: str) -> str:
    """Return `dc:creator` for that element under any prefix, and a bare name for those in the namespace `home`."""
    uri, brace, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    if uri == home:
        return local.lower()
    key = uri.lower().removeprefix("http://").removeprefix("https://").rstrip("/")
    prefix = _PREFIXES.get(key, key)
    return f"{prefix}:{local}".lower() if brace else local.lower()


def namespace(element: Element) -> str:
    """Return the namespace of an element; empty if it has none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def fields(element: Element | None, home: str) -> Fields:
    """Return the children of `element` by their short names."""
    found: Fields = {}
    for child in element if element is not None else ():
        if isinstance(child.tag, str):
            found.setdefault(short_name(child.tag, home), []).append(child)
    return found


def content(element: Element) -> str:
    """Return all the text in an element, trimmed."""
    value = "".join(element.itertext()) if len(element) else element.text
    return clean(value).strip() if value else ""


def texts(found: Fields, *names: str) -> Iterator[str]:
    """Yield the texts of the elements with these names, first name first, without the empty ones."""
    return (value for name in names for element in found.get(name, ()) if (value := content(element)))


def first(found: Fields, *names: str) -> str | None:
    """Return the first text among the elements with these names, in the order of the names."""
    for name in names:
        for element in found.get(name, ()):
            if value := content(element):
                return value
    return None


def line(found: Fields, *names: str) -> str | None:
    """Return the first such text as one line."""
    value = first(found, *names)
    return (text.plain(value) or None) if value else None


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute as one line; None if it is missing or empty."""
    value = element.get(name)
    return (text.plain(value) or None) if value else None


def whole_number(value: str | None) -> int | None:
    """Return a size or a count; None for what is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else None  # noqa: PLR2004


def inner_html(element: Element) -> str:
    """Return the children of an element as HTML, namespaces and prefixes gone."""
    # A copy stands alone, so that no declaration of the document comes along.
    copied = deepcopy(element)
    for node in copied.iterdescendants("*"):
        node.tag = node.tag.rpartition("}")[2].rpartition(":")[2] or "span"
        for name in [name for name in node.attrib if ":" in name]:
            value = node.attrib.pop(name)
            if name == LANG:
                node.set("lang", value)
        if not len(node) and not node.text and node.tag not in _VOID:
            # As XML writes it, an empty element would stay open in HTML.
            node.text = ""
    copied.tag = "div"
    etree.cleanup_namespaces(copied)
    parts = [etree.tostring(child, encoding="unicode") for child in copied]
    return clean("".join((_escaped(copied.text or ""), *parts))).strip()


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def looks_like_html(value: str) -> bool:
    """Return whether a text without a declared type holds tags or entities."""
    return ("<" in value or "&" in value) and _HTML.search(value) is not None


def flat(markup: Markup | None) -> str | None:
    """Return a text construct as one line of plain text, for fields that hold nothing else."""
    if markup is None:
        return None
    value = markup.value if markup.type == "text" else _text_of_html(markup.value)
    return text.plain(value) or None


def _text_of_html(value: str) -> str:
    tree = etree.HTML(f"<div>{value}</div>", etree.HTMLParser(no_network=True, remove_comments=True))
    if tree is None:
        return ""
    for node in tree.iter("br", "p", "div", "li"):
        node.tail = f" {node.tail or ''}"
    return clean("".join(tree.itertext()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where in a document we are: what is inherited there, and where to note problems."""

    home: str
    """The namespace of the feed's own elements."""
    base: str | None
    """Absolute; relative references resolve against it (RFC 3986 §5.1)."""
    where: str
    problems: list[Problem]
    day_first: bool = False

    def at(self, element: Element, where: str | None = None) -> Context:
        """Return the context inside `element`."""
        own = element.get(BASE)
        if where is None and not own:
            return self
        return Context(
            home=self.home,
            base=self.resolve(own) or self.base if own else self.base,
            where=self.where if where is None else where,
            problems=self.problems,
            day_first=self.day_first,
        )

    def note(self, code: str, message: str) -> None:
        """Record a problem here, unless there are more already than anybody reads."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code=code, message=message, where=self.where))

    def resolve(self, reference: str | None) -> str | None:
        """Return a reference as an absolute URL; None, and a problem, for one that is broken or would run a script."""
        if not reference or _PLAIN_URL.fullmatch(reference):
            return reference or None
        # Browsers strip these too, so `java\nscript:` must not survive.
        reference = clean(re.sub(r"[\t\r\n]+", "", reference)).strip("\0 \u00a0").replace(" ", "%20")
        if not reference:
            return None
        scheme = _SCHEME.match(reference)
        if scheme and scheme[1].lower() in _ACTIVE:
            self.note("link-active", f"dropped a {scheme[1].lower()}: link")
            return None
        try:
            url = reference if scheme else urljoin(self.base or "", reference)
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if not parts.scheme or (parts.scheme in {"http", "https"} and not parts.hostname):
            self.note("link-broken", f"dropped a link that leads nowhere: {reference[:100]}")
            return None
        return url

    def date(self, found: Fields, *names: str) -> datetime | None:
        """Return the first readable date among the elements with these names."""
        for value in texts(found, *names):
            if moment := parse_date(value, day_first=self.day_first):
                return moment
            self.note("date-invalid", f"not a date: {value[:60]}")
        return None

    def markup(self, element: Element, kind: str | None = None) -> Markup | None:
        """Return the text construct in `element`: HTML if `kind` says so or, without it, if it looks like it."""
        value = inner_html(element) if len(element) else content(element)
        if not value:
            return None
        html = bool(len(element)) or kind == "html" or (kind is None and looks_like_html(value))
        return Markup(value=value, type="html" if html else "text", base=self.at(element).base)
