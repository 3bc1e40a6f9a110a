"""HTML inside feeds and pages: nothing that acts, no address that depends on where it is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from republisher.check.finding import Complaint, UnreadableError, shown
from republisher.text import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTIVE = frozenset(
    "applet base button embed form frame frameset iframe input link math meta noscript object param plaintext script"
    " select style svg template textarea xmp".split()
)
_ADDRESSES = frozenset(
    "action background cite data formaction href longdesc manifest ping poster src srcset xlink:href".split()
)
_INERT_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_BLANK = re.compile(r"[\t\n\r]")
_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
"""As browsers find it, who skip blanks before and inside a scheme (WHATWG URL)."""


def read_html(content: bytes) -> Any:  # noqa: ANN401 - an element of lxml, which ships no types
    """Return the root element of an HTML document or fragment; raise `UnreadableError`."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"not HTML: {error}") from error
    if root is None:
        raise UnreadableError("there is nothing in it")
    return root


def scheme(url: str) -> str | None:
    """Return the scheme of `url` in lower case, as a browser sees it; None if it is relative."""
    match = _SCHEME.match(_BLANK.sub("", url))
    return match.group(1).lower() if match else None


def addresses(element: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - an element of lxml
    """Yield each attribute of `element` that holds an address, and the address."""
    for name, value in element.attrib.items():
        if name in {"srcset", "ping"}:
            yield from ((name, part.split()[0]) for part in value.split(",") if part.strip())
        elif name in _ADDRESSES:
            yield name, value


def handlers(element: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Yield what runs a script when `element` is touched: event handlers and addresses that are programs."""
    for name in element.attrib:
        if name.startswith("on") or name == "srcdoc":
            yield f"the attribute {name} of <{element.tag}>"
    for name, url in addresses(element):
        found = scheme(url)
        if found is not None and found not in _INERT_SCHEMES:
            yield f"{name}={shown(url)} of <{element.tag}>"


def fragment_complaints(html: str, line: int | None) -> Iterator[Complaint]:
    """Complain of what acts and of what is relative in the content of an article."""
    if "<" not in html:
        return
    try:
        root = read_html(legal(html).encode())
    except UnreadableError:
        return  # nothing in it but a comment
    for element in root.iter(etree.Element):
        if element.tag in _ACTIVE:
            yield Complaint(line, f"the content holds <{element.tag}>, which acts; sanitise it")
        for handler in handlers(element):
            yield Complaint(line, f"the content holds {handler}, which acts; sanitise it")
        for name, url in addresses(element):
            if scheme(url) is None:
                yield Complaint(
                    line, f"the content holds the relative {name}={shown(url)}; make it absolute, feeds have no place"
                )
