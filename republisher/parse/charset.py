"""Which characters the bytes of a document stand for, whatever its declarations say."""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

from republisher.parse import guess

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
_LABELS: Final = {
    "windows-874": "cp874", "dos-874": "cp874", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "windows-949": "cp949", "ks_c_5601-1989": "cp949", "korean": "cp949", "x-x-big5": "big5hkscs", "chinese": "gb18030",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "logical": "iso8859-8", "visual": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8", "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
}  # fmt: skip
"""Names that browsers know and Python does not (WHATWG Encoding §4.2)."""
_BY_LANGUAGE: Final = {
    "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "zh": ("gb18030", "big5hkscs"), "ru": ("cp1251",), "uk": ("cp1251",),
    "bg": ("cp1251",), "sr": ("cp1251",), "pl": ("cp1250",), "cs": ("cp1250",), "hu": ("cp1250",), "hr": ("cp1250",),
    "ro": ("cp1250",), "el": ("cp1253",), "tr": ("cp1254",), "he": ("cp1255",), "ar": ("cp1256",), "fa": ("cp1256",),
    "vi": ("cp1258",), "th": ("cp874",),
}  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_LANGUAGE = re.compile(rb"""(?:<(?:dc:)?language>\s*|xml:lang\s*=\s*["'])([a-zA-Z]{2})\b""")
_SINGLE_BYTE: Final = re.compile(r"cp125\d|cp874|iso8859-\d+|koi8-\w|mac-\w+|cp[48]\d\d")
"""Charsets in which any bytes at all are text."""
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
_HEAD: Final = 4096
_FEW: Final = 0.05
"""The share of broken sequences up to which a text is UTF-8 with damage rather than something else."""


_NEAR: Final = 1 << 16


class Decoded(NamedTuple):
    """Characters, and a sentence about what was odd on the way to them, if anything."""

    text: str
    oddity: str = ""


def first(content: bytes, most: int) -> bytes:
    """Return at most `most` bytes of `content`, cut where no character is cut if white space shows such a place."""
    if len(content) <= most:
        return content
    # In no encoding of ours is a space or a line break part of another character, but for UTF-16 and UTF-32.
    if (marked(content) or "utf-8-sig") == "utf-8-sig":
        place = max(content.rfind(space, max(0, most - _NEAR), most) for space in (b" ", b"\n"))
        most = place if place > 0 else most
    return content[:most]


def marked(content: bytes) -> str | None:
    """Return the encoding that the first bytes show by themselves, or None."""
    return next((codec for mark, codec in _MARKS if content.startswith(mark)), None)


def declared(content: bytes) -> str:
    """Return the encoding the XML declaration names, in lower case; empty if there is none."""
    match = _DECLARED.search(content[:_HEAD])
    return match[1].decode("ascii", "replace").lower() if match else ""


_UNDEFINED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""In windows-1252."""
_TWICE = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xe2(?:\x80[\x93-\xba]|\x82\xac|\x84\xa2))"
)
"""How a letter beyond ASCII looks that was encoded twice."""
_AS_BYTE = {bytes([byte]).decode("cp1252"): chr(byte) for byte in range(0x80, 0xA0) if byte not in _UNDEFINED}


def decode(content: bytes, transport: str | None = None) -> Decoded:
    """Return the characters of `content`; bytes that fit nothing become U+FFFD.

    A mark comes before what the transport says, and that before the XML declaration (RFC 7303 §3), with two liberties:
    what reads as UTF-8 is UTF-8, and a declared encoding of several bytes that fits wins over one that fits everything.
    """
    if mark := marked(content):
        text = content.decode(mark, "replace")
        return Decoded(text, "some characters are broken" if "\ufffd" in text else "")
    names = [name for name in (transport, declared(content)) if name]
    claims = [codec for codec in map(_codec, names) if codec]
    said = claims[0] if claims else None
    if len(claims) > 1 and _SINGLE_BYTE.fullmatch(claims[0]) and not _SINGLE_BYTE.fullmatch(claims[1]):
        claims.reverse()
    # ISO-2022 is made of ASCII bytes: only its escapes show that it is not UTF-8.
    claims = [*claims, "utf-8"] if b"\x1b" in content[:_HEAD] else ["utf-8", *claims]
    for codec in claims:
        try:
            text = content.decode(codec)
        except UnicodeError:
            continue
        if codec == "utf-8" or _is_plausible(text):
            return Decoded(text, "" if not names or codec == said else f"declared as {names[0]}, but read as {codec}")
    return _guessed(content, claims)


def encoded_once(content: bytes) -> bytes:
    """Return UTF-8 that was taken for windows-1252 and encoded as UTF-8 once more as it was before; else `content`."""
    if not _TWICE.search(content):
        return content
    try:
        letters = "".join(_AS_BYTE.get(letter, letter) for letter in content.decode())
        before = letters.encode("latin-1")
        before.decode()
    except UnicodeError:
        return content
    return before


def _is_plausible(text: str) -> bool:
    """Return whether a text has no more control characters than an accident leaves, as under a wrong charset."""
    sample = text[: 1 << 16]
    return len(_CONTROLS.findall(sample)) <= _FEW * len(sample)


def _codec(name: str) -> str | None:
    """Return Python's name for a charset, widened to what is meant in practice; None for what is no charset."""
    name = name.lower()
    try:
        codec = codecs.lookup(_LABELS.get(name) or name.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(codec, codec) if _TEXT_CODEC.fullmatch(codec) else None


def _guessed(content: bytes, claims: list[str]) -> Decoded:
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken <= _FEW * sum(byte > 0x7F for byte in content[: 1 << 20]):  # noqa: PLR2004 - the end of ASCII
        return Decoded(text, f"{broken} characters are broken")
    for codec in claims:
        text = content.decode(codec, "replace")
        if codec != "utf-8" and text.count("\ufffd") <= _FEW * len(content) and _is_plausible(text):
            return Decoded(text, f"some characters are broken in {codec}")
    language = _LANGUAGE.search(content[:_HEAD])
    likely = _BY_LANGUAGE.get(language[1].decode().lower(), ()) if language else ()
    codec = guess.by_language(content, likely) or guess.by_letters(content) or "cp1252"
    return Decoded(content.decode(codec, "replace"), f"the encoding is not declared rightly; read as {codec}")
