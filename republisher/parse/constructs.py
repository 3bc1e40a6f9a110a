"""Text constructs of Atom, in the words of both its versions (RFC 4287 §3.1, Atom 0.3 §4)."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Final

from republisher.model import Markup
from republisher.parse.charset import decode
from republisher.parse.element import attribute, content, inner_html, looks_like_html
from republisher.parse.repair import clean

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from republisher.parse.context import Context
    from republisher.parse.element import Fields

ATOM_03: Final = "http://purl.org/atom/ns#"
_KINDS: Final = frozenset(("", "text", "html", "xhtml"))
_HTML_TYPES: Final = frozenset(("html", "text/html", "application/xhtml+xml", "application/xhtml"))
_DIV: Final = "{http://www.w3.org/1999/xhtml}div"


def construct(found: Fields, context: Context, *names: str) -> Markup | None:
    """Return the first text construct with one of these names that says something."""
    values = (markup(element, context) for name in names for element in found.get(name, ()))
    return next((value for value in values if value), None)


def is_text(kind: str) -> bool:
    """Return whether content of this type is something to read (RFC 4287 §4.1.3)."""
    return kind in _KINDS or kind in _HTML_TYPES or (kind.startswith("text/") and not kind.endswith("/xml"))


def is_page(kind: str | None) -> bool:
    """Return whether a link of this type leads to a page."""
    return kind is None or kind in _HTML_TYPES


def markup(element: Element, context: Context) -> Markup | None:
    """Return what a text construct holds; None if that is nothing."""
    kind = (attribute(element, "type") or "").lower().partition(";")[0].strip()
    old = context.home == ATOM_03
    mode = (element.get("mode") or ("xml" if old else "")).lower()
    if mode == "base64" or not (is_text(kind) or kind.startswith("multipart/") or kind.endswith(("/xml", "+xml"))):
        return _decoded(element, kind, context)
    if kind == "multipart/alternative":
        return _best(element, context)
    if mode != "escaped" and (kind == "xhtml" or (len(element) and (kind in _HTML_TYPES or old))):
        return _xhtml(element, context)
    html = kind in _HTML_TYPES or ((old or mode) and looks_like_html(content(element)))
    return context.markup(element, "html" if html else "text")


def _xhtml(element: Element, context: Context) -> Markup | None:
    # The div belongs to the construct, not to the text (RFC 4287 §3.1.1.3).
    only = element[0] if len(element) == 1 and not (element.text or "").strip() else element
    inner = only if only.tag == _DIV else element
    value = inner_html(inner)
    here = context.at(element)
    return Markup(value=value, type="html", base=here.at(inner).base) if value else None


def _decoded(element: Element, kind: str, context: Context) -> Markup | None:
    """Return text that was sent in base64; anything else stays as it stands."""
    try:
        value = decode(binascii.a2b_base64(content(element).encode("ascii"), strict_mode=False)).text
    except ValueError:
        return context.markup(element, "text")
    value = clean(value).strip()
    html = kind in _HTML_TYPES or looks_like_html(value)
    return Markup(value=value, type="html" if html else "text", base=context.at(element).base) if value else None


def _best(element: Element, context: Context) -> Markup | None:
    """Return the richest of several forms of the same content."""
    forms = [form for child in element if child.tag == element.tag and (form := markup(child, context))]
    return next((form for form in forms if form.type == "html"), forms[0] if forms else None)
