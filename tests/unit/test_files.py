"""Files in and files out: what is read, what is written, what is left alone."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from republisher.errors import FetchError, PublishError
from republisher.fetch import FileTransport, Transports
from republisher.model import Source, Validators
from republisher.records import Answer, Published, Wanted
from republisher.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def source(location: str) -> Source:
    """Return a source."""
    return Source(key=location, location=location)


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    """Return a folder with two feeds and what does not belong to them."""
    folder = tmp_path / "feeds"
    (folder / "sub").mkdir(parents=True)
    for name in ("b.atom", "a.rss", "notes.pdf", "sub/c.xml"):
        (folder / name).write_text(name, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("feeds/b.atom", ["feeds/b.atom"]),
        ("feeds", ["feeds/a.rss", "feeds/b.atom"]),
        ("feeds/*", ["feeds/a.rss", "feeds/b.atom", "feeds/notes.pdf"]),
        ("feeds/**/*.xml", ["feeds/sub/c.xml"]),
    ],
)
def test_a_source_is_a_file_a_folder_or_a_pattern(feeds: Path, location: str, expected: list[str]) -> None:
    """Sorted, files only; a folder gives what looks like a feed, a pattern whatever it matches."""
    assert FileTransport(feeds).locate(source(location)) == tuple(str(feeds / path) for path in expected)
    if "*" not in location:
        url = (feeds / location).as_uri()
        assert FileTransport(feeds).locate(source(url)) == tuple(str(feeds / path) for path in expected)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("missing.xml", "no such file or directory"),
        ("feeds/*.txt", "no file matches this pattern"),
        ("feeds/sub/*/x", "no file matches this pattern"),
    ],
)
def test_a_source_that_is_not_there_says_so(feeds: Path, location: str, message: str) -> None:
    """The message names the place as the user wrote it and what to do."""
    with pytest.raises(FetchError, match=message) as caught:
        FileTransport(feeds).locate(source(location))
    assert str(caught.value).startswith(f"{location}: ")
    assert " — check" in str(caught.value)


def test_a_folder_without_feeds_says_what_feeds_are(feeds: Path) -> None:
    """An empty result would look like success."""
    (feeds / "empty").mkdir()
    with pytest.raises(FetchError, match="no feed in this directory"):
        FileTransport(feeds).locate(source("empty"))


def answer(folder: Path, location: str, known: Validators | None = None) -> Answer:
    """Return what came of asking for one file."""
    (one,) = FileTransport(folder).fetch_all([Wanted(source=source("feeds"), location=location, known=known)])
    return one


def test_an_unchanged_file_is_not_read(feeds: Path) -> None:
    """Time and size tell; a new time over the same bytes is remembered, and nothing is parsed."""
    location = str(feeds / "feeds" / "b.atom")
    first = answer(feeds, location).document
    assert first is not None
    assert first.content == b"b.atom"
    again = answer(feeds, location, first.validators)
    assert (again.document, again.error, again.validators) == (None, None, None)
    os.utime(location, (1, 1))
    touched = answer(feeds, location, first.validators)
    assert touched.document is None
    assert touched.validators == replace(first.validators, modified=1_000_000_000)


def test_a_file_that_cannot_be_read_is_a_clear_error(feeds: Path) -> None:
    """It may vanish between being found and being read, be a folder, or be a pipe nobody ever writes into."""
    os.mkfifo(feeds / "pipe.xml")
    for location, words in (("gone.xml", "no such file"), ("feeds", "not a file"), ("pipe.xml", "not a file")):
        error = answer(feeds, str(feeds / location)).error
        assert isinstance(error, FetchError)
        assert words in error.message.lower()


def test_odd_names_are_read_or_refused_in_words(tmp_path: Path) -> None:
    """Brackets in the folder's own name do no harm; a name that is not UTF-8, or too long, is a clear error."""
    base = tmp_path / "b[1]*"
    (base / "feeds").mkdir(parents=True)
    (base / "feeds" / "a.xml").write_text("", encoding="utf-8")
    assert FileTransport(base).locate(source("feeds/*.xml")) == (str(base / "feeds" / "a.xml"),)
    with pytest.raises(FetchError, match="cannot be read"):
        FileTransport(base).locate(source("x" * 300))
    with pytest.raises(FetchError, match="cannot be the name of a file"):
        FileTransport(base).locate(source("a\0b"))
    odd = os.fsdecode(bytes(base / "feeds") + b"/\xff.xml")
    with open(odd, "w", encoding="utf-8"):  # noqa: PTH123  # a name Path would take as well
        pass
    (_, second) = FileTransport(base).locate(source("feeds"))
    second.encode()
    assert answer(base, second).error is not None


