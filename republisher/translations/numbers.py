"""Numbers as they are meant, whatever digits, separators and words for thousands and millions they are written in."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final
from unicodedata import normalize

_GROUPING: Final = ".,'’٬٫،\u00a0\u2009\u202f"
_SPACED: Final = frozenset("bg cs et fi fr hu kk lt lv nb no pl pt ru sk sl sv uk".split())
"""Languages that part thousands by a space."""
_EAST: Final = {
    "십": 1, "十": 1, "백": 2, "百": 2, "천": 3, "千": 3, "만": 4, "万": 4, "萬": 4,
    "억": 8, "亿": 8, "億": 8, "조": 12, "兆": 12,
}  # fmt: skip
_WORDS: Final = {
    3: "thousand thousands mille mil tausend duizend tusen tuhatta тысяч тысячи тыс тисяч тис tysięcy tysiące tisíc bin"
    " ribu nghìn ngàn elfu ألف آلاف هزار हज़ार हजार אלף",
    5: "lakh lakhs लाख লাখ لاکھ",
    6: "million millions millón millones milhão milhões milione milioni millionen miljoen miljon miljoner milionów"
    " miliony milion milionů"  # codespell:ignore milion
    " миллион миллиона миллионов млн мільйон мільйонів milyon juta triệu مليون ملايين میلیون"
    " मिलियन מיליון εκατομμύρια",
    7: "crore crores करोड़ কোটি",
    9: "billion billions milliard milliards bilhão bilhões miliardo miliardi milliarde milliarden miljard miliardów"
    " миллиард миллиарда миллиардов млрд мільярд мільярдів milyar miliar tỷ مليار مليارات میلیارد מיליארד अरब",
}
_SCALE: Final = {word: power for power, words in _WORDS.items() for word in normalize("NFC", words).split()}
_NUMBER = re.compile(rf"\d+(?:[{_GROUPING}]\d+)*")
_NUMBER_SPACED = re.compile(rf"\d{{1,3}}(?: \d{{3}})+(?!\d)(?:[,.]\d+)?|\d+(?:[{_GROUPING}]\d+)*")
_EASTERN = re.compile(rf"\s?([{''.join(_EAST)}]{{1,4}})")
_WORD = re.compile(r"[\s-]?([^\s\d!-/:-@،。，、]+)\.?")
_PARTS = re.compile(rf"[{_GROUPING} ]")
_THOUSAND: Final = 3
_LONGEST: Final = 20
_YEARS: Final = range(1900, 2100)


def numbers(text: str, language: str) -> frozenset[str]:
    """Return the numbers in a text: plain digits, without zeros that mean nothing; `3.5 million` is `3500000`."""
    found = set()
    place = 0
    rule = _NUMBER_SPACED if language.partition("-")[0] in _SPACED else _NUMBER
    while match := rule.search(text, place):
        place = match.end()
        value = _plain(match.group())
        if value is None:
            continue
        power, place = _scale(text, place)
        amount = value.scaleb(power)
        while power > _THOUSAND and (rest := rule.match(text, _spaced(text, place))):
            # 3억 5000만: what follows in a smaller unit belongs to it.
            less, end = _scale(text, rest.end())
            more = _plain(rest.group())
            joined = rest.start() == place and text[place - 1] in _EAST  # 2万7450
            if more is None or not (0 < less < power or (not less and joined and more < 10**power)):
                break
            amount, place, power = amount + more.scaleb(less), end, less
        found.add(f"{amount.normalize():f}")
    return frozenset(found)


def _plain(written: str) -> Decimal | None:
    """Return a number without its separators: the last one parts decimals unless three digits follow it."""
    parts = _PARTS.split(written)
    if sum(map(len, parts)) > _LONGEST:
        return None
    digits = [str(int(part)).zfill(len(part)) for part in parts]
    if len(digits) == 1 or all(len(part) == _THOUSAND for part in digits[1:]):
        return Decimal("".join(digits))
    if len(digits[-1]) == _THOUSAND and len(digits) > 2:  # noqa: PLR2004  # 1,40,000 in India
        return Decimal("".join(digits))
    return Decimal("".join(digits[:-1]) + "." + digits[-1])


def _scale(text: str, place: int) -> tuple[int, int]:
    """Return the power of ten that is said behind a number, and where it ends."""
    if match := _EASTERN.match(text, place):
        return sum(_EAST[sign] for sign in match[1]), match.end()
    match = _WORD.match(text, place)
    power = _SCALE.get(match[1].casefold(), 0) if match else 0
    return (power, match.end()) if match and power else (0, place)


def _spaced(text: str, place: int) -> int:
    return place + 1 if text[place : place + 1] == " " else place


@lru_cache(maxsize=4096)
def weight(number: str) -> float:
    """Return how much it says that two texts share a number: little if it is small, a year, or round."""
    digits = number.replace(".", "")
    if "." not in number and (int(number) < 100 or int(number) in _YEARS):  # noqa: PLR2004
        return 0.15
    meant = len(digits.strip("0"))
    if "." in number and meant <= 2:  # noqa: PLR2004
        return 0.3
    return min(0.4 + 0.2 * (meant - 1) + 0.1 * max(len(digits) - 3, 0), 1.5)
