"""Content codings undone in small steps, each of bounded output (RFC 9110 §8.4): a bomb is noticed, not unpacked."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

from republisher.transport.values import HttpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_STEP = 65_536
"""Bytes, about, that one step may give."""
_NAMES = {"x-gzip": "gzip", "x-compress": "compress"}
_PLAIN = frozenset(("", "identity", "none", "binary", "utf-8", "8bit"))
"""What servers say when there is nothing to undo; only `identity` is right."""
_WINDOW_LOG = 23
"""8 MB, which is all that a sender may ask for (RFC 9659 §3)."""


class Decoder(Protocol):
    """Undoes one coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what `data` brings, piece by piece."""

    def finished(self) -> bool:
        """Tell whether the end was reached as it should be."""


def coding(header: str) -> str:
    """Return the one coding a Content-Encoding header names, empty if there is none; raise `HttpError`."""
    named = [name.strip().lower() for name in header.split(",")]
    codings = [_NAMES.get(name, name) for name in named if name not in _PLAIN]
    if len(codings) > 1:
        raise HttpError("the feed is compressed more than once", advice="tell the publisher; nobody needs that")
    if codings and codings[0] not in _DECODERS:
        raise HttpError("the feed is compressed in a way nobody asked for", advice="tell the publisher")
    return codings[0] if codings else ""


def decoded(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Give the content behind coding `name` piece by piece; raise `HttpError` if it is damaged."""
    if not name:
        yield from blocks
        return
    decoder = _DECODERS[name]()
    empty = True
    try:
        for block in blocks:
            empty = empty and not block
            yield from decoder.feed(block)
    except HttpError:
        raise
    except Exception as error:  # each library has its own
        raise HttpError("the feed is damaged: it cannot be decompressed", advice=_AGAIN) from error
    if not empty and not decoder.finished():
        raise HttpError("the feed broke off: its compressed end is missing", advice=_AGAIN)


_AGAIN = "it is asked again next time; tell the publisher if that stays so"


class _Zlib:
    """Undoes gzip (RFC 1952) and deflate, with header (RFC 1950) or, as some servers send it, without (RFC 1951)."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._inner = zlib.decompressobj(bits)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if not self._begun and data:
            self._begun = True
            if self._bits == zlib.MAX_WBITS and data[0] & 0x0F != zlib.DEFLATED:
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        while data:
            if self._inner.eof:
                if self._bits < zlib.MAX_WBITS + 16 or not data.startswith(b"\x1f\x8b"):
                    return  # padding after the end, which everybody overlooks
                self._inner = zlib.decompressobj(self._bits)  # RFC 1952 §2.2: members follow one another
            piece = self._inner.decompress(data, _STEP)
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if piece:
                yield piece

    def finished(self) -> bool:
        return self._inner.eof


class _Brotli:
    """Undoes br (RFC 7932)."""

    def __init__(self) -> None:
        import brotli  # noqa: PLC0415  # only who meets it pays for it

        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self._inner.is_finished():
            piece = self._inner.process(data, output_buffer_limit=_STEP)
            data = b""
            if piece:
                yield piece
            elif self._inner.can_accept_more_data():  # which it says too while there is more to come out
                return

    def finished(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstandard:
    """Undoes zstd (RFC 8878), frame after frame."""

    def __init__(self) -> None:
        from backports import zstd  # noqa: PLC0415  # only who meets it pays for it

        self._new: Callable[[], zstd.ZstdDecompressor] = lambda: zstd.ZstdDecompressor(
            options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
        )
        self._inner = self._new()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data or not (self._inner.eof or self._inner.needs_input):
            if self._inner.eof:
                if not data.startswith(b"\x28\xb5\x2f\xfd"):
                    return
                self._inner = self._new()
            yield self._inner.decompress(data, max_length=_STEP)
            data = self._inner.unused_data if self._inner.eof else b""

    def finished(self) -> bool:
        return self._inner.eof


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS + 16),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstandard,
}
ACCEPTED = "gzip, br, zstd"
