"""What is wrong with sources, in plain words, from what the store remembers of them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

from republisher.urls import is_web, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from republisher.model import Source
    from republisher.records import SourceStatus, Visit

_QUIET = timedelta(days=30)
"""Nobody is called silent before that."""
_PATIENCE = 6
"""Times the usual interval between two articles."""
_LEFT = 0.2
"""Of the entries a feed usually has; below, most of them are lost."""
_MANY = 5
"""Entries; a feed with fewer has nothing to lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is remembered of one source."""

    source: Source
    status: SourceStatus | None
    """None if it was never read."""
    dates: tuple[datetime, ...] = ()
    """Of its newest articles, the newest first."""
    visits: tuple[Visit, ...] = ()
    """The last ones that met something, the last first."""
    moved_to: str = ""
    """Where it has moved for good."""
    gone: bool = False
    """Its server said that it will not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something about a source that a person should look at."""

    source: str
    kind: Literal["failing", "gone", "silent", "shrunk", "moved", "unread"]
    message: str
    since: datetime | None = None


def troubles(records: Iterable[Record], now: datetime) -> tuple[Trouble, ...]:
    """Return what a person should look at, in the order of the sources; nothing when all is well."""
    return tuple(trouble for record in records for trouble in _of(record, now))


def letter(found: Sequence[Trouble], title: str) -> str:
    """Return a short mail text about `found`, with its subject in the first line; empty when all is well."""
    if not found:
        return ""
    number = len({trouble.source for trouble in found})
    head = f"Subject: {title}: {number} {'source needs' if number == 1 else 'sources need'} a look\n\n"
    lines = [f"- {trouble.source}\n  {trouble.message}\n" for trouble in found]
    tail = "\nEverything else is in order. `republish status` says more.\n"
    return head + "".join(lines) + tail


def _of(record: Record, now: datetime) -> list[Trouble]:
    name, status = shown(record.source.location), record.status
    if record.gone:
        message = "Its server says it is gone for good; it is not asked any more. Remove it, or find its new address."
        return [Trouble(source=name, kind="gone", message=message, since=status.failing_since if status else None)]
    found = []
    if status is not None and status.error:
        since = status.failing_since
        message = f"Failing since {since:%Y-%m-%d %H:%M} UTC: {status.error}" if since else status.error
        found.append(Trouble(source=name, kind="failing", message=message, since=since))
    elif is_web(record.source.location) and _is_silent(record.dates, now):  # a file says nothing by itself
        message = f"No new article since {record.dates[0]:%Y-%m-%d}, which is unusual for it."
        found.append(Trouble(source=name, kind="silent", message=message, since=record.dates[0]))
    if (lost := _lost(record.visits)) is not None:
        message = f"It usually has {lost[0]} entries and now has {lost[1]}. Look whether something broke there."
        found.append(Trouble(source=name, kind="shrunk", message=message))
    if record.moved_to and record.moved_to != record.source.location:
        message = f"It has moved to {shown(record.moved_to)} for good. Put the new address into the configuration."
        found.append(Trouble(source=name, kind="moved", message=message))
    return found


def _is_silent(dates: Sequence[datetime], now: datetime) -> bool:
    if not dates:
        return False
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(dates)]
    usual = timedelta(seconds=median(gaps)) if gaps else _QUIET
    return now - dates[0] > max(_QUIET, usual * _PATIENCE)


def _lost(visits: Sequence[Visit]) -> tuple[int, int] | None:
    """Return how many entries the source usually has and how many it has now, if most of them are gone."""
    counts = [visit.entries for visit in visits if visit.outcome == "read"]
    if len(counts) < 2:  # noqa: PLR2004  # a last one, and one to compare it with
        return None
    usual = round(median(counts[1:]))
    return (usual, counts[0]) if usual >= _MANY and counts[0] < usual * _LEFT else None
