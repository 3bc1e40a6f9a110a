"""Documents from the file system: a file, every file a pattern matches, or every feed in a directory."""

from __future__ import annotations

import glob
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from republisher.errors import FetchError
from republisher.model import Document, Validators

if TYPE_CHECKING:
    from republisher.model import Source

_ENDINGS = frozenset((".atom", ".rss", ".xml", ".rdf", ".txt", ".feed"))
"""What is read in a directory; a file named by itself or by a pattern may be called anything."""
_LARGEST = 100_000_000
"""Bytes; a feed that is larger is a mistake."""


class FileTransport:
    """Reads sources that are files; relative locations count from `base`."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def locate(self, source: Source) -> tuple[str, ...]:
        """Return the files `source` stands for, sorted; raise `FetchError` if there are none."""
        location = source.location
        if urlsplit(location).scheme in {"http", "https"}:
            raise FetchError(
                "live URLs cannot be read yet",
                location,
                "save the feed to a file first, for example with curl, and name the file as the source",
            )
        path = self._base / _local(location)
        if path.is_dir():
            return self._directory(path, location)
        if glob.has_magic(str(path)) and not path.exists():
            found = sorted(match for match in glob.glob(str(path), recursive=True) if os.path.isfile(match))  # noqa: PTH207, PTH113  # speed: one stat per file
            if not found:
                raise FetchError("no file matches this pattern", location, "check the folder and the spelling")
            return tuple(found)
        if not path.exists():
            raise FetchError("there is no such file or directory", location, "check the path in the configuration")
        return (str(path),)

    def fetch(self, source: Source, location: str, known: Validators | None) -> Document | None:
        """Return the document at `location`, or None if it is the one `known` describes; raise `FetchError`."""
        try:
            status = os.stat(location)  # noqa: PTH116  # speed: thousands of unchanged files
            unread = known is not None and (known.modified, known.size) == (status.st_mtime_ns, status.st_size)
            if unread:
                return None
            if status.st_size > _LARGEST:
                raise FetchError("larger than 100 MB", location, "this cannot be a feed; name another file")
            content = Path(location).read_bytes()
        except OSError as error:
            raise FetchError(f"cannot be read ({error.strerror})", location, "check its owner and rights") from error
        return Document(
            source=source,
            location=location,
            content=content,
            validators=Validators(
                modified=status.st_mtime_ns,
                size=status.st_size,
                digest=hashlib.blake2b(content, digest_size=8).hexdigest(),
            ),
        )

    @staticmethod
    def _directory(path: Path, location: str) -> tuple[str, ...]:
        try:
            found = sorted(
                entry.path
                for entry in os.scandir(path)
                if entry.is_file() and Path(entry.name).suffix.lower() in _ENDINGS
            )
        except OSError as error:
            raise FetchError(f"cannot be read ({error.strerror})", location, "check its owner and rights") from error
        if not found:
            raise FetchError(
                "there is no feed in this directory",
                location,
                f"feeds are files ending in {', '.join(sorted(_ENDINGS))}; name others by a pattern such as folder/*",
            )
        return tuple(found)


def _local(location: str) -> str:
    return unquote(urlsplit(location).path) if location.startswith("file:") else os.path.expanduser(location)  # noqa: PTH111  # text in, text out
