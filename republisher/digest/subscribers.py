"""Lists of subscribers as files: `subscribers.csv` in and out, and how a list is merged with what is known. Pure."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING, Final, cast, get_args

from republisher.digest.headers import ascii_address
from republisher.digest.people import person
from republisher.digest.values import Frequency, Subscriber, SubscriberState
from republisher.editions import ALL
from republisher.errors import ConfigError
from republisher.language import canonical
from republisher.settings import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from republisher.model import LanguageTag

FIELDS: Final = ("address", "language", "topics", "frequency", "state", "since", "consent")
_NAMES: Final = {"email": "address", "e-mail": "address", "mail": "address", "lang": "language", "topic": "topics"}
"""Columns as other programs call them."""
_SEPARATORS: Final = re.compile(r"[\s,;|+]+")
_LOCAL: Final = 64
_WHOLE: Final = 254
"""Characters of an address (RFC 5321 §4.5.3.1, RFC 3696 erratum 1690)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a list is read with."""

    now: datetime
    language: LanguageTag
    """Of those of whom it is not said."""
    topics: tuple[str, ...]
    """The slugs there are."""
    consent: str = ""
    """How those agreed of whom it is not said, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What a list changes."""

    changed: tuple[Subscriber, ...]
    """New ones, and those of whom something else is known now."""
    added: int
    same: int
    refused: tuple[str, ...]
    """Addresses that are suppressed or have unsubscribed: a list does not bring them back."""


def address_of(value: str) -> str | None:
    """Return `value` as an address, its domain in small letters, None if no mail can go there.

    One that begins with a sign a spreadsheet or a command line takes for its own is none.
    """
    local, at, domain = value.strip().removeprefix("mailto:").rpartition("@")
    address = f"{local}@{domain.lower()}"
    if not at or local[:1] in "=+-" or "." not in domain.strip("."):
        return None
    try:
        written = ascii_address(address)
    except ConfigError:
        return None
    return address if len(local) <= _LOCAL and len(written) <= _WHOLE else None


def unknown(words: Iterable[str], defaults: Defaults) -> tuple[str, ...]:
    """Return those of `words` that are no topics."""
    return tuple(word for word in words if word not in defaults.topics)


def wished(before: Subscriber, words: Iterable[str], topics: Sequence[str], languages: Sequence[str]) -> Subscriber:
    """Return `before` with what `words` say: topics or `all`, a language, a frequency; others say nothing."""
    chosen: set[str] = set()
    for word in words:
        if word in topics:
            chosen.add(word)
        elif word == ALL:
            chosen.update(topics)
        elif word in get_args(Frequency):
            before = replace(before, frequency=cast("Frequency", word))
        elif (tag := canonical(word)) and tag in languages:
            before = replace(before, language=tag)
    if not chosen:
        return before
    return replace(before, topics=() if len(chosen) == len(topics) else tuple(sorted(chosen)))


def read_csv(text: str, defaults: Defaults) -> tuple[tuple[Subscriber, ...], tuple[str, ...]]:
    """Return who is in a list, and what is wrong with it, a sentence a line; a line that is wrong is left out.

    The columns are `FIELDS`, in any order, separated by comma, semicolon or tab; only the address must be there.
    Without a line of names the columns are those, in that order.
    """
    problems: list[str] = []
    rows = _rows(text, problems)
    names, first = _columns(rows[0][1] if rows else [], problems)
    people: dict[str, tuple[int, Subscriber]] = {}
    for line, row in rows[first:]:
        if not any(cell.strip() for cell in row):
            continue
        try:
            found = _subscriber({name: cell.strip() for name, cell in zip(names, row, strict=False)}, defaults)
        except ValueError as problem:
            problems.append(f"line {line}: {problem}")
            continue
        before = people.setdefault(person(found.address), (line, found))[0]
        if before != line:
            problems.append(f"line {line}: {found.address} stands in line {before} already — that one counts")
    return tuple(found for _, found in people.values()), tuple(problems)


def write_csv(subscribers: Iterable[Subscriber]) -> str:
    """Return a list that `read_csv` reads again."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for one in subscribers:
        writer.writerow(
            (
                one.address,
                one.language,
                " ".join(one.topics),
                one.frequency,
                one.state,
                one.since.isoformat(),
                one.consent,
            )
        )
    return out.getvalue()


