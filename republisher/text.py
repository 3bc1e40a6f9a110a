"""Plain text: what may stand in XML, how it is shortened, what is safe as a file name.

Pure functions without a dependency beyond the standard library; the only module that makes `PlainText`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final

from republisher.model import PlainText

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What XML 1.0 §2.2 does not allow, with the C1 controls and noncharacters it advises against; NEL is let through."""
_CONTROLS: Final = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_SHORT: Final = 200
_TAG = re.compile(r"""<(?:!--.*?-->|/?[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>)""", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr"
    r"|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_CLOSED = re.compile(r"""[.!?…。！？؟۔।:;,，、：；»」』)）"”’']$""")
"""How a line ends that needs no sign between it and the next."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।]['\"”’»」』)]*$")


def legal(value: str) -> str:
    """Return `value` without the characters XML 1.0 forbids (§2.2), lone surrogates included."""
    return value if _is_clean(value) else _FORBIDDEN.sub("", value)


def _is_clean(value: str) -> bool:
    """Return whether a text plainly has no forbidden character, several times faster than to look at each."""
    if len(value) < _SHORT and value.isprintable():
        return True
    try:
        data = value.encode()
    except UnicodeEncodeError:
        return False
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    # In UTF-8 the C1 controls begin with C2, the noncharacters with EF B7 or EF BF.
    return len(data) == len(value) or not (_C1.search(data) or b"\xef\xb7" in data or b"\xef\xbf" in data)


def plain(value: str) -> PlainText:
    """Return `value` as one line of plain text: legal in XML, NFC, white space collapsed."""
    return PlainText(unicodedata.normalize("NFC", _SPACE.sub(" ", legal(value)).strip()))


@lru_cache(maxsize=8)
def from_safe_html(value: str) -> PlainText:
    """Return the text of sanitised HTML: one line per block, entities resolved, tags gone.

    Meant for the output of `sanitise` only: its markup is well-formed, so a scan for tags is exact. The last results
    are kept, as an article's text is wanted several times in a row.
    """
    from html import unescape  # noqa: PLC0415  # its table of entities is not wanted by a run with nothing to do

    def boundary(match: re.Match[str]) -> str:
        return "\n" if _BLOCK.match(match.group()) else ""

    lines = legal(unescape(_TAG.sub(boundary, value))).splitlines()
    joined = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
    return PlainText(unicodedata.normalize("NFC", joined))


def run_on(lines: str) -> PlainText:
    """Return `lines` as one; where a line ends without closing a sentence, a middle dot parts it from the next."""
    parts = [plain(line) for line in lines.splitlines() if line.strip()]
    return plain(
        " ".join(part if _CLOSED.search(part) else f"{part} ·" for part in parts[:-1]) + " " + "".join(parts[-1:])
    )


def shorten(value: str, limit: int = 300) -> PlainText:
    """Return `value` in at most `limit` characters, cut after a word and closed with an ellipsis."""
    line = plain(value)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    word_end = head.rfind(" ")
    if word_end > limit // 2:
        head = head[:word_end]
    while head and unicodedata.combining(line[len(head)]):
        head = head[:-1]
    head = head.rstrip(" ,;:–—-·([{“‘«、，；：")
    return PlainText(head if _SENTENCE_END.search(head) else head + "…")


def digest(*values: str, length: int = 16) -> str:
    """Return `length` hexadecimal digits that stand for `values`, in their order."""
    state = hashlib.blake2b(digest_size=(length + 1) // 2)
    for value in values:
        state.update(value.encode("utf-8", "surrogatepass"))
        state.update(b"\0")
    return state.hexdigest()[:length]


def slug(value: str, limit: int = 60) -> str:
    """Return the ASCII letters and digits of `value` joined by hyphens; empty if there are none.

    Safe as part of a file name on every file system; not unique, so callers add a digest.
    """
    ascii_only = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower().replace("'", "")
    words = _NOT_SLUG.sub("-", ascii_only).strip("-")
    if len(words) <= limit:
        return words
    return words[: limit + 1].rsplit("-", 1)[0][:limit].strip("-")
