"""Finished documents that wait: small ones in memory, the rest in one unnamed file that vanishes with the process."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import threading
from typing import TYPE_CHECKING

from republisher.transport.values import HttpError, too_large

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 131_072
"""Bytes; what does not fill one may wait in memory."""
_IN_MEMORY = 8_000_000
"""Bytes of all waiting documents together that may stay in memory."""


class Spool:
    """Keeps documents in blocks of one temporary file; any thread may write, any may read."""

    def __init__(self, limit: int) -> None:
        self._limit = limit // BLOCK
        self._lock = threading.Lock()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`
        self._free: list[int] = []
        self._blocks = 0
        self._memory = 0

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()

    def admit(self, size: int) -> bool:
        """Tell whether `size` more bytes may stay in memory, and count them if so."""
        with self._lock:
            admitted = self._memory + size <= _IN_MEMORY
            self._memory += size if admitted else 0
            return admitted

    def dismiss(self, size: int) -> None:
        """Count `size` bytes that were admitted no longer."""
        with self._lock:
            self._memory -= size

    def put(self, data: bytes | memoryview) -> int:
        """Write at most a block; return its number; raise `HttpError` if there is no room."""
        with self._lock:
            if not self._free:
                if self._blocks >= self._limit:
                    raise HttpError("too much is waiting to be read already", advice="it is asked again next time")
                self._free.append(self._blocks)
                self._blocks += 1
            number = self._free.pop()
        try:
            while data:
                written = os.pwrite(self._file.fileno(), data, number * BLOCK + BLOCK - len(data))
                data = data[written:]
        except OSError as error:
            self.release([number])
            reason = f"there is no room for it in the temporary directory ({error.strerror})"
            raise HttpError(reason, advice="make room, or set TMPDIR to a larger disk") from error
        return number

    def get(self, number: int, size: int) -> bytes:
        """Read the `size` bytes of a block."""
        return os.pread(self._file.fileno(), size, number * BLOCK + BLOCK - size)

    def release(self, numbers: list[int]) -> None:
        """Let blocks be used again."""
        with self._lock:
            self._free += numbers


class Body:
    """A document's content, to be taken once; whoever does not want it discards it."""

    def __init__(self, spool: Spool, limit: int) -> None:
        self._spool = spool
        self._limit = limit
        self._hash = hashlib.blake2b(digest_size=16)
        self._sizes: list[int] = []
        self._numbers: list[int] = []
        self._rest = bytearray()
        self._admitted = False
        self.size = 0
        """Bytes."""

    @property
    def digest(self) -> str:
        """Return a digest of the content."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Add to the end; raise `HttpError` if that is more than the limit, or there is no room."""
        self.size += len(data)
        if self.size > self._limit:
            raise too_large(self._limit)
        self._hash.update(data)
        self._rest += data
        while len(self._rest) >= BLOCK:
            self._put(BLOCK)

    def finish(self) -> Body:
        """Say that nothing more comes; what is left goes to disk unless there is room in memory."""
        self._admitted = self._spool.admit(len(self._rest))
        if self._rest and not self._admitted:
            self._put(len(self._rest))
        return self

    def blocks(self) -> Iterator[bytes]:
        """Give the content piece by piece."""
        for number, size in zip(self._numbers, self._sizes, strict=True):
            yield self._spool.get(number, size)
        if self._rest:
            yield bytes(self._rest)

    def take(self) -> bytes:
        """Return the content and keep nothing of it."""
        content = io.BytesIO()
        for block in self.blocks():
            content.write(block)
        self.discard()
        return content.getvalue()

    def discard(self) -> None:
        """Keep nothing."""
        self._spool.release(self._numbers)
        if self._admitted:
            self._spool.dismiss(len(self._rest))
        self._admitted = False
        self._numbers, self._sizes, self._rest = [], [], bytearray()

    def _put(self, size: int) -> None:
        self._numbers.append(self._spool.put(bytes(self._rest[:size])))
        self._sizes.append(size)
        del self._rest[:size]
