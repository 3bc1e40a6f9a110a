"""Documents from files and from the web: the transport that asks whichever has them."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from republisher.errors import FetchError
from republisher.model import Document, Validators
from republisher.records import Answer
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from republisher.model import Source
    from republisher.records import Wanted

_ENDINGS = frozenset((".atom", ".rss", ".xml", ".rdf", ".txt", ".feed", ".json", ".opml", ".wxr"))
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
        try:
            return tuple(map(_named, self._found(location)))
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise FetchError("there is no such file or directory", location, _advice(error)) from error
            raise FetchError(f"cannot be read ({error.strerror})", location, _advice(error)) from error
        except ValueError as error:
            raise FetchError("cannot be the name of a file", location, "check the path in the configuration") from error

    def _found(self, location: str) -> list[str]:
        name = _local(location)
        path = self._base / name
        if path.is_dir():
            return _feeds_in(path, location)
        if glob.has_magic(name) and not path.exists():
            names = glob.glob(name, root_dir=self._base, recursive=True)  # noqa: PTH207  # the folder itself may have brackets
            found = sorted(str(self._base / match) for match in names if (self._base / match).is_file())
            if not found:
                raise FetchError("no file matches this pattern", location, "check the folder and the spelling")
            return found
        path.stat()
        return [str(path)]

    def changed(self, wanted: Wanted) -> bool:
        """Tell whether the file may hold something new; costs a stat."""
        try:
            status = os.stat(wanted.location)  # noqa: PTH116  # speed: thousands of unchanged files
        except OSError:
            return True
        known = wanted.known
        return known is None or (known.modified, known.size) != (status.st_mtime_ns, status.st_size)

    def fetch_all(self, wanted: Sequence[Wanted]) -> Iterator[Answer]:
        """Yield an answer for each of `wanted`, in their order, reading each file when its turn comes."""
        for one in wanted:
            try:
                yield self._fetch(one)
            except FetchError as error:
                yield Answer(wanted=one, error=error)

    def _fetch(self, wanted: Wanted) -> Answer:
        if not self.changed(wanted):
            return Answer(wanted=wanted)
        location = wanted.location
        try:
            status = os.stat(location)  # noqa: PTH116  # as above
            if not stat.S_ISREG(status.st_mode):
                raise FetchError("not a file with a content", location, "name a feed, or a folder of feeds")
            if status.st_size > _LARGEST:
                raise FetchError("larger than 100 MB", location, "this cannot be a feed; name another file")
            content = Path(location).read_bytes()
        except FileNotFoundError as error:
            raise FetchError("there is no such file any more", location, _advice(error)) from error
        except OSError as error:
            raise FetchError(f"cannot be read ({error.strerror})", location, _advice(error)) from error
        validators = Validators(
            modified=status.st_mtime_ns,
            size=status.st_size,
            digest=hashlib.blake2b(content, digest_size=8).hexdigest(),
        )
        if wanted.known is not None and wanted.known.digest == validators.digest:
            return Answer(wanted=wanted, validators=validators)
        document = Document(source=wanted.source, location=location, content=content, validators=validators)
        return Answer(wanted=wanted, document=document)


def _feeds_in(path: Path, location: str) -> list[str]:
    with os.scandir(path) as entries:
        found = sorted(
            entry.path for entry in entries if entry.is_file() and Path(entry.name).suffix.lower() in _ENDINGS
        )
    if not found:
        raise FetchError(
            "there is no feed in this directory",
            location,
            f"feeds are files ending in {', '.join(sorted(_ENDINGS))}; name others by a pattern such as folder/*",
        )
    return found


def _advice(error: OSError) -> str:
    missing = isinstance(error, FileNotFoundError)
    return "check the path in the configuration" if missing else "check its owner and rights"


def _named(path: str) -> str:
    """Return `path` as it can be stored and shown; a name that is not UTF-8 then leads to no file, which is said."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _local(location: str) -> str:
    return unquote(urlsplit(location).path) if location.startswith("file:") else os.path.expanduser(location)  # noqa: PTH111  # text in, text out


class Transports:
    """Files from the file system, everything else from the web; answers come in the order of what was wanted."""

    def __init__(self, files: FileTransport, web: Callable[[Sequence[Wanted]], Iterator[Answer]]) -> None:
        self._files = files
        self._web = web

    def locate(self, source: Source) -> tuple[str, ...]:
        """Return the locations of the documents `source` stands for, sorted; raise `FetchError` if there are none."""
        return (source.location,) if is_web(source.location) else self._files.locate(source)

    def fetch_all(self, wanted: Sequence[Wanted]) -> Iterator[Answer]:
        """Yield an answer for each of `wanted`, in their order."""
        remote = [one for one in wanted if is_web(one.location)]
        answers = self._web(remote) if remote else iter(())
        for one in wanted:
            yield next(answers) if is_web(one.location) else next(self._files.fetch_all([one]))
