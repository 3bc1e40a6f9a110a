"""Laws of parsing: whatever is done to a good document, it ends in a feed or in a `ParseError`."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from republisher.errors import ParseError
from republisher.model import Document, ParsedFeed, Source
from republisher.parse import parse
from republisher.text import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parents[1] / "golden" / "parse"
GOOD = [path.read_bytes() for path in sorted(GOLDEN.iterdir()) if path.suffix != ".json"]
SPLINTERS = (
    b"<", b">", b"&", b"&#xD800;", b"&#55296;", b"&#1;", b"&nbsp;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"</item>",
    b"</entry>", b"<item>", b"<entry>", b"<x:y z:a='b'>", b"<?x", b"<!DOCTYPE x [", b"\0", b"\x0b", b"\xff",
    b"\xed\xa0\x80", b"{", b"[", b"]}", b'"items":', b"9e999", b"<outline xmlUrl='http://x/'>", b"<!ENTITY x 'y'>",
    b"\xc2\x85", b"\xef\xbf\xbf", b'"', b"'", b" ", b"javascript:", b"2021-07-14T08:00:00Z ", b"https://x/?p=1 ",
)  # fmt: skip


def read(content: bytes) -> ParsedFeed | None:
    """Parse bytes; None if they are refused."""
    source = Source(key="k", location="l")
    try:
        return parse(Document(source=source, location="https://x.example/feed", content=content))
    except ParseError:
        return None


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a value of the model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a good document after a few blows: cut, flipped, thinned, splintered or spliced."""
    content = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 5))):
        place, width = draw(st.integers(0, len(content))), draw(st.integers(0, 40))
        middle = draw(
            st.one_of(
                st.just(b""),
                st.sampled_from(SPLINTERS),
                st.binary(max_size=8),
                st.just(content[place : place + width] * 2),
            )
        )
        rest = draw(
            st.sampled_from((content[place:], content[place + width :], b"", draw(st.sampled_from(GOOD))[place:]))
        )
        content = content[:place] + middle + rest
    return content


@given(damaged())
@settings(max_examples=400, deadline=None)
def test_damage_ends_in_a_feed_or_a_parse_error(content: bytes) -> None:
    """Nothing else comes out, every string may stand in XML, and no link runs a script."""
    feed = read(content)
    if feed is None:
        return
    assert all(legal(value) == value for value in strings(feed))
    links = [*feed.links, *(link for entry in feed.entries for link in entry.links)]
    assert all(":" in link.href for link in links)
    assert not any(link.href.lower().startswith(("javascript:", "data:")) for link in links)
    assert all(source.location.startswith(("http://", "https://")) for source in feed.sources)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_noise_ends_in_a_feed_or_a_parse_error(content: bytes) -> None:
    """Nor does anything else come of bytes without sense."""
    read(content)


@given(damaged())
@settings(max_examples=50, deadline=None)
def test_the_same_bytes_give_the_same_feed(content: bytes) -> None:
    """Reading has no memory."""
    assert read(content) == read(content)
