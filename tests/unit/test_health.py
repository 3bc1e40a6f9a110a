"""What is wrong with sources: said when it is, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from republisher.health import Record, letter, troubles
from republisher.model import Source
from republisher.records import SourceStatus, Visit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
URL = "https://desk:secret@a.example/feed"
FINE = Record(
    source=Source(key=URL, location=URL),
    status=SourceStatus(
        key=URL,
        title="A",
        articles=9,
        newest=NOW - timedelta(days=2),
        read=NOW - timedelta(hours=1),
        failing_since=None,
        error=None,
    ),
    dates=tuple(NOW - timedelta(days=2 + 7 * week) for week in range(9)),
    visits=tuple(Visit(source=URL, location=URL, outcome="read", entries=20) for _ in range(5)),
)


def kinds(record: Record) -> list[str]:
    """Return what is said of a source."""
    return [trouble.kind for trouble in troubles([record], NOW)]


def test_nothing_is_said_when_all_is_well() -> None:
    """No trouble, no mail."""
    assert kinds(FINE) == []
    assert letter((), "Press") == ""


def test_a_failing_source_is_said_with_its_beginning_and_reason() -> None:
    """In the words of the failure."""
    assert FINE.status is not None
    status = replace(FINE.status, failing_since=NOW - timedelta(days=3), error="the server does not answer")
    (trouble,) = troubles([replace(FINE, status=status)], NOW)
    assert trouble.kind == "failing"
    assert trouble.message == "Failing since 2026-11-19 08:00 UTC: the server does not answer"
    assert "secret" not in trouble.source


@pytest.mark.parametrize(
    ("gap", "silence", "expected"),
    [
        (timedelta(hours=2), timedelta(days=29), []),
        (timedelta(hours=2), timedelta(days=31), ["silent"]),
        (timedelta(days=30), timedelta(days=100), []),
        (timedelta(days=30), timedelta(days=200), ["silent"]),
    ],
)
def test_silence_is_measured_by_what_is_usual(gap: timedelta, silence: timedelta, expected: list[str]) -> None:
    """A monthly bulletin may be silent for three months, an agency not for one."""
    dates = tuple(NOW - silence - gap * number for number in range(9))
    assert kinds(replace(FINE, dates=dates)) == expected


def test_a_file_is_never_silent() -> None:
    """It says nothing by itself."""
    here = Source(key="a.txt", location="a.txt")
    assert kinds(replace(FINE, source=here, dates=(NOW - timedelta(days=900),))) == []


@pytest.mark.parametrize(("entries", "expected"), [(5, []), (3, ["shrunk"]), (0, ["shrunk"])])
def test_a_feed_that_lost_most_of_its_entries_is_said(entries: int, expected: list[str]) -> None:
    """More than four fifths of what it usually has."""
    last = replace(FINE.visits[0], entries=entries)
    assert kinds(replace(FINE, visits=(last, *FINE.visits))) == expected


def test_moved_and_gone_sources_are_said() -> None:
    """With what to do; a source that is gone has no other trouble."""
    (moved,) = troubles([replace(FINE, moved_to="https://new.example/feed")], NOW)
    assert moved.kind == "moved"
    assert "https://new.example/feed" in moved.message
    assert kinds(replace(FINE, gone=True, moved_to="https://new.example/feed")) == ["gone"]


def test_the_mail_is_short_and_complete() -> None:
    """A subject, a paragraph for each trouble, nothing else."""
    found = troubles([replace(FINE, gone=True), FINE], NOW)
    text = letter(found, "Press")
    assert text.startswith("Subject: Press: 1 source needs a look\n\n- https://a.example/feed\n")
    assert "secret" not in text
