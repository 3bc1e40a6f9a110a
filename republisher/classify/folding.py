"""Folding: the same word in capitals, with or without vowel marks, in full width, becomes the same string.

Characters are replaced one by one wherever that is possible, so that a place in the folded text is the same place in
the original; where characters are left out (Arabic and Hebrew marks), a map of offsets is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from republisher.language import SIMPLIFIED, TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Mapping

_CAPITALS = {"tr": "ı", "az": "ı"}
"""What a capital I is in small, where it is not i."""
_ALWAYS = {"’": "'", "ʼ": "'", "‑": "-", "\u00a0": " ", "ς": "σ"}
_WIDE = {chr(0xFF01 + offset): chr(0x21 + offset).lower() for offset in range(94)}
_ARABIC = dict(zip("أإآٱىةؤئیېکڪہۀۃ", "اااايهويييككههه", strict=True))
_ETHIOPIC = {
    chr(other + vowel): chr(usual + vowel)
    for other, usual in ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x1340, 0x1338), (0x12D0, 0x12A0))
    for vowel in range(7)
}
"""Letters of Amharic that sound alike and that people take for one another."""
_GREEK = dict(zip("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ", strict=True))
_BY_LANGUAGE: Mapping[str, Mapping[str, str]] = {
    "am": _ETHIOPIC,
    "ar": _ARABIC,
    "el": _GREEK,
    "fa": _ARABIC,
    "ja": _WIDE,
    "ko": _WIDE,
    "ro": dict(zip("ăâîșşțţ", "aaisstt", strict=True)),
    "ru": {"ё": "е"},
    "ur": _ARABIC,
    "zh": _WIDE | dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)),
}
_UNSEEN = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphens, zero-width spaces and joiners: where a line may break, not what a word is."""
_VOWELS = re.compile(f"[{_UNSEEN}\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_SILENT = {
    "ar": _VOWELS,
    "fa": _VOWELS,
    "he": re.compile(f"[{_UNSEEN}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"),
    "ur": _VOWELS,
}
_JOINERS = re.compile(f"[{_UNSEEN}\u200c\u200d]")
_SILENT |= dict.fromkeys(("bn", "gu", "hi", "kn", "ml", "mr", "pa", "ta", "te"), _JOINERS)
_NEVER_SEEN = re.compile(f"[{_UNSEEN}]")
_MANY = 100
"""Characters to be replaced from which it is quicker to look at each one of the text."""
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text folded for matching, and the way back."""

    text: str
    original: str
    offsets: tuple[int, ...] | None = None
    """Where each folded character stands in the original; None if at the same place."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of `text[start:end]`, with the marks left out in it and behind it."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end] if end < len(self.offsets) else len(self.original)


def fold(text: str, language: str) -> Folded:
    """Return `text` as words of `language` are looked up in it."""
    kept = _LONE.sub("�", text)
    offsets: tuple[int, ...] | None = None
    silent = _SILENT.get(language, _NEVER_SEEN)
    if silent.search(kept):
        ends = [at for found in silent.finditer(kept) for at in found.span()]
        spans = list(zip((0, *ends[1::2]), (*ends[::2], len(kept)), strict=True))
        offsets = tuple(chain.from_iterable(range(start, end) for start, end in spans))
        kept = "".join(kept[start:end] for start, end in spans)
    small = kept.replace("İ", "i").replace("I", _CAPITALS.get(language, "i")).lower()
    table = _table(language)
    found = table.keys() & set(small)
    if len(found) > _MANY:
        small = small.translate(_codes(language))
    else:
        for character in found:
            small = small.replace(character, table[character])
    return Folded(text=small, original=text, offsets=offsets)


@lru_cache(maxsize=64)
def _codes(language: str) -> Mapping[int, str]:
    return str.maketrans(dict(_table(language)))


@lru_cache(maxsize=64)
def _table(language: str) -> Mapping[str, str]:
    """Return what replaces which small letter; no replacement is itself replaced, so their order does not matter."""
    return _ALWAYS | dict(_BY_LANGUAGE.get(language, {}))
