"""The SQLite file: opened, locked against a second run, brought up to the newest schema, never half written.

WAL with `synchronous=FULL`: a commit that returned survives a power cut. The lock is the kernel's, on a file beside the
database, so that it is gone with the process that held it, even after kill -9.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import quote

from republisher.errors import ConflictError, LockedError, StoreError
from republisher.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_SECONDS = 30.0


class Database:
    """A connection to the store; use as a context manager.

    `path` is a file, or `:memory:` for a store that is forgotten. With `writing`, this is the one process that may
    write, or `LockedError` says who is; without, the database must exist already.
    """

    migrations: ClassVar[tuple[str, ...]] = MIGRATIONS
    missing: ClassVar[str] = "nothing is stored yet — run `republish` first"
    shared: ClassVar[bool] = False
    """Whether several processes may write, by turns."""
    lost: ClassVar[str] = "put back a backup or move it away: the next run makes a new one from what is published"

    def __init__(self, path: str, *, writing: bool = True) -> None:
        self._path = path
        self._lock: int | None = None
        try:
            if writing and path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                self._lock = None if self.shared else acquire(f"{path}.lock")
            self._connection = self._connect(writing=writing)
            with self._guarded():
                self._prepare(writing=writing)
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and let the next run begin."""
        self._connection.close()
        self._release()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Keep all that is written inside, or none of it; raise `StoreError`."""
        with self._guarded():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return the rows `query` gives; raise `StoreError`."""
        with self._guarded():
            return self._connection.execute(query, values).fetchall()

    def _connect(self, *, writing: bool) -> sqlite3.Connection:
        if not writing and not Path(self._path).is_file():
            raise StoreError(f"{self._path}: {self.missing}")
        place = self._path if writing else self._read_only()
        try:
            return sqlite3.connect(place, timeout=_BUSY_SECONDS, isolation_level=None, uri=not writing)
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._path}: the store cannot be opened ({error}) — check the folder and its rights"
            ) from error

    def _read_only(self) -> str:
        """Return the address of the file for reading alone; where SQLite may put nothing beside it, as it lies there.

        SQLite wants to write its shared memory even to read, except from a file it is told does not change; and it does
        not as long as there is no journal of a run at work.
        """
        folder = Path(self._path).resolve().parent
        still = not os.access(folder, os.W_OK) and not Path(f"{self._path}-wal").exists()
        return f"file:{quote(self._path)}?mode=ro" + ("&immutable=1" if still else "")

    def _prepare(self, *, writing: bool) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(self.migrations):
            raise StoreError(f"{self._path}: written by a newer republish (schema {version}) — install that version")
        if not writing:
            if version < len(self.migrations):
                raise StoreError(
                    f"{self._path}: written by an older republish — run `republish` once to bring it up to date"
                )
            return
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        if 0 < version < len(self.migrations):
            self._back_up(version)
        for number in range(version, len(self.migrations)):
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {self.migrations[number]}; PRAGMA user_version={number + 1}; COMMIT;"
            )

    def _back_up(self, version: int) -> None:
        with closing(sqlite3.connect(f"{self._path}.schema-{version}.backup")) as backup:
            self._connection.backup(backup)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise ConflictError(f"it contradicts what is stored ({error})", advice="please report it") from error
        except sqlite3.OperationalError as error:
            if "readonly" in str(error):
                raise StoreError(f"{self._path}: may not be written by this user — run it as its owner") from error
            raise self._unusable(error) from error
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"{self._path}: the store cannot be used ({error}) — if the disk is full, make room; if the file is"
            f" damaged, {self.lost}"
        )

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def acquire(path: str) -> int:
    """Return a lock on `path`, held until it is closed or this process dies; raise `LockedError` if another has it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(
            f"{path}: the lock cannot be made ({error.strerror}) — check the folder and its rights"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise LockedError(f"another run is at work (process {holder}); this one stops — nothing is wrong") from error
    with suppress(OSError):  # a full disk: the lock holds all the same, and what is stored next will say so
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    return descriptor
