"""What became of each run."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from republisher.records import Run, Visit
from republisher.store.codec import parse_stamp, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable

_RUN = tuple(field.name for field in fields(Run))[1:]
_VISIT = tuple(field.name for field in fields(Visit))
_KEPT = 5000
"""Runs whose visits are kept; with one every quarter of an hour, those of about seven weeks."""


class History(Database):
    """What the store knows of runs."""

    def add_run(self, run: Run, visits: Iterable[Visit] = ()) -> None:
        """Remember a run and what it met; what is older than some weeks is forgotten."""
        with self.transaction() as connection:
            number = connection.execute(
                f"INSERT INTO runs (started, {', '.join(_RUN)}) VALUES (?{', ?' * len(_RUN)})",
                (stamp(run.started), *(getattr(run, name) for name in _RUN)),
            ).lastrowid
            connection.executemany(
                f"INSERT INTO visits (run, {', '.join(_VISIT)}) VALUES (?{', ?' * len(_VISIT)})",
                [(number, *(getattr(visit, name) for name in _VISIT)) for visit in visits],
            )
            connection.execute("DELETE FROM visits WHERE run <= ? - ?", (number, _KEPT))
            connection.execute("DELETE FROM runs WHERE id <= ? - ?", (number, _KEPT))

    def runs(self, limit: int = -1) -> tuple[tuple[Run, tuple[Visit, ...]], ...]:
        """Return the runs there were with what they met, the last first."""
        rows = cast(
            "Any", self.rows(f"SELECT id, started, {', '.join(_RUN)} FROM runs ORDER BY id DESC LIMIT ?", limit)
        )
        return tuple(
            (Run(started=parse_stamp(row[1]), **dict(zip(_RUN, row[2:], strict=True))), self._visits("run = ?", row[0]))
            for row in rows
        )

    def visits(self, location: str, limit: int = 12) -> tuple[Visit, ...]:
        """Return the last visits to `location` that met something, the last first."""
        return self._visits("location = ? ORDER BY run DESC LIMIT ?", location, limit)

    def _visits(self, condition: str, *values: object) -> tuple[Visit, ...]:
        rows = cast("Any", self.rows(f"SELECT {', '.join(_VISIT)} FROM visits WHERE {condition}", *values))
        return tuple(Visit(**dict(zip(_VISIT, row, strict=True))) for row in rows)

    def note(self, key: str) -> str | None:
        """Return what was noted under `key`."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return cast("str", rows[0][0]) if rows else None

    def set_note(self, key: str, value: str) -> None:
        """Note `value` under `key`."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
