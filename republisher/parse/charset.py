"""Which characters the bytes of a document stand for, whatever its declarations say."""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""Longest first: a byte order mark, or else a first `<` with its zeros (XML 1.0 appendix F)."""
_TEXT_CODEC = re.compile(
    r"utf-(?:8|16|32)(?:-[bl]e)?|iso8859-\d+|cp\d{3,4}|koi8-[rtu]|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022_\w+"
    r"|johab|hz|tis-620|ascii"
)
"""Codecs a feed may name; Python also has some that only look like charsets or take quadratic time."""
_WIDER: Final = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
}  # fmt: skip
"""What is meant by a name in practice (WHATWG Encoding §4.2)."""
_BY_LANGUAGE: Final = {
    "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "zh": ("gb18030", "big5hkscs"), "ru": ("cp1251",), "uk": ("cp1251",),
    "bg": ("cp1251",), "sr": ("cp1251",), "pl": ("cp1250",), "cs": ("cp1250",), "hu": ("cp1250",), "hr": ("cp1250",),
    "ro": ("cp1250",), "el": ("cp1253",), "tr": ("cp1254",), "he": ("cp1255",), "ar": ("cp1256",), "fa": ("cp1256",),
    "vi": ("cp1258",), "th": ("cp874",),
}  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language>\s*|xml:lang\s*=\s*["'])([a-zA-Z]{2})\b""")
_HEAD: Final = 4096
_FEW: Final = 0.05
"""The share of broken sequences up to which a text is UTF-8 with damage rather than something else."""


class Decoded(NamedTuple):
    """Characters, and a sentence about what was odd on the way to them, if anything."""

    text: str
    oddity: str = ""


def marked(content: bytes) -> str | None:
    """Return the encoding that the first bytes show by themselves, or None."""
    return next((codec for mark, codec in _MARKS if content.startswith(mark)), None)


def declared(content: bytes) -> str:
    """Return the encoding the XML declaration names, in lower case; empty if there is none."""
    match = _DECLARED.search(content[:_HEAD])
    return match[1].decode("ascii", "replace").lower() if match else ""


def decode(content: bytes, transport: str | None = None) -> Decoded:
    """Return the characters of `content`; bytes that fit nothing become U+FFFD."""
    if mark := marked(content):
        text = content.decode(mark, "replace")
        return Decoded(text, "some characters are broken" if "\ufffd" in text else "")
    names = [name for name in (declared(content), transport) if name]
    claims = [codec for codec in map(_codec, names) if codec]
    # ISO-2022 is made of ASCII bytes: only its escapes show that it is not UTF-8.
    claims = [*claims, "utf-8"] if b"\x1b" in content[:_HEAD] else ["utf-8", *claims]
    for codec in claims:
        try:
            text = content.decode(codec)
        except UnicodeError:
            continue
        right = not names or codec in (_codec(names[0]), None)
        return Decoded(text, "" if right else f"declared as {names[0]}, but read as {codec}")
    return _guess(content)


def _codec(name: str) -> str | None:
    """Return Python's name for a charset, widened to what is meant in practice; None for what is no charset."""
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(codec, codec) if _TEXT_CODEC.fullmatch(codec) else None


def _guess(content: bytes) -> Decoded:
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken <= _FEW * sum(byte > 0x7F for byte in content[: 1 << 20]):  # noqa: PLR2004 - the end of ASCII
        return Decoded(text, f"{broken} characters are broken")
    language = _LANGUAGE.search(content[:_HEAD])
    for codec in _BY_LANGUAGE.get(language[1].decode().lower(), ()) if language else ():
        try:
            return Decoded(content.decode(codec), f"the encoding is not declared rightly; read as {codec}")
        except UnicodeError:
            continue
    return Decoded(content.decode("cp1252", "replace"), "the encoding is not declared rightly; read as cp1252")
