"""XML text that strict readers refuse, mended where it is plain what was meant."""

from __future__ import annotations

import html
import re
from html.entities import html5
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from republisher.text import legal

if TYPE_CHECKING:
    from collections.abc import Mapping

_WINDOWS: Final = {
    code: bytes((code,)).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
}  # Control characters in Unicode, but curly quotes and dashes in the encoding that was meant.
_TROUBLE = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)"  # opaque: passed over
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?:\#(?:\d{1,8}|[xX][0-9a-fA-F]{1,8});|\w{1,40};)?"
    r"|<(?:(?![^\W\d]|[/!?:])|(?=[^<>!?][^<>]*+(?:<|\Z)))",  # no name behind it, or another < before its >
    re.DOTALL,
)
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"&%<]{1,200})"|'([^'&%<]{1,200})')\s*>""")
_MOST_ENTITIES: Final = 300
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));")
_SURROGATES = re.compile(
    r"&#(?:[xX]0*[dD][89a-bA-B][0-9a-fA-F]{2}|0*5(?:5[2-9]|6[0-3])\d\d);"
    r"&#(?:[xX]0*[dD][c-fC-F][0-9a-fA-F]{2}|0*5(?:6[3-9]|7[0-3])\d\d);"
    r"|&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5[5-7]\d{3});"
)
"""References to a pair of surrogates, or to what may be one: lxml fails on them long after the parser let them pass."""
_MOST_REPAIRS: Final = 100_000
"""A document with more is no accident, and each takes a microsecond: it is cut there."""
_LAST: Final = 0x10FFFF
_FORMAT = re.compile("[\ufeff\ufffe]")


_ESCAPED = re.compile(
    r"&lt;(?:p|div|h[1-6]|ul|ol|table|article|section|blockquote|figure|img|a|br|span)\b[^<]*&gt;\s*\Z", re.IGNORECASE
)
"""A text that begins and ends with tags, all of them escaped."""


def unescaped_once(value: str) -> str | None:
    """Return HTML that was escaped once too often as it was meant; None if nothing shows that it was."""
    if not value.startswith("&lt;") or "<" in value or not _ESCAPED.match(value):
        return None
    return clean(html.unescape(value))


def clean(value: str) -> str:
    """Return `value` with characters XML 1.0 allows only; those meant as Windows-1252 become what they meant."""
    result = legal(value)
    if len(result) != len(value) or "\x85" in value:
        result = legal(value.translate(_WINDOWS))
    return result


def clean_parsed(value: str) -> str:
    """Return `clean(value)` for text out of the XML parser, which lets no C0 control and no surrogate pass."""
    return value if value.isascii() and "\x7f" not in value else clean(value)


def entities(prolog: str) -> dict[str, str]:
    """Return the entities a document type declares as short texts without markup, which cannot grow into bombs."""
    return dict(islice(((match[1], match[2] or match[3]) for match in _ENTITY.finditer(prolog)), _MOST_ENTITIES))


def mend(text: str, declared: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return `text` with named entities resolved, bare `&` and `<` escaped and no forbidden character.

    `declared` are the names the document itself gives to texts; all others are those of HTML.
    """
    text = _SURROGATES.sub(_joined, clean(_FORMAT.sub("", text)))
    parts: list[str] = []
    place = 0
    for match in islice(_TROUBLE.finditer(text), _MOST_REPAIRS):
        parts += (text[place : match.start()], _mended(match, declared))
        place = match.end()
    return "".join((*parts, text[place:] if len(parts) < 2 * _MOST_REPAIRS else ""))


def _mended(match: re.Match[str], declared: Mapping[str, str]) -> str:
    found = match.group()
    if found[0] == "<":
        return "&lt;" if found == "<" else found
    if found.startswith("&#"):
        return _reference(found)
    name = found[1:-1]
    if characters := declared.get(name) or html5.get(f"{name};"):
        return "".join(f"&#{ord(char)};" for char in characters)
    return f"&amp;{found[1:]}"


def _joined(match: re.Match[str]) -> str:
    """Return the character a pair of references to surrogates stands for; nothing for half a pair."""
    codes = _codes(match.group())
    if len(codes) == 1:
        return _reference(match.group())
    return f"&#{0x10000 + ((codes[0] & 0x3FF) << 10) + (codes[1] & 0x3FF)};"


def _reference(found: str) -> str:
    """Return a numeric reference as XML takes it; nothing if its character is forbidden."""
    code = _codes(found)[0]
    character = clean(chr(code)) if code <= _LAST else ""
    return f"&#{ord(character)};" if character else ""


def _codes(found: str) -> list[int]:
    return [int(sixteen, 16) if sixteen else int(ten) for sixteen, ten in _REFERENCE.findall(found)]
