"""Foreign HTML made safe, once, into the only type that may be shown; the one module that makes `SafeHtml`.

The work is ammonia's, through nh3: an HTML5 parser and an allow-list. What is added here: relative URLs are resolved
before they are judged, `cite` is dropped because nh3 does not check its scheme, whatever XML forbids goes first, and
the result is cleaned until it no longer changes, so that sanitising twice is sanitising once.
"""

from __future__ import annotations

import html
from functools import lru_cache
from urllib.parse import urlsplit

import nh3

from republisher import text
from republisher.model import Markup, PlainText, SafeHtml

_TAGS = frozenset(
    "a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt"
    " em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section"
    " small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video wbr".split()
)
_DROPPED_WITH_CONTENT = frozenset(
    "applet button canvas embed form frame frameset iframe input math noembed noframes noscript object option script"
    " select style svg template textarea title xmp".split()
)
_ATTRIBUTES = {
    "*": frozenset(("lang", "dir", "title")),
    "a": frozenset(("href", "hreflang")),
    "audio": frozenset(("src", "controls")),
    "col": frozenset(("span",)),
    "colgroup": frozenset(("span",)),
    "del": frozenset(("datetime",)),
    "details": frozenset(("open",)),
    "img": frozenset(("src", "alt", "width", "height")),
    "ins": frozenset(("datetime",)),
    "ol": frozenset(("start", "reversed")),
    "source": frozenset(("src", "type")),
    "td": frozenset(("colspan", "rowspan", "headers")),
    "th": frozenset(("colspan", "rowspan", "headers", "scope")),
    "time": frozenset(("datetime",)),
    "video": frozenset(("src", "controls", "width", "height", "poster")),
}
_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_STRIPPER = nh3.Cleaner(tags=set(), clean_content_tags=set(_DROPPED_WITH_CONTENT - {"title", "xmp", "textarea"}))
_ROUNDS = 4
"""Cleaning settles after two rounds on everything seen so far; what has not settled after this many becomes text."""


def sanitise(markup: Markup | None) -> SafeHtml:
    """Return `markup` as HTML that may be shown as it is: no script, no active element, absolute URLs only.

    A relative reference without a base to resolve it is dropped, its text stays. A result sanitised again is the same.
    """
    if markup is None:
        return SafeHtml("")
    if markup.type == "text":
        return SafeHtml(_paragraphs(markup.value))
    cleaner = _cleaner(markup.base)
    before, after = "", text.legal(markup.value)
    for _ in range(_ROUNDS):
        before, after = after, text.legal(cleaner.clean(after)).strip()
        if before == after:
            return SafeHtml(after)
    return SafeHtml(html.escape(html.unescape(nh3.clean(after, tags=set())), quote=False))


@lru_cache(maxsize=1024)
def to_text(markup: Markup | None) -> PlainText:
    """Return `markup` as one line of plain text, whatever it holds."""
    if markup is None:
        return PlainText("")
    if markup.type == "text":
        return text.plain(markup.value)
    return text.plain(html.unescape(_STRIPPER.clean(text.legal(markup.value))))


def _paragraphs(value: str) -> str:
    blocks = (block.strip() for block in text.legal(value).replace("\r\n", "\n").split("\n\n"))
    lines = (html.escape(block, quote=False).replace("\n", "<br>\n") for block in blocks if block)
    return "\n".join(f"<p>{line}</p>" for line in lines)


def _cleaner(base: str | None) -> nh3.Cleaner:
    try:
        return _cleaner_for(base if base and urlsplit(base).scheme in {"http", "https"} else None)
    except ValueError:  # not a URL after all
        return _cleaner_for(None)


@lru_cache(maxsize=256)
def _cleaner_for(base: str | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        url_relative=("rewrite_with_base", base) if base else "deny",
        link_rel="noopener noreferrer",
    )
