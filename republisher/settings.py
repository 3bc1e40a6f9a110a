"""A table of settings, read key by key: every problem is collected, and what nobody read is a mistake."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from republisher.language import canonical, primary
from republisher.records import Grouping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from republisher.model import LanguageTag

_EMAIL = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")
_NOT_A_LANGUAGE = 'must be a language tag, such as "en", "ko" or "zh-Hant"'


class Table:
    """One table; `problems` collects sentences that begin with the setting they are about."""

    def __init__(self, values: Mapping[str, Any], name: str, problems: list[str]) -> None:
        self._values = values
        self._name = name
        self._problems = problems
        self._read: set[str] = set()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of all settings in the table."""
        return tuple(self._values)

    def problem(self, key: str, message: str) -> None:
        """Note that setting `key` is wrong."""
        place = ".".join(part for part in (self._name, key) if part)
        self._problems.append(f"{place} {message}")

    def finish(self) -> None:
        """Note every setting nobody asked for."""
        for key in self._values:
            if key not in self._read:
                self.problem(key, f"is not a setting{near(key, self._read)}")

    def table(self, key: str) -> Table:
        """Return the table under `key`, empty if there is none."""
        value = self._get(key, dict, {}, "must be a table")
        return Table(value, f"{self._name}.{key}" if self._name else key, self._problems)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the tables under `key`."""
        value = self._get(key, list, [], f"must be tables, each beginning with [[{key}]]")
        return tuple(
            Table(item, f"{key}[{number}]", self._problems)
            for number, item in enumerate(value, 1)
            if isinstance(item, dict) or self.problem(key, "must be tables")  # type: ignore[func-returns-value]
        )

    def text(self, key: str, default: str) -> str:
        """Return a text."""
        return str(self._get(key, str, default, "must be a text in quotes"))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single one may stand by itself."""
        value = self._values.get(key)
        self._read.add(key)
        values = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            self.problem(key, 'must be a list of texts, such as ["one", "two"]')
            return ()
        return tuple(values)

    def words(self, key: str) -> dict[str, tuple[str, ...]]:
        """Return lists of texts by language; a list without a language counts for every one."""
        table = self.table(key) if isinstance(self._values.get(key, {}), dict) else None
        if table is None:
            return {"*": self.texts(key)}
        return {str(canonical(tag) or tag): table.texts(tag) for tag in table.keys}

    def number(self, key: str, default: int) -> int:
        """Return a whole number."""
        return int(self._get(key, int, default, "must be a whole number"))

    def real(self, key: str, default: float) -> float:
        """Return a number."""
        return float(self._get(key, (int, float), default, "must be a number"))

    def truth(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        return bool(self._get(key, bool, default, "must be true or false, without quotes"))

    def date(self, key: str, default: date) -> date:
        """Return a day."""
        value = self._get(key, date, default, "must be a date, such as 2026-01-01 without quotes")
        return value.date() if isinstance(value, datetime) else value

    def choice(self, key: str, words: tuple[str, ...]) -> str:
        """Return one of `words`, the first one if nothing is said."""
        value = self.text(key, words[0])
        if value not in words:
            self.problem(key, f"must be one of {', '.join(words)}, not {value!r}{near(value, words)}")
            return words[0]
        return value

    def url(self, key: str, default: str | None = None) -> str | None:
        """Return a web address."""
        return self._checked(key, default, _is_web, "must be an address beginning with https:// or http://")

    def email(self, key: str) -> str | None:
        """Return a mail address."""
        return self._checked(key, None, lambda value: bool(_EMAIL.fullmatch(value)), "must be a mail address")

    def language(self, key: str) -> LanguageTag | None:
        """Return a language tag."""
        value = self._checked(key, None, lambda value: canonical(value) is not None, _NOT_A_LANGUAGE)
        return canonical(value) if value else None

    def languages(self, key: str) -> tuple[LanguageTag, ...]:
        """Return language tags."""
        tags = [(value, canonical(value)) for value in self.texts(key)]
        for value, tag in tags:
            if tag is None:
                self.problem(key, f"holds {value!r}, which {_NOT_A_LANGUAGE}")
        return tuple(tag for _, tag in tags if tag is not None)

    def _checked(self, key: str, default: str | None, holds: Callable[[str], bool], message: str) -> str | None:
        value = self.text(key, default or "")
        if value and not holds(value):
            self.problem(key, f"{message}, not {value!r}")
            return default
        return value or None

    def _get(self, key: str, kind: type | tuple[type, ...], default: Any, message: str) -> Any:  # noqa: ANN401
        self._read.add(key)
        value = self._values.get(key, default)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.problem(key, message)
            return default
        return value


def read_grouping(table: Table) -> Grouping:
    """Return which languages share channels: what is kept apart in `separate`, what is put together in `together`."""
    channels: dict[LanguageTag, LanguageTag] = {}
    for tag in table.languages("separate"):
        if tag == primary(tag):
            table.problem(
                "separate", f'holds "{tag}", which has channels of its own anyway: name a standard, such as "pt-BR"'
            )
        channels[tag] = tag
    together = table.table("together")
    for key in together.keys:
        channel, members = canonical(key), together.languages(key)
        if channel is None:
            together.problem(key, _NOT_A_LANGUAGE)
            continue
        if not members:
            together.problem(key, 'must list the languages that share its channels, such as ["nb", "nn"]')
        for member in dict.fromkeys((channel, *members)):
            if channels.setdefault(member, channel) != channel:
                together.problem(key, f'holds "{member}", whose articles already go to "{channels[member]}"')
    return Grouping(channels=channels)


def _is_web(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)


def near(word: str, known: Iterable[str]) -> str:
    """Return advice for a word that is not `known`, empty if nothing looks like it."""
    import difflib  # noqa: PLC0415  # only who made a mistake pays for it

    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f" — did you mean {close[0]!r}?" if close else ""
