"""When to ask again: an angry server rarely, a quiet feed seldom, a lively one often. Pure; the clock may lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from republisher import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEVER = timedelta(0)
_REMEMBERED = 10
"""Changes, the latest ones."""
_GRACE = 0.1
"""Of an interval: a run that comes a little early need not wait for the next one."""
_MOST_GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a source may be asked."""

    least: timedelta = timedelta(0)
    """Between two requests, however lively the source; none asks it at every run."""
    patience: timedelta = timedelta(minutes=15)
    """After a failure; doubled with each further one."""
    most: timedelta = timedelta(days=1)
    """Between two requests, however quiet the source, angry the server or long the time it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What an answer said about asking again."""

    declared: timedelta = _NEVER
    """How long the source says that it stays the same: the longest of ttl, `sy:` and what HTTP's caches are told."""
    retry_after: timedelta = _NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of the requests to a source; datetimes in UTC."""

    failures: int = 0
    """In a row."""
    changes: tuple[datetime, ...] = ()
    """When new content was met, oldest first; the first one is when the source was first read."""
    asked: datetime | None = None
    due: datetime | None = None
    paused: bool = False
    """The server said that the document is gone for good; only a changed configuration asks again."""


def is_due(state: SourceState | None, now: datetime) -> bool:
    """Tell whether the source is to be asked; a clock that was put back makes it due."""
    if state is None or state.asked is None or state.due is None:
        return True
    if state.paused:
        return False
    grace = min((state.due - state.asked) * _GRACE, _MOST_GRACE)
    return now < state.asked - _MOST_GRACE or now >= state.due - grace


def succeeded(state: SourceState, *, changed: bool, hints: Hints, pace: Pace, now: datetime) -> SourceState:
    """Return the state after an answer, `changed` if it brought something new."""
    past = tuple(moment for moment in state.changes if moment <= now)
    moments = (*past, now)[-_REMEMBERED:] if changed or not past else past
    return _settle(replace(state, failures=0, changes=moments, paused=False), hints, pace, "", now)


def failed(state: SourceState, *, host: str, hints: Hints, pace: Pace, now: datetime) -> SourceState:
    """Return the state after a failure; `host` spreads the sources of different hosts."""
    return _settle(replace(state, failures=state.failures + 1), hints, pace, host, now)


def gone(state: SourceState, now: datetime) -> SourceState:
    """Return the state after a 410: the source is not asked again."""
    return replace(state, asked=now, due=now, paused=True)


def next_attempt(state: SourceState, hints: Hints, pace: Pace, now: datetime, host: str = "") -> datetime:
    """Return when to ask again a source that stands as `state` says, asked `now`."""
    wanted = _back_off(state.failures, pace, host) if state.failures else _rhythm(state.changes, now)
    wanted = max(wanted, hints.retry_after, hints.declared if not state.failures else _NEVER)
    return _later(now, min(max(wanted, pace.least), pace.most))


def declared(*, ttl: float | None = None, period: float | None = None, fresh_for: float | None = None) -> timedelta:
    """Return the longest of what a feed and its server declare: ttl in minutes, `sy:` and Cache-Control in seconds."""
    seconds = max((ttl or 0) * 60, period or 0, fresh_for or 0)
    return timedelta(seconds=seconds if 0 < seconds < 10 * 365 * 86_400 else 0)


def _settle(state: SourceState, hints: Hints, pace: Pace, host: str, now: datetime) -> SourceState:
    return replace(state, asked=now, due=next_attempt(state, hints, pace, now, host))


def _back_off(failures: int, pace: Pace, host: str) -> timedelta:
    """Return twice as long after each failure, and up to a quarter more, different for each host and count."""
    doubled = max(pace.patience, pace.least) * (1 << min(failures - 1, 20))
    jitter = int(text.digest(host, str(failures), length=8), 16) / 0xFFFF_FFFF
    return doubled * (1 + jitter / 4)


def _rhythm(changes: Sequence[datetime], now: datetime) -> timedelta:
    """Return half the usual time between changes, or a tenth of the present silence if that is longer."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(changes) if later > earlier]
    usual = timedelta(seconds=_median(gaps) / 2) if gaps else _NEVER
    silence = (now - changes[-1]) / 10 if changes else _NEVER
    return max(usual, silence)


def _later(now: datetime, wait: timedelta) -> datetime:
    try:
        return now + wait
    except OverflowError:  # a clock at the end of time
        return now


def _median(values: Iterable[float]) -> float:
    """Return the middle one; the library's own takes four milliseconds to import, at every run."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
