"""Dates as sources write them, read into UTC.

Fast paths for RFC 3339 and RFC 822 come first; what they leave is put into English words and handed to dateutil.
A date without a zone is UTC. A text without at least a year, a month and a day is no date, as nothing is filled in;
only a bare year or year and month is its beginning, because the W3C's note says so and libraries' feeds use it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from republisher.parse.months import MONTH_OF

if TYPE_CHECKING:
    from datetime import tzinfo

_LONGEST: Final = 120
_YEARS: Final = range(1900, 2200)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBER: Final = {month.lower(): number for number, month in enumerate(_MONTHS, 1)}
_HALF_DAYS: Final = {
    "am": "AM", "오전": "AM", "午前": "AM", "上午": "AM", "pm": "PM", "오후": "PM", "午後": "PM", "下午": "PM",
}  # fmt: skip
_ZONE_HOURS: Final = {
    "Z": 0, "UT": 0, "MET": 1, "MEST": 2, "AT": -4, "ET": -5, "CT": -6, "MT": -7, "PT": -8,
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "EAT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75, "ICT": 7, "WIB": 7,
    "HKT": 8, "SGT": 8, "AWST": 8, "KST": 9, "JST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "ART": -3, "ADT": -3, "AST": -4, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip
_ZONES: Final = {name: timezone(timedelta(hours=hours)) for name, hours in _ZONE_HOURS.items()}

_RFC822 = re.compile(
    r"(?:[A-Za-z]+\.?,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})(?!raskuu)[a-z]*\.?,?[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*([A-Za-z]{1,4}|[+-]\d\d:?\d\d)?(?:\s*\(\w+\))?)?"
)
_NUMERIC = re.compile(
    r"(\d{4})\s*[-./年년]\s*(\d{1,2})\s*[-./月월]\s*(\d{1,2})(?!\d)\s*[.日일号]?(?:\s*\(\w{1,3}\))?[Tt]?"
)
_CJK_TIME = re.compile(
    r"(\d{1,2})\s*(?:[時时시点]|h(?![^\W\d_]))\s*(?:(\d{1,2})(?!\d)\s*[分분]?)?\s*(?:(\d{1,2})\s*[秒초])?"
)
_COMPACT_OFFSET = re.compile(r"(?:GMT|UTC)\s*(?=[+-]\d)")
_COMMENT = re.compile(r"(?<=\d)\s*\([^()]*\)\s*\Z")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_MIDNIGHT = re.compile(r"(?<=[\sT])24:00(?::00(?:\.0+)?)?(?!\d)")
_LEAP_SECOND = re.compile(r"(:\d\d):60(?!\d)")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e\u0f00-\u109f])+\.?")
"""A word with the vowel signs of scripts that write them as marks."""
_VIETNAMESE = re.compile(r"(\d{1,2})\s+tháng\s+(\d{1,2}),?(?:\s+năm)?\s+(\d{4})")
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST_YEAR = re.compile(r"\b2[45]\d\d\b")
_YEARS_APART: Final = 543
_YEAR_FIRST = re.compile(r"(\d{4})[\s.-]+([A-Z][a-z][a-z])[\s.-]+(\d{1,2})(?:\s*T\s*(?=\d))?")
_WITHOUT_DAY = re.compile(r"(\d{4})(?:-(\d\d))?")
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})")
_SHORT_YEAR = re.compile(r"(\d\d)-?(\d\d)-?(\d\d)")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
_DAMAGED_ISO = re.compile(
    r"(\d{4})-(\d\d)-([0-3]\d)(?:[T ](?:([012]\d):([0-6]\d):([0-6]\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?|.*)|\Z)"
)
_FEW_LETTERS: Final = 3


def parse_date(text: str, *, day_first: bool = False) -> datetime | None:
    """Return the moment `text` names, in UTC and whole seconds; None if it names none or one outside 1900 to 2199.

    `day_first` reads 03/04/2021 as the third of April.
    """
    text = text.strip()[:_LONGEST]
    try:
        moment = _iso(text) or _rfc822(text) or _bare(text) or _repaired(text, day_first=day_first)
        if moment is None or moment.year not in _YEARS:
            return None
        if moment.tzinfo is not UTC:
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.replace(microsecond=0) if moment.microsecond else moment
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    month = match and _MONTH_NUMBER.get(match[2].lower())
    if not match or not month:
        return None
    day, _, year, hour, minute, second, zone = match.groups(default="0")
    try:
        return datetime(
            _century(year), month, int(day), int(hour), int(minute), int(second), tzinfo=_zone(zone.replace(":", ""))
        )
    except ValueError:
        return None


def _century(year: str) -> int:
    """Return the year meant by two or four digits (RFC 2822 §4.3, with the pivot moved to 70 for feeds)."""
    number = int(year)
    if len(year) > 2:  # noqa: PLR2004 - two digits are two digits
        return number
    return number + (2000 if number < 70 else 1900)  # noqa: PLR2004 - no feed is older than Unix


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    """Return the zone with this name or offset; UTC for those nobody knows."""
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[3:5]))
        return timezone(-offset if name[0] == "-" else offset) if offset else UTC
    return _ZONES.get(name.upper(), UTC)


def _bare(text: str) -> datetime | None:
    """Return the beginning of what a few digits name: a year, a month, the day of a year, a day of a short year."""
    if match := _WITHOUT_DAY.fullmatch(text):
        return datetime(int(match[1]), int(match[2] or 1), 1, tzinfo=UTC)
    if match := _ORDINAL.fullmatch(text):
        day = datetime(int(match[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(match[2]) - 1)
        return day if day.year == int(match[1]) else None
    if match := _SHORT_YEAR.fullmatch(text):
        return datetime(_century(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
    return None


def _repaired(text: str, *, day_first: bool) -> datetime | None:
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    english = _english(text)
    english, midnights = _MIDNIGHT.subn("00:00", english)
    english, leaps = _LEAP_SECOND.subn(r"\1:59", english)
    moment = _iso(english) or _rfc822(english) or _loose(english, day_first=day_first) or _overflowing(english)
    return moment and moment + timedelta(days=midnights, seconds=leaps)


def _english(text: str) -> str:
    """Return `text` with its numbers in ASCII, its date in ISO order if it had that, and English words only."""
    text = "".join(str(int(char)) if char.isdecimal() else char for char in unicodedata.normalize("NFC", text))
    if _THAI.search(text):
        text = _BUDDHIST_YEAR.sub(lambda m: str(int(m[0]) - _YEARS_APART), text)
    text = _VIETNAMESE.sub(r"\3-\2-\1", text)
    text = _NUMERIC.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02} ", text, count=1)
    text = _CJK_TIME.sub(lambda m: f" {m[1]}:{m[2] or '00'}:{m[3] or '00'} ", text)
    text = _COMMENT.sub("", _COMPACT_OFFSET.sub("", text))
    words = [_translate(match.group()) for match in _WORD.finditer(text)]
    if sum(word in _MONTHS for word in words) > 1:
        # A weekday that looks like a month, as the French `mar.` does, stands before the month.
        words[next(place for place, word in enumerate(words) if word in _MONTHS)] = ""
    translated = iter(words)
    english = " ".join(_WORD.sub(lambda _: f" {next(translated)} ", text).split())
    half = next((word for word in words if word in {"AM", "PM"}), "")
    english = _FOREIGN.sub(" ", english)
    english = _YEAR_FIRST.sub(r"\3 \2 \1 ", english)
    return f"{english.replace(half, '')} {half}" if half else english


def _translate(word: str) -> str:
    """Return the English for a month, half of the day or zone; nothing for every other word."""
    bare = word.rstrip(".").lower()
    if half := _HALF_DAYS.get(bare):
        return half
    if bare.upper() in _ZONES and word.isupper():
        return bare.upper()
    if month := MONTH_OF.get(bare) or MONTH_OF.get(bare.removeprefix("ב")):  # Hebrew's "in"
        return _MONTHS[month - 1]
    if len(bare) < _FEW_LETTERS:
        return ""
    months = {number for name, number in MONTH_OF.items() if name.startswith(bare)}
    return _MONTHS[months.pop() - 1] if len(months) == 1 else ""


def _loose(text: str, *, day_first: bool) -> datetime | None:
    """Return what dateutil makes of `text`, provided that nothing of the date was its own invention."""
    from dateutil import parser  # noqa: PLC0415 - costs more to import than most feeds to read

    try:
        first, second = (
            parser.parse(text, default=default, dayfirst=day_first, tzinfos=_dateutil_zone)
            for default in (datetime(2001, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001 - a naive result says "no zone"
        )
    except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError):
        return None
    return first if first == second else None


def _overflowing(text: str) -> datetime | None:
    """Return what an ISO date begins with if some of it is absurd: 25:10 is ten past one on the next day."""
    match = _DAMAGED_ISO.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    first = datetime(year, month, 1, tzinfo=_zone((match[7] or "Z").replace(":", "")))
    return first + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)


def _dateutil_zone(name: str | None, offset: int | None) -> tzinfo:
    return timezone(timedelta(seconds=offset)) if offset is not None else _zone(name or "UTC")