def test_answers_come_in_the_order_of_what_was_wanted(feeds: Path) -> None:
    """Whether from files or from the web."""

    def web(wanted: Sequence[Wanted]) -> Iterator[Answer]:
        yield from (Answer(wanted=one) for one in wanted)

    places = ["https://a.example/f", "feeds/b.atom", "http://b.example/f", "feeds/a.rss"]
    transports = Transports(FileTransport(feeds), web)
    wanted = [
        Wanted(source=source(place), location=location)
        for place in places
        for location in transports.locate(source(place))
    ]
    assert [one.wanted for one in transports.fetch_all(wanted)] == wanted


def test_files_are_written_once_and_then_left_alone(tmp_path: Path) -> None:
    """The same bytes again change no time; folders are made as needed; nothing is left behind."""
    writer = Writer(tmp_path / "out")
    files = {"a.atom": b"1", "fr/b.html": b"2"}
    published, written = writer.write(files.items())
    assert written == ("a.atom", "fr/b.html")
    assert all(writer.intact(file) for file in published)
    before = (tmp_path / "out" / "a.atom").stat()
    again, written = writer.write(files.items())
    assert (again, written) == (published, ())
    assert (tmp_path / "out" / "a.atom").stat() == before
    assert writer.paths() == ("a.atom", "fr/b.html")
    assert sorted(entry.name for entry in (tmp_path / "out").iterdir()) == ["a.atom", "fr"]


def test_a_touched_file_is_noticed(tmp_path: Path) -> None:
    """Somebody edited, emptied or removed it."""
    writer = Writer(tmp_path)
    ((file,), _) = writer.write([("a.atom", b"1")])
    (tmp_path / "a.atom").write_bytes(b"22")
    assert not writer.intact(file)
    (tmp_path / "a.atom").unlink()
    assert not writer.intact(file)
    assert not writer.intact(Published(path="never", state="", modified=0, size=0))


def test_nothing_takes_its_place_until_everything_is_rendered(tmp_path: Path) -> None:
    """An error half way leaves every file as it was and the folder clean."""
    writer = Writer(tmp_path)
    writer.write([("a.atom", b"old")])

    def failing() -> Iterator[tuple[str, bytes]]:
        yield "a.atom", b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(PublishError, match=r"No space left on device.*nothing is half written"):
        writer.write(failing())
    assert writer.read("a.atom") == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.atom"]


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    """The staging folder of a run that died does not stay."""
    (tmp_path / ".republish-staging").mkdir()
    (tmp_path / ".republish-staging" / "0").write_bytes(b"half")
    Writer(tmp_path).write([("a.atom", b"1")])
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.atom"]


def test_removed_files_take_their_empty_folders_with_them(tmp_path: Path) -> None:
    """Other files stay, and so do the folders they are in."""
    writer = Writer(tmp_path)
    writer.write([("fr/a.atom", b"1"), ("ko/b.atom", b"2"), ("ko/mine.txt", b"3")])
    writer.remove(["fr/a.atom", "ko/b.atom", "never.atom"])
    assert writer.paths() == ("ko/mine.txt",)
    assert not (tmp_path / "fr").exists()


def test_an_output_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    """The message names the place and what to do."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(PublishError, match="cannot be written"):
        Writer(tmp_path / "out").write([("a.atom", b"1")])