def merged(known: Iterable[Subscriber], listed: Iterable[Subscriber], suppressed: frozenset[str]) -> Merge:
    """Return what changes when a list is taken in; once it has been, the same list changes nothing.

    Nobody who left comes back by a list, whatever it says, and nobody who confirmed is asked again.
    """
    there = {person(one.address): one for one in known}
    away = {person(address) for address in suppressed}
    changed: list[Subscriber] = []
    refused: list[str] = []
    same = added = 0
    for one in listed:
        before = there.get(person(one.address))
        leaves = one.state == "unsubscribed"
        if not leaves and (person(one.address) in away or (before and before.state == "unsubscribed")):
            refused.append(one.address)
            continue
        after = _updated(before, one)
        if after == before:
            same += 1
            continue
        added += before is None
        changed.append(after)
    return Merge(changed=tuple(changed), added=added, same=same, refused=tuple(refused))


def _updated(before: Subscriber | None, listed: Subscriber) -> Subscriber:
    if before is None:
        return listed
    if before.state == listed.state or (before.state == "active" and listed.state == "pending"):
        listed = replace(listed, state=before.state, since=before.since, consent=before.consent or listed.consent)
    return replace(listed, address=before.address)


def _rows(text: str, problems: list[str]) -> list[tuple[int, list[str]]]:
    """Return the rows of a list with the line each ends in."""
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text))
    rows = []
    try:
        for row in reader:
            rows.append((reader.line_num, row))  # noqa: PERF401  # what came before an error counts
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: is no CSV ({error}) — what follows is not read")
    return rows


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(first: Sequence[str], problems: list[str]) -> tuple[list[str], int]:
    """Return the name of each column, and which row is the first with a reader in it."""
    head = [_NAMES.get(name, name) for name in (cell.strip().lower() for cell in first)]
    if "address" not in head:
        if any("@" in cell for cell in head) or not head:
            return list(FIELDS), 0
        problems.append("line 1: there is no column called address")
    strange = (name for name in head if name not in {"", *FIELDS})
    problems += [f"line 1: the column {name!r} is not looked at{near(name, FIELDS)}" for name in strange]
    return head, 1


def _subscriber(row: Mapping[str, str], defaults: Defaults) -> Subscriber:
    """Return who is in a row; raise `ValueError` with a sentence if that cannot be said."""
    address = address_of(row.get("address", ""))
    if address is None:
        raise ValueError(f"{row.get('address', '')!r} is no address mail can be sent to")
    consent = row.get("consent", "") or defaults.consent
    state = _word(row, "state", "active", get_args(SubscriberState))
    if state == "active" and not consent:
        raise ValueError(f"{address}: it is not said how they agreed — say it in the column consent, or with --consent")
    return Subscriber(
        address=address,
        language=_language(row.get("language", ""), defaults),
        topics=_topics(row.get("topics", ""), defaults),
        frequency=cast("Frequency", _word(row, "frequency", "weekly", get_args(Frequency))),
        state=cast("SubscriberState", state),
        since=_moment(row.get("since", ""), defaults.now),
        consent=" ".join(consent.split()),
    )


def _word(row: Mapping[str, str], name: str, default: str, words: tuple[str, ...]) -> str:
    value = row.get(name, "").lower() or default
    if value not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}, not {value!r}{near(value, words)}")
    return value


def _language(value: str, defaults: Defaults) -> LanguageTag:
    tag = canonical(value) if value else defaults.language
    if tag is None:
        raise ValueError(f"{value!r} is no language tag, such as ko or zh-Hant")
    return tag


def _topics(value: str, defaults: Defaults) -> tuple[str, ...]:
    words = [word for word in _SEPARATORS.split(value.lower()) if word and word != ALL]
    for word in unknown(words, defaults):
        raise ValueError(f"there is no topic {word!r}{near(word, defaults.topics)}")
    return tuple(sorted(set(words)))


def _moment(value: str, now: datetime) -> datetime:
    if not value:
        return now
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no day, such as 2026-11-23") from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if moment > now:
        raise ValueError(f"{value!r} is yet to come")
    return moment
