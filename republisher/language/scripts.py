"""Scripts: which ones a text holds, which languages each of them writes, and the two Chinese standards."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from republisher.language.tags import SCRIPT

if TYPE_CHECKING:
    from republisher.model import LanguageTag

_BLOCKS = (
    (0x0, ""), (0x41, "Latn"), (0x5B, ""), (0x61, "Latn"), (0x7B, ""), (0xC0, "Latn"), (0xD7, ""), (0xD8, "Latn"),
    (0x2B0, ""), (0x370, "Grek"), (0x400, "Cyrl"), (0x530, "Armn"), (0x590, "Hebr"), (0x600, "Arab"), (0x700, "Syrc"),
    (0x750, "Arab"), (0x780, "Thaa"), (0x7C0, "Nkoo"), (0x800, ""), (0x860, "Arab"), (0x900, "Deva"), (0x964, ""),
    (0x970, "Deva"), (0x980, "Beng"),  # codespell:ignore beng
    (0xA00, "Guru"), (0xA80, "Gujr"), (0xB00, "Orya"), (0xB80, "Taml"),
    (0xC00, "Telu"), (0xC80, "Knda"), (0xD00, "Mlym"), (0xD80, "Sinh"), (0xE00, "Thai"), (0xE80, "Laoo"),
    (0xF00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"), (0x1200, "Ethi"), (0x13A0, "Cher"),
    (0x1400, "Cans"), (0x1680, ""), (0x1780, "Khmr"), (0x1800, "Mong"), (0x18B0, ""), (0x1C90, "Geor"), (0x1CC0, ""),
    (0x1E00, "Latn"), (0x1F00, "Grek"), (0x2000, ""), (0x2D30, "Tfng"), (0x2D80, "Ethi"), (0x2DE0, ""),
    (0x3041, "Jpan"), (0x30A0, ""), (0x30A1, "Jpan"), (0x30FB, ""), (0x30FC, "Jpan"), (0x3100, ""), (0x3131, "Hang"),
    (0x3190, ""), (0x3400, "Hani"), (0x4DC0, ""), (0x4E00, "Hani"), (0xA000, ""), (0xA9E0, "Mymr"), (0xAA00, ""),
    (0xAC00, "Hang"), (0xD7B0, ""), (0xF900, "Hani"), (0xFB00, ""), (0xFB1D, "Hebr"), (0xFB50, "Arab"), (0xFE00, ""),
    (0xFE70, "Arab"), (0xFEFF, ""), (0xFF66, "Jpan"), (0xFFA0, ""), (0x1E900, "Adlm"), (0x1E960, ""),
    (0x20000, "Hani"), (0x32000, ""),
)  # fmt: skip
"""Where each script's letters begin, by code point (Unicode's Scripts.txt, coarsely); empty for what is no letter."""
_STARTS = tuple(start for start, _ in _BLOCKS)
ONE_LANGUAGE = {
    "Armn": "hy", "Cher": "chr", "Geor": "ka", "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hang": "ko", "Hebr": "he",
    "Jpan": "ja", "Khmr": "km", "Knda": "kn", "Laoo": "lo", "Mlym": "ml", "Mymr": "my", "Nkoo": "nqo", "Orya": "or",
    "Sinh": "si", "Taml": "ta", "Telu": "te", "Thaa": "dv", "Thai": "th", "Tibt": "bo",
}  # fmt: skip
_WRITTEN_IN = {
    "Arab": "ar fa ur ps sd ug ckb pnb ks arz ary az ku pa uz ms",
    "Beng": "bn as mni",  # codespell:ignore beng
    "Cyrl": "ru uk be bg mk sr mn kk ky tg tt ba cv os ce uz az tk ab bs ro kv udm sah",
    "Deva": "hi mr ne sa kok gom mai bho new doi sd brx ks",
    "Ethi": "am ti tig gez",
    "Grek": "el grc",
    "Hani": "zh ja ko yue wuu nan hak gan lzh",
    "Hang": "ko",
    "Hebr": "he yi lad",
    "Mong": "mn",
    "Mymr": "my shn mnw ksw",
    "Tibt": "bo dz",
    "Guru": "pa",
    "Geor": "ka xmf",
    "Syrc": "syr arc",
    "Tfng": "zgh ber kab",
    "Cans": "iu cr oj",
}
_ALSO_LATIN = frozenset("sr uz az ku ms tk bs ro kab iu cr mn kk tt ber".split())
OWN_ENOUGH = 0.1
LATIN_ENOUGH = 0.7
"""Latin words stand in texts of every language; words of another script hardly ever in those written in Latin."""
WEIGHTS = {"Hang": 3, "Jpan": 3, "Hani": 3}
"""In Latin letters: what it takes to write a word."""


def is_latin(tag: LanguageTag) -> bool:
    """Say whether text in this language may be written in Latin letters."""
    return "Latn" in scripts_of(tag)


@lru_cache(maxsize=512)
def scripts_of(tag: LanguageTag) -> frozenset[str]:
    """Return the scripts the language `tag` is written in: its own if we know it, else Latin."""
    language, *rest = tag.split("-")
    if rest and SCRIPT.search(tag):
        stated = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang", "Aran": "Arab"}.get(rest[0], rest[0])
        return frozenset({stated, "Hani"} if stated in {"Jpan", "Hang"} else {stated})
    scripts = {script for script, languages in _WRITTEN_IN.items() if language in languages.split()}
    scripts.update(script for script, one in ONE_LANGUAGE.items() if one == language)
    if not scripts or language in _ALSO_LATIN:
        scripts.add("Latn")
    return frozenset(scripts)


def letters_of(sample: str) -> Counter[str]:
    """Return how many letters of each script `sample` holds."""
    counts: Counter[str] = Counter()
    for character, times in Counter(sample).items():
        counts[_BLOCKS[bisect_right(_STARTS, ord(character)) - 1][1]] += times
    del counts[""]
    return counts


def dominant(letters: Counter[str]) -> str:
    """Return the script a text is written in, empty if there are no letters.

    Hangul and kana stand for their language although Chinese characters outnumber them; Latin letters are discounted,
    for names and abbreviations in them stand in every language.
    """
    weighed = {script: count * WEIGHTS.get(script, 1) for script, count in letters.items()}
    total = sum(weighed.values())
    others = total - weighed.get("Latn", 0)
    if others <= (1 - LATIN_ENOUGH) * total:
        return "Latn" if total else ""
    for script in ("Hang", "Jpan"):
        if weighed.get(script, 0) >= OWN_ENOUGH * others:
            return script
    return max(letters.keys() - {"Latn"}, key=lambda script: (letters[script], script))


def only(sample: str, script: str) -> str:
    """Return `sample` with the letters of every other script blanked."""
    return _others(script).sub(" ", sample)


@lru_cache(maxsize=64)
def _others(script: str) -> re.Pattern[str]:
    ends = (*(start - 1 for start in _STARTS[1:]), 0x10FFFF)
    ranges = (
        f"{re.escape(chr(start))}-{re.escape(chr(end))}"
        for (start, found), end in zip(_BLOCKS, ends, strict=True)
        if found not in {"", script}
    )
    return re.compile(f"[{''.join(ranges)}]+")
