"""Bodies: decoded step by step, kept in blocks, taken whole."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from republisher.transport import spool
from republisher.transport.decode import coding, decoded
from republisher.transport.spool import BLOCK, Body, Spool
from republisher.transport.values import HttpError

ENCODE = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}


def pieces(data: bytes, size: int) -> list[bytes]:
    """Return `data` in pieces of `size`."""
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.binary(max_size=300), st.integers(1, 2000), st.integers(1, 50), st.sampled_from(sorted(ENCODE)))
def test_decoding_undoes_encoding(data: bytes, times: int, size: int, name: str) -> None:
    """However the bytes arrive, the content comes out whole and in pieces of bounded size."""
    content = data * times
    found = list(decoded(pieces(ENCODE[name](content), size), name))
    assert b"".join(found) == content
    assert max(map(len, found), default=0) <= 100_000


@given(st.binary(min_size=1), st.sampled_from(sorted(ENCODE)), st.data())
def test_damage_is_an_error_or_content(content: bytes, name: str, data: st.DataObject) -> None:
    """A changed or missing byte raises `HttpError` and nothing else, or goes unnoticed where no checksum is."""
    encoded = bytearray(ENCODE[name](content))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(encoded), bytes(encoded[:-1])):
        try:
            list(decoded([damaged], name))
        except HttpError as error:
            assert "the feed" in error.message  # noqa: PT017


@given(st.text(st.characters(max_codepoint=255)))
def test_any_coding_is_known_or_refused(header: str) -> None:
    """A header names one of the codings we undo, or none, or is refused."""
    with contextlib.suppress(HttpError):
        assert coding(header) in ENCODE


@given(st.lists(st.integers(0, 3 * BLOCK), max_size=4))
def test_what_is_written_is_taken(sizes: list[int]) -> None:
    """Whatever the pieces, the content comes back as it was, and its blocks are free again."""
    written = Spool(100 * BLOCK)
    content = b"".join(bytes((number + 1,)) * size for number, size in enumerate(sizes))
    body = Body(written, 100 * BLOCK)
    for piece in pieces(content, 100_001):
        body.write(piece)
    assert body.finish().size == len(content)
    assert body.take() == content
    assert body.take() == b""
    again = Body(written, 100 * BLOCK)
    again.write(content)
    assert again.finish().take() == content
    assert again.digest == body.digest
    written.close()


def test_many_small_bodies_go_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be too much in memory all together is written, and read back the same."""
    monkeypatch.setattr(spool, "_IN_MEMORY", 1000)
    kept = Spool(100 * BLOCK)
    bodies = [Body(kept, BLOCK) for _ in range(50)]
    for number, body in enumerate(bodies):
        body.write(bytes((number,)) * 100)
        body.finish()
    assert [body.take() for body in bodies] == [bytes((number,)) * 100 for number in range(50)]
    kept.close()


def test_a_full_spool_is_an_error() -> None:
    """More than may wait is refused in words, and room comes back when something is discarded."""
    kept = Spool(2 * BLOCK)
    first, second = Body(kept, 9 * BLOCK), Body(kept, 9 * BLOCK)
    first.write(bytes(2 * BLOCK))
    with pytest.raises(HttpError, match="too much is waiting"):
        second.write(bytes(BLOCK))
    first.discard()
    second.write(b"x")
    kept.close()


def test_a_body_has_a_limit() -> None:
    """One byte too many is refused before it is kept."""
    kept = Spool(BLOCK)
    body = Body(kept, 1_000_000)
    with pytest.raises(HttpError, match="larger than 1 MB"):
        body.write(bytes(1_000_001))
    kept.close()
