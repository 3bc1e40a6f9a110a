"""Elements by short names whatever their prefixes, and what stands in them as text or as markup."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from republisher import text
from republisher.parse.repair import clean, clean_parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    "search.yahoo.com/mrss/1.0": "media",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "backend.userland.com/creativecommonsrssmodule": "cc",
    "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "cc",
    "creativecommons.org/ns": "cc",
    "web.resource.org/cc": "cc",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.org/atompub/tombstones/1.0": "at",
    "www.w3.org/2007/app": "app",
    "purl.org/atom/app": "app",
    "wordpress.org/export/1.0/excerpt": "excerpt",
    "wordpress.org/export/1.1/excerpt": "excerpt",
    "wordpress.org/export/1.2/excerpt": "excerpt",
    "wordpress.org/export/1.0": "wp",
    "wordpress.org/export/1.1": "wp",
    "wordpress.org/export/1.2": "wp",
}
"""Namespaces without scheme, closing slash or hash and case: the things feeds get wrong in them."""
_KNOWN: Final = frozenset(_PREFIXES.values())
_VOID: Final = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*+")
"""ASCII that is one line as it stands, as nearly all attributes are."""
_HTML = re.compile(
    r"&(?:\w{2,32}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|<!--|<!\[CDATA\["
    r"|</?(?=[a-z][a-z1-6]*+\b[^<>]*+>)"  # before the names, which are slow to try
    r"(?:a|abbr|article|aside|audio|b|big|blockquote|br|center|cite|code|dd|del|dfn|div|dl|dt|em|embed|figure|font"
    r"|footer|form|h[1-6]|header|hr|i|iframe|img|input|ins|kbd|li|link|mark|meta|object|ol|p|picture|pre|q|s|samp|script"
    r"|section|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|tr|tt|u|ul|var|video|wbr)\b[^<>]*>",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def short_name(tag: str, prefix: str | None, home: str) -> str:
    """Return `dc:creator` for that element under any prefix, and a bare name for those in the namespace `home`.

    A namespace nobody knows is a known one misspelt if its prefix says so, and that of the feed if it has none.
    """
    uri, brace, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    if not brace or uri == home:
        return local.lower()
    key = uri.lower().removeprefix("http://").removeprefix("https://").rstrip("/#")
    known = _PREFIXES.get(key) or (prefix.lower() if prefix and prefix.lower() in _KNOWN else key)
    return (f"{known}:{local}" if prefix or key in _PREFIXES else local).lower()


def namespace(element: Element) -> str:
    """Return the namespace of an element; empty if it has none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def fields(element: Element | None, home: str) -> Fields:
    """Return the children of `element` by their short names."""
    found: Fields = {}
    for child in element if element is not None else ():
        if isinstance(child.tag, str):
            found.setdefault(short_name(child.tag, child.prefix, home), []).append(child)
    return found


def content(element: Element) -> str:
    """Return all the text in an element, trimmed."""
    value = "".join(element.itertext()) if len(element) else element.text
    return clean_parsed(value).strip() if value else ""


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
    return (_one_line(value) or None) if value else None


def _one_line(value: str) -> str:
    return value if _WORDS.fullmatch(value) else text.plain(value)


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute as one line; None if it is missing or empty."""
    value = element.get(name)
    return (_one_line(value) or None) if value else None


def whole_number(value: str | None) -> int | None:
    """Return a size or a count; None for what is none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 16 else None  # noqa: PLR2004


def inner_html(element: Element) -> str:
    """Return the children of an element as HTML, namespaces and prefixes gone."""
    # A copy stands alone, so that no declaration of the document comes along.
    copied = deepcopy(element)
    for node in copied.iterdescendants("*"):
        tag = node.tag
        if ":" in tag:
            tag = node.tag = tag.rpartition("}")[2].rpartition(":")[2] or "span"
        for name in node.keys():  # noqa: SIM118 - an element is no dictionary
            if ":" in name:
                value = node.attrib.pop(name)
                if name == LANG:
                    node.set("lang", value)
        if not node.text and not len(node) and tag not in _VOID:
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
