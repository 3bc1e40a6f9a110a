"""A guess at the charset of bytes that nothing, or something untrue, is said about: by language, else by letters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENOUGH: Final = 1 << 16
_KANA = re.compile("[\u3040-\u30ff]")
_NOT_KOREAN = re.compile("[\u3131-\u318e\u4e00-\u9fff\uf900-\ufaff]")
"""Lone letters and Chinese characters, which Korean has few of."""
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_COMMON_HAN = re.compile(
    "[的是不了在人有我他這这個个們们中來来上大為为和國国地到以說说時时要就出會会可也你對对生能而子那得於于着著下自之年過过發发"
    "後后作里用道行所然家種种事成方多經经么去法學学如都同現现當当沒没動动面起看定天分還还進进好小部其些主樣样理心她本前開开但因"
    "只從从想實实日月新聞闻報报]"
)
_NOT_ASCII = re.compile(rb"[^\0-\x7f]")
_SMALL_LETTERS = re.compile("[а-я]{2}")
_VOWELS: Final = frozenset("аеиоуыэюя")
_VOWELS_SHARE: Final = 0.3
_FEW: Final = 0.02
_SOME: Final = 0.1
_MOST: Final = 0.6
_SCRIPTS: Final = (
    ("euc_jp", _KANA),
    ("cp932", _KANA),
    ("cp949", _HANGUL),
    ("gb18030", _COMMON_HAN),
    ("big5hkscs", _COMMON_HAN),
)
"""Charsets of several bytes, and what is common in text that was written in them."""


def by_language(content: bytes, codecs: Iterable[str]) -> str | None:
    """Return the first of the charsets usual in a language that all bytes fit."""
    for codec in codecs:
        try:
            content.decode(codec)
        except UnicodeError:
            continue
        return codec
    return None


def by_letters(content: bytes) -> str | None:
    """Return the charset in which the bytes become the letters that are common in its language; None if in none."""
    sample = content[:_ENOUGH]
    high = len(_NOT_ASCII.findall(sample))
    best, best_share = None, _SOME
    for codec, common in _SCRIPTS:
        text = sample.decode(codec, "replace")
        if text.count("\ufffd") > _FEW * high or len(_HALF_WIDTH_KANA.findall(text)) > _SOME * high:
            continue
        if codec == "cp949" and 2 * len(_NOT_KOREAN.findall(text)) > len(_HANGUL.findall(text)):
            continue  # Chinese in GB 2312 or Japanese in EUC, whose bytes fit Korean too
        share = 2 * len(common.findall(text)) / (high or 1)
        if share > best_share:
            best, best_share = codec, share
    return best or _cyrillic(sample, high)


def _cyrillic(sample: bytes, high: int) -> str | None:
    """Return the charset in which words are in small letters; in the other they would be in capitals."""
    shares = {
        codec: 2 * len(_SMALL_LETTERS.findall(sample.decode(codec, "replace"))) / (high or 1)
        for codec in ("cp1251", "koi8-r", "iso8859-5", "cp866")
    }
    best = max(shares, key=lambda codec: shares[codec])
    letters = _SMALL_LETTERS.findall(sample.decode(best, "replace"))
    vowels = sum(letter in _VOWELS for pair in letters for letter in pair)
    # Hebrew has its letters at the same places, but not its vowels.
    spoken = vowels > _VOWELS_SHARE * 2 * len(letters)
    return best if shares[best] > _MOST and spoken and _has_words(sample) else None


def _has_words(sample: bytes) -> bool:
    """Return whether letters beyond ASCII stand together, as they do in no Western language."""
    return re.search(rb"[\x80-\xff]{5}", sample) is not None
