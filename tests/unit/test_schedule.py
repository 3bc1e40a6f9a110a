"""When to ask again: polite, patient, and not to be confused by clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from republisher.schedule import (
    Hints,
    Pace,
    SourceState,
    declared,
    failed,
    gone,
    is_due,
    next_attempt,
    succeeded,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PACE = Pace(least=timedelta(minutes=15))
NO_HINTS = Hints()
MINUTE, HOUR, DAY, DECADE = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=3653)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
STATES = st.builds(
    SourceState,
    failures=st.integers(0, 10**6),
    changes=st.lists(MOMENTS, max_size=12).map(tuple),
    asked=st.none() | MOMENTS,
    due=st.none() | MOMENTS,
)
SPANS = st.timedeltas(timedelta(0), DECADE)


def after_changes_every(gap: timedelta, times: int = 8, since: timedelta = timedelta(0)) -> SourceState:
    """Return the state of a source that changed every `gap`, the last time `since` ago."""
    return SourceState(changes=tuple(NOW - since - gap * number for number in reversed(range(times))))


def wait(state: SourceState, hints: Hints = NO_HINTS, host: str = "") -> timedelta:
    """Return for how long the source is left in peace."""
    return next_attempt(state, hints, PACE, NOW, host) - NOW


@given(STATES, SPANS, SPANS, MOMENTS, st.text())
def test_never_too_often_never_too_rare(
    state: SourceState, stays: timedelta, pause: timedelta, now: datetime, host: str
) -> None:
    """Whatever is remembered and whatever is asked of us, the wait lies between the two limits."""
    found = next_attempt(state, Hints(declared=stays, retry_after=pause), PACE, now, host) - now
    assert PACE.least <= found <= PACE.most


@given(STATES, MOMENTS, st.booleans())
def test_time_always_goes_on(state: SourceState, now: datetime, changed: bool) -> None:  # noqa: FBT001
    """After any answer the source is due again a day later at the latest, wherever the clock is put meanwhile."""
    for later in (
        succeeded(state, changed=changed, hints=NO_HINTS, pace=PACE, now=now),
        failed(state, host="a", hints=NO_HINTS, pace=PACE, now=now),
    ):
        assert not is_due(later, now)
        assert is_due(later, now + DAY)
        assert is_due(later, now + DECADE)
        assert is_due(later, now - DECADE)


def test_a_clock_that_was_ahead_is_forgotten() -> None:
    """Changes met while the clock stood ten years ahead do not count once it is right again."""
    ahead = SourceState()
    for number in range(5):
        ahead = succeeded(ahead, changed=True, hints=NO_HINTS, pace=PACE, now=NOW + DECADE + number * HOUR)
    back = succeeded(ahead, changed=False, hints=NO_HINTS, pace=PACE, now=NOW)
    assert back.changes == (NOW,)
    assert back.due == NOW + PACE.least


def test_a_clock_that_was_behind_does_not_silence_a_lively_source() -> None:
    """One gap of ten years among the changes leaves the usual one as it is."""
    state = SourceState(changes=(NOW - DECADE, *after_changes_every(HOUR).changes))
    assert wait(state) == 30 * MINUTE


def test_failures_double_the_wait() -> None:
    """Each failure in a row doubles the wait, up to a quarter more, up to a day."""
    waits = [wait(SourceState(failures=count), host="example.org") for count in range(1, 20)]
    for count, found in enumerate(waits[:6]):
        assert PACE.least * 2**count <= found <= PACE.least * 2**count * 1.25
    assert waits[-1] == DAY


def test_hosts_are_spread() -> None:
    """Hosts that failed together are not asked together again, and each wait is the same every time."""
    waits = [wait(SourceState(failures=3), host=f"host{number}") for number in range(20)]
    assert len(set(waits)) == 20
    assert waits == [wait(SourceState(failures=3), host=f"host{number}") for number in range(20)]


def test_retry_after_is_obeyed_within_reason() -> None:
    """A server may ask for hours of peace, not for years."""
    assert wait(SourceState(failures=1), Hints(retry_after=5 * HOUR)) == 5 * HOUR
    assert wait(SourceState(failures=1), Hints(retry_after=DECADE)) == DAY


def test_a_lively_source_is_asked_twice_as_often_as_it_changes() -> None:
    """Half the usual time between changes, and never less than the least."""
    assert wait(after_changes_every(4 * HOUR)) == 2 * HOUR
    assert wait(after_changes_every(MINUTE)) == PACE.least


def test_a_source_that_fell_silent_is_asked_less_often() -> None:
    """A tenth of the silence, if that is longer than its usual rhythm."""
    assert wait(after_changes_every(HOUR, since=10 * HOUR)) == HOUR
    assert wait(after_changes_every(HOUR, since=100 * DAY)) == DAY


def test_what_a_source_declares_is_obeyed_within_reason() -> None:
    """Declared intervals make us ask less often, never more often, and never less than daily."""
    lively = after_changes_every(HOUR)
    assert wait(lively, Hints(declared=3 * HOUR)) == 3 * HOUR
    assert wait(lively, Hints(declared=MINUTE)) == 30 * MINUTE
    assert wait(lively, Hints(declared=30 * DAY)) == DAY


def test_declarations_are_read_in_their_units() -> None:
    """The longest of ttl in minutes, `sy:` and Cache-Control in seconds counts; nonsense says nothing."""
    assert declared(ttl=60, period=1800, fresh_for=60) == HOUR
    assert declared(ttl=-5) == timedelta(0)
    assert declared(ttl=10**30) == timedelta(0)
    assert declared(ttl=float("nan")) == timedelta(0)
    assert declared() == timedelta(0)


def test_an_answer_ends_the_failures() -> None:
    """One success and the past is forgiven."""
    state = SourceState(failures=9, changes=(NOW - HOUR,))
    assert succeeded(state, changed=False, hints=NO_HINTS, pace=PACE, now=NOW).failures == 0


def test_a_source_that_is_gone_is_not_asked() -> None:
    """After a 410 the source rests, however long it takes."""
    state = gone(SourceState(), NOW)
    assert not is_due(state, NOW + DECADE)


def test_an_unknown_source_is_due() -> None:
    """What was never asked is asked now."""
    assert is_due(None, NOW)
    assert is_due(SourceState(), NOW)


def test_a_run_that_comes_a_little_early_still_asks() -> None:
    """An hourly run and a source that wants an hour of peace meet every hour, not every other."""
    state = succeeded(after_changes_every(HOUR), changed=False, hints=Hints(declared=HOUR), pace=PACE, now=NOW)
    assert is_due(state, NOW + 59 * MINUTE)
    assert not is_due(state, NOW + 50 * MINUTE)
