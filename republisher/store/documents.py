"""What was read from where, what it was like, and when it is to be read again."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from republisher.model import LanguageTag, PlainText, Source, Validators
from republisher.records import SourceStatus
from republisher.schedule import SourceState
from republisher.store.articles import save_change
from republisher.store.codec import parse_stamp, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from republisher.model import Document
    from republisher.records import Change

_MANY_TITLES = 4
"""Of the documents of one source, which is called by them if it has no title of its own."""
_MARKS = tuple(field.name for field in fields(Validators))
_UPDATES = ", ".join(f"{mark} = excluded.{mark}" for mark in _MARKS)


class Documents(Database):
    """What the store knows of documents and sources."""

    def validators(self, location: str) -> Validators | None:
        """Return what told the document at `location` apart when it was last stored, if it ever was."""
        rows = self.rows(f"SELECT {', '.join(_MARKS)} FROM documents WHERE location = ?", location)
        return Validators(**dict(zip(_MARKS, cast("Any", rows[0]), strict=True))) if rows else None

    def save(
        self, document: Document, title: str | None, changes: Iterable[Change], ledger: Mapping[str, str], now: datetime
    ) -> None:
        """Keep what came out of `document`, all or nothing, and only then what tells it apart.

        `changes` are the articles to write; `ledger` maps every key met to the article it stands for, changed or not.
        """
        source = document.source
        with self.transaction() as connection:
            for change in changes:
                save_change(connection, change, now)
            connection.executemany("INSERT OR IGNORE INTO identities VALUES (?, ?)", ledger.items())
            connection.executemany(
                "INSERT OR IGNORE INTO origins VALUES (?, ?, ?)",
                [(article, source.key, stamp(now)) for article in dict.fromkeys(ledger.values())],
            )
            _remember(connection, document.location, source.key, document.validators)
            connection.execute("UPDATE documents SET title = ? WHERE location = ?", (title, document.location))
            connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?, NULL, NULL) ON CONFLICT (key) DO UPDATE SET"
                " title = excluded.title, read = excluded.read",
                (source.key, source.title, stamp(now)),
            )

    def remember(self, source: str, location: str, validators: Validators) -> None:
        """Remember new validators of a document whose content is the stored one."""
        with self.transaction() as connection:
            _remember(connection, location, source, validators)

    def recover(self, sources: Iterable[str]) -> None:
        """End the failures of those `sources` of which everything was had again."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE sources SET failing_since = NULL, error = NULL WHERE key = ? AND error IS NOT NULL",
                [(source,) for source in sources],
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
            "SELECT s.key, coalesce(s.title, (SELECT group_concat(title, ' · ') FROM"
            f" (SELECT DISTINCT title FROM documents WHERE source = s.key ORDER BY title LIMIT {_MANY_TITLES}))),"
            " count(o.article), max(a.published), s.read, s.failing_since, s.error FROM sources s"
            " LEFT JOIN origins o ON o.source = s.key LEFT JOIN articles a ON a.id = o.article"
            " GROUP BY s.key ORDER BY s.key"
        )
        return tuple(
            SourceStatus(
                key=key,
                title=title,
                articles=articles,
                newest=_moment(newest),
                read=_moment(read),
                failing_since=_moment(since),
                error=error,
            )
            for key, title, articles, newest, read, since, error in cast("Any", rows)
        )

    def dates(self, source: str, limit: int = 12) -> tuple[datetime, ...]:
        """Return when the newest articles `source` brought were published, the newest first."""
        rows = self.rows(
            "SELECT a.published FROM origins o JOIN articles a ON a.id = o.article WHERE o.source = ?"
            " ORDER BY a.published DESC LIMIT ?",
            source,
            limit,
        )
        return tuple(parse_stamp(cast("str", row[0])) for row in rows)

    def members(self, source: str) -> tuple[Source, ...] | None:
        """Return the feeds the subscription list `source` named when it was last read; None if it is no list."""
        rows = self.rows("SELECT source, title, language FROM members WHERE list = ? ORDER BY position", source)
        found = tuple(
            Source(
                key=key,
                location=key,
                title=PlainText(title) if title else None,
                language=LanguageTag(language) if language else None,
            )
            for key, title, language in cast("Any", rows)
        )
        return found or None

    def set_members(self, source: str, members: Iterable[Source]) -> None:
        """Remember which feeds the subscription list `source` names now."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM members WHERE list = ?", (source,))
            connection.executemany(
                "INSERT OR IGNORE INTO members VALUES (?, ?, ?, ?, ?)",
                [(source, one.location, position, one.title, one.language) for position, one in enumerate(members)],
            )

    def pace(self, location: str) -> SourceState | None:
        """Return what is remembered of the requests to `location`."""
        rows = self.rows("SELECT failures, changes, asked, due, paused FROM paces WHERE location = ?", location)
        if not rows:
            return None
        failures, changes, asked, due, paused = cast("Any", rows[0])
        return SourceState(
            failures=failures,
            changes=tuple(parse_stamp(moment) for moment in json.loads(changes)),
            asked=_moment(asked),
            due=_moment(due),
            paused=bool(paused),
        )

    def set_paces(self, paces: Mapping[str, SourceState]) -> None:
        """Remember requests, by location."""
        if not paces:
            return
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO paces VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        location,
                        state.failures,
                        json.dumps([stamp(moment) for moment in state.changes]),
                        stamp(state.asked) if state.asked else None,
                        stamp(state.due) if state.due else None,
                        state.paused,
                    )
                    for location, state in paces.items()
                ],
            )


def _remember(connection: sqlite3.Connection, location: str, source: str, validators: Validators) -> None:
    connection.execute(
        f"INSERT INTO documents (location, source, {', '.join(_MARKS)}) VALUES (?, ?{', ?' * len(_MARKS)})"
        f" ON CONFLICT (location) DO UPDATE SET source = excluded.source, {_UPDATES}",
        (location, source, *(getattr(validators, mark) for mark in _MARKS)),
    )


def _moment(value: str | None) -> datetime | None:
    return parse_stamp(value) if value else None
