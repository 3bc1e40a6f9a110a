"""The ledger's own SQLite file: it holds people and what was sent to them, so only its owner may read it.

It outlives the store of articles, which can be made anew. Several processes may write to it by turns, so that a reader
who unsubscribes is heard while a run is sending; what only one may do at a time, it does under `alone`.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from republisher.errors import StoreError
from republisher.store.database import Database, acquire

if TYPE_CHECKING:
    from collections.abc import Iterator

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('salt', lower(hex(randomblob(16))));
    CREATE TABLE subscribers (
        id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL UNIQUE, address TEXT NOT NULL,
        language TEXT NOT NULL, topics TEXT NOT NULL, frequency TEXT NOT NULL, state TEXT NOT NULL,
        since TEXT NOT NULL, consent TEXT NOT NULL
    );
    CREATE TABLE suppressions (
        mark TEXT PRIMARY KEY, address TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE editions (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, frequency TEXT NOT NULL, name TEXT NOT NULL,
        since TEXT NOT NULL, until TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL,
        articles TEXT NOT NULL, approved TEXT NOT NULL
    );
    CREATE TABLE bodies (
        edition TEXT NOT NULL, variant TEXT NOT NULL, subject TEXT NOT NULL, preheader TEXT NOT NULL,
        html TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (edition, variant)
    ) WITHOUT ROWID;
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY, edition TEXT NOT NULL, mark TEXT NOT NULL, address TEXT NOT NULL,
        variant TEXT NOT NULL, message_id TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
        due TEXT NOT NULL, fault INTEGER NOT NULL, reply TEXT NOT NULL, moment TEXT NOT NULL,
        UNIQUE (edition, mark)
    );
    CREATE INDEX deliveries_due ON deliveries (edition, state, due, id);
    CREATE INDEX deliveries_mark ON deliveries (mark, id);
    CREATE INDEX deliveries_message ON deliveries (message_id);
    """,
)


class LedgerFile(Database):
    """A connection to the ledger's file; belongs to one thread, like every connection to SQLite."""

    migrations: ClassVar[tuple[str, ...]] = MIGRATIONS
    shared: ClassVar[bool] = True
    missing: ClassVar[str] = "there is no ledger yet — run `republish digest build` or add a subscriber first"
    lost: ClassVar[str] = (
        "put back a backup and do not send before: without the ledger nobody knows who got what, and who wants nothing"
    )

    def __init__(self, path: str, *, writing: bool = True) -> None:
        if not writing or path == ":memory:":
            super().__init__(path, writing=writing)
        else:
            with _turn(path):
                super().__init__(path)
        if writing:
            self._connection.execute("PRAGMA secure_delete=ON")

    def _back_up(self, version: int) -> None:
        _make_private(f"{self._path}.schema-{version}.backup")
        super()._back_up(version)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process from doing the same meanwhile; raise `LockedError` if one is at it.

        The lock is the kernel's: it is gone with the process that held it, even after kill -9.
        """
        if self._path == ":memory:":
            yield
            return
        lock = acquire(f"{self._path}.lock")
        try:
            yield
        finally:
            os.close(lock)


@contextmanager
def _turn(path: str) -> Iterator[None]:
    """Open or make the file while no other process does, so that the schema is brought up to date once."""
    folder = Path(path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be used ({error.strerror}) — check the folder and its rights") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_private(path)
        yield
    finally:
        os.close(lock)


def _make_private(path: str) -> None:
    """Make an empty file for its owner alone, unless it is there; SQLite gives its journals the same rights.

    A file that is there is not opened: to close it would drop the locks SQLite holds on it in this process.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
