"""What was read from where, and what became of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from republisher.model import Run, SourceStatus, Validators
from republisher.store.articles import save_change
from republisher.store.codec import parse_stamp, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from republisher.model import Change, Document


class History(Database):
    """What the store knows of documents, sources and runs."""

    def validators(self, location: str) -> Validators | None:
        """Return what told the document at `location` apart when it was last stored, if it ever was."""
        rows = self.rows("SELECT modified, size, digest FROM documents WHERE location = ?", location)
        return (
            Validators(**dict(zip(("modified", "size", "digest"), cast("Any", rows[0]), strict=True))) if rows else None
        )

    def locations(self) -> dict[str, str]:
        """Return the source key of every document location that was stored."""
        return cast("dict[str, str]", dict(cast("Any", self.rows("SELECT location, source FROM documents"))))

    def save(
        self, document: Document, title: str | None, changes: Iterable[Change], ledger: Mapping[str, str], now: datetime
    ) -> None:
        """Keep what came out of `document`, all or nothing, and only then what tells it apart.

        `changes` are the articles to write; `ledger` maps every key met to the article it stands for, changed or not.
        """
        source, mark = document.source, document.validators
        with self.transaction() as connection:
            for change in changes:
                save_change(connection, change, now)
            connection.executemany("INSERT OR IGNORE INTO identities VALUES (?, ?)", ledger.items())
            connection.executemany(
                "INSERT OR IGNORE INTO origins VALUES (?, ?, ?)",
                [(article, source.key, stamp(now)) for article in dict.fromkeys(ledger.values())],
            )
            connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                (document.location, source.key, mark.modified, mark.size, mark.digest),
            )
            connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?, NULL, NULL) ON CONFLICT (key) DO UPDATE SET"
                " title = excluded.title, read = excluded.read, failing_since = NULL, error = NULL",
                (source.key, source.title or title, stamp(now)),
            )

    def fail(self, source: str, message: str, now: datetime) -> None:
        """Remember that `source` failed, and since when."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO sources VALUES (?, NULL, NULL, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                " failing_since = coalesce(failing_since, excluded.failing_since), error = excluded.error",
                (source, stamp(now), message),
            )

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Return how every source fares that was ever read, by key."""
        rows = self.rows(
            "SELECT s.key, s.title, (SELECT count(*) FROM origins o WHERE o.source = s.key), s.read, s.failing_since,"
            " s.error FROM sources s ORDER BY s.key"
        )
        return tuple(
            SourceStatus(
                key=key, title=title, articles=articles, read=_moment(read), failing_since=_moment(since), error=error
            )
            for key, title, articles, read, since, error in cast("Any", rows)
        )

    def add_run(self, run: Run) -> None:
        """Remember a run."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO runs (started, seconds, documents, new, changed, failed, written)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stamp(run.started), run.seconds, run.documents, run.new, run.changed, run.failed, run.written),
            )

    def runs(self, limit: int = -1) -> tuple[Run, ...]:
        """Return the runs there were, the last first."""
        rows = self.rows(
            "SELECT started, seconds, documents, new, changed, failed, written FROM runs ORDER BY id DESC LIMIT ?",
            limit,
        )
        names = ("seconds", "documents", "new", "changed", "failed", "written")
        return tuple(
            Run(started=parse_stamp(row[0]), **dict(zip(names, row[1:], strict=True))) for row in cast("Any", rows)
        )

    def note(self, key: str) -> str | None:
        """Return what was noted under `key`."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return cast("str", rows[0][0]) if rows else None

    def set_note(self, key: str, value: str) -> None:
        """Note `value` under `key`."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _moment(value: str | None) -> datetime | None:
    return parse_stamp(value) if value else None
