"""Files out: each one old or new, never half, and nothing touched that did not change.

Everything new is written into a staging directory first and synced there, so that a full disk stops the run before
any published file has changed. Then each file takes its place by one rename. What a killed run left in the staging
directory is thrown away by the next one.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from republisher.errors import PublishError
from republisher.records import Published

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_STAGING = ".republish-staging"


class Writer:
    """Writes below one directory, which it makes if it is not there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def intact(self, file: Published) -> bool:
        """Tell whether a published file is still as it was written."""
        try:
            status = os.stat(self._directory / file.path)  # noqa: PTH116  # speed: every file at every run
        except OSError:
            return False
        return (status.st_mtime_ns, status.st_size) == (file.modified, file.size)

    def read(self, path: str) -> bytes | None:
        """Return what stands at `path` now, None if nothing does; raise `PublishError`."""
        try:
            return (self._directory / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._trouble(path, error) from error

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file there is, sorted, hidden ones left out."""
        root = self._directory
        found = (file.relative_to(root) for file in root.rglob("*") if file.is_file())
        return tuple(sorted(file.as_posix() for file in found if not any(part.startswith(".") for part in file.parts)))

    def write(self, files: Iterable[tuple[str, bytes]]) -> tuple[tuple[Published, ...], tuple[str, ...]]:
        """Bring files into place, in their order and all of them at the end; raise `PublishError`.

        Return what stands there now for each of them (its `state` is the caller's business), and the paths that were
        really written: a file whose bytes are already right is left alone. No more than one file is held in memory.
        """
        staging = self._directory / _STAGING
        try:
            shutil.rmtree(staging, ignore_errors=True)
            paths: list[str] = []
            staged: dict[str, Path] = {}
            for path, content in files:
                paths.append(path)
                if self.read(path) != content:
                    staged[path] = self._stage(staging / str(len(staged)), content)
            self._replace(staging, staged)
            return tuple(self._published(path) for path in paths), tuple(staged)
        except OSError as error:
            raise self._trouble(str(error.filename or ""), error) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away, and folders that are empty then; raise `PublishError`."""
        try:
            for path in paths:
                file = self._directory / path
                file.unlink(missing_ok=True)
                for folder in file.relative_to(self._directory).parents[:-1]:
                    with suppress(OSError):
                        (self._directory / folder).rmdir()
        except OSError as error:
            raise self._trouble(str(error.filename or ""), error) from error

    def _replace(self, staging: Path, staged: Mapping[str, Path]) -> None:
        if not staged:
            return
        _sync(staging)
        for parent in {(self._directory / path).parent for path in staged}:
            parent.mkdir(parents=True, exist_ok=True)
            if not os.access(parent, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(parent))
        for path, source in staged.items():
            source.replace(self._directory / path)
        for folder in _folders(staged):
            _sync(self._directory / folder)

    @staticmethod
    def _stage(path: Path, content: bytes) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _published(self, path: str) -> Published:
        status = (self._directory / path).stat()
        return Published(path=path, state="", modified=status.st_mtime_ns, size=status.st_size)

    def _trouble(self, path: str, error: OSError) -> PublishError:
        return PublishError(
            f"{self._directory / path}: cannot be written ({error.strerror}) — check disk and rights;"
            " nothing is half written, and the next run goes on where this one stopped"
        )


def _folders(paths: Iterable[str]) -> Sequence[str]:
    """Return every folder that holds one of `paths`, and those above it."""
    return sorted({str(folder) for path in paths for folder in Path(path).parents})


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def add_lines(path: Path, head: str, lines: str) -> None:
    """Add `lines` at the end of a text file people edit too, beginning it with `head`; raise `PublishError`."""
    try:
        with path.open("ab+") as file:
            file.seek(0)
            before = file.read()
            start = "" if before else head
            gap = "\n" if before and not before.endswith(b"\n") else ""
            file.write(f"{start}{gap}{lines}".encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise PublishError(
            f"{path}: cannot be written ({error.strerror}) — check its owner, rights and the disk"
        ) from error
