"""What the headers of an answer say, as far as it can be believed. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100})\s*(?:;|$)", re.IGNORECASE)
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([a-z0-9][a-z0-9_.:+-]{0,39})""", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?:^|,)\s*([a-z-]+)(?:\s*=\s*\"?(\d{1,10})\"?)?", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,20}")
_VALIDATOR = re.compile(r"[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]{0,998}[\x21-\x7e\x80-\xff])?")
"""What can be sent back as it came."""
_LONGEST_PAUSE = 10 * 365 * 86_400.0
"""Seconds; how long we really stay away is for `schedule` to say."""


class Headers:
    """The fields of an answer by lower-case name."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in raw:
            self._fields.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip())

    def get(self, name: str) -> str:
        """Return the first field called `name`, empty if there is none."""
        return self._fields.get(name, [""])[0]

    def joined(self, name: str) -> str:
        """Return all fields called `name` as the one list they stand for (RFC 9110 §5.3)."""
        return ", ".join(self._fields.get(name, []))

    def validator(self, name: str) -> str:
        """Return an ETag or Last-Modified as it came, empty if it could not be sent back."""
        value = self.get(name)
        return value if _VALIDATOR.fullmatch(value) else ""

    def media_type(self) -> str | None:
        """Return the media type in lower case (RFC 9110 §8.3)."""
        found = _TYPE.match(self.get("content-type"))
        return found[1].lower() if found else None

    def charset(self) -> str | None:
        """Return the declared character encoding in lower case; whether anybody knows it is for others to find."""
        found = _CHARSET.search(self.get("content-type"))
        return found[1].lower() if found else None

    def length(self) -> int | None:
        """Return the announced length of the body in bytes."""
        value = self.get("content-length")
        return int(value) if _SECONDS.fullmatch(value) else None

    def retry_after(self, now: datetime) -> float | None:
        """Return for how many seconds we are asked to stay away (RFC 9110 §10.2.3)."""
        value = self.get("retry-after")
        if _SECONDS.fullmatch(value):
            return min(float(value), _LONGEST_PAUSE)
        until = date(value)
        return None if until is None else self._ahead(until, now)

    def fresh_for(self, now: datetime) -> float | None:
        """Return for how many seconds the answer holds (RFC 9111 §4.2.1); None if nothing is said of it."""
        directives = {match[1].lower(): match[2] for match in _DIRECTIVE.finditer(self.joined("cache-control"))}
        if directives.keys() & {"no-cache", "no-store", "must-understand"}:
            return 0.0
        if seconds := directives.get("max-age"):
            age = self.get("age")
            spent = int(age) if _SECONDS.fullmatch(age) else 0
            return min(max(float(int(seconds) - spent), 0.0), _LONGEST_PAUSE)
        if expires := self.get("expires"):
            until = date(expires)
            return 0.0 if until is None else self._ahead(until, now)
        return None

    def _ahead(self, moment: datetime, now: datetime) -> float:
        """Return how far `moment` is ahead by the server's own clock, so that neither clock need be right."""
        seconds = (moment - (date(self.get("date")) or now)).total_seconds()
        return min(max(seconds, 0.0), _LONGEST_PAUSE)


def date(value: str) -> datetime | None:
    """Return the moment an HTTP date names (RFC 9110 §5.6.7), None if it names none."""
    try:
        found = parsedate_to_datetime(value[:100])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
