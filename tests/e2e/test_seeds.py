"""The installed command on the seed document, judged by somebody else's parser: what went in is what comes out."""

from __future__ import annotations

import calendar
import contextlib
import fcntl
import html
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

ROOT = Path(__file__).parent.parent.parent
SEED = ROOT / "seeds" / "gyeonggi-global-news.txt"
ENTRY = re.compile(r"(gg_mgr) <!\[CDATA\[(.*?)\]\]> (\S+Z) (\S+Z) ")
CHANNELS = ("all", "health", "economy", "environment", "peace")


def republish(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run the installed command in `folder` as cron would; return what it printed."""
    command = Path(sys.executable).with_name("republish")
    done = subprocess.run([command, *arguments], cwd=folder, env={}, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the repository's own configuration as it stands, in a copy."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "republish.toml", folder)
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    assert republish(folder) == ""
    return folder


def facts() -> dict[str, tuple[str, datetime, datetime]]:
    """Return author, published and updated of every article of the seed document, by title, read without our parser."""
    found = ENTRY.findall(SEED.read_text(encoding="utf-8"))
    return {
        title: (author, datetime.fromisoformat(published), datetime.fromisoformat(updated))
        for author, title, updated, published in found
    }


def moment(parsed: Any) -> datetime:
    """Return feedparser's time as ours."""
    return datetime.fromtimestamp(calendar.timegm(parsed), tz=UTC)


def files(folder: Path) -> dict[str, bytes]:
    """Return every published file."""
    out = folder / "out"
    return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}


@pytest.mark.parametrize("ending", ["atom", "rss"])
@pytest.mark.parametrize("folder", ["", "en/"])
def test_feedparser_reads_back_what_went_in(site: Path, folder: str, ending: str) -> None:
    """Titles, dates, authors and languages of all ten articles; topics are among the categories."""
    expected = facts()
    assert len(expected) == 10
    feed = feedparser.parse(str(site / "out" / f"{folder}all.{ending}"))
    assert not feed.bozo
    assert feed.feed.get("language") == ("en" if folder else None)
    got = {entry.title: entry for entry in feed.entries}
    assert set(got) == set(expected)
    for title, (author, published, updated) in expected.items():
        entry = got[title]
        assert entry.author == author
        assert moment(entry.published_parsed) == published
        assert moment(entry.updated_parsed) == updated
        assert entry.id.startswith("tag:feeds.example.org,2026:article/")
        assert entry.link.startswith("https://feeds.example.org/articles/")
        assert (entry.get("language") or entry.title_detail.language) == "en"


def test_an_article_has_one_id_wherever_it_appears(site: Path) -> None:
    """A reader who takes two channels or two formats sees it once."""
    ids: dict[str, set[str]] = {}
    for channel in CHANNELS:
        for ending in ("atom", "rss"):
            for entry in feedparser.parse(str(site / "out" / f"{channel}.{ending}")).entries:
                ids.setdefault(entry.title, set()).add(entry.id)
        for item in json.loads((site / "out" / f"{channel}.json").read_text(encoding="utf-8"))["items"]:
            ids.setdefault(item["title"], set()).add(item["id"])
    assert len(ids) == 10
    assert all(len(known) == 1 for known in ids.values())
    assert len(set.union(*ids.values())) == 10


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        ("slender catfish", {"environment"}),
        ("population policy", {"economy"}),
        ("Pfizer", {"health"}),
        ("illegal private loan", {"economy"}),
        ("Delivery Express", {"economy"}),
        ("Linde", {"economy", "economy environment"}),
        ("Landmine", {"peace"}),
        ("fire-monitoring", {"economy", ""}),
        ("Russian Innovation", {"economy"}),
        ("Ocean Travel Week", {"economy", ""}),
    ],
)
def test_every_seed_article_is_where_a_person_would_look(site: Path, words: str, topics: set[str]) -> None:
    """Main topic first, and nothing is forced into a topic."""
    items = json.loads((site / "out" / "all.json").read_text(encoding="utf-8"))["items"]
    (item,) = [item for item in items if words in item["title"]]
    assert " ".join(topic["topic"] for topic in item["_republisher"].get("topics", ())) in topics


def test_what_is_said_of_an_article_is_complete(site: Path) -> None:
    """No paragraph and no bullet of the seed document is lost on the way to its page."""
    source = SEED.read_text(encoding="utf-8")
    pages = "".join(page.read_text(encoding="utf-8") for page in (site / "out" / "articles").glob("*.html"))
    shown = re.sub(r"\W+", "", html.unescape(re.sub(r"<[^>]*>", "", pages)))
    bodies = re.split(r"gg_mgr <!\[CDATA\[.*?\]\]> \S+Z \S+Z ", source)[1:]
    lines = [line for body in bodies for line in body.splitlines() if line.strip()]
    assert len(lines) > 100
    assert [line for line in lines if re.sub(r"\W+", "", line) not in shown] == []


def test_a_second_run_changes_no_byte_and_no_time(site: Path) -> None:
    """The whole output stays as it is."""
    times = {file: file.stat().st_mtime_ns for file in (site / "out").rglob("*")}
    before = files(site)
    assert republish(site) == ""
    assert files(site) == before
    assert {file: file.stat().st_mtime_ns for file in (site / "out").rglob("*")} == times


def test_articles_in_another_order_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """What is published depends on what the articles are, not on where they stand."""
    source = SEED.read_text(encoding="utf-8")
    starts = [match.start() for match in ENTRY.finditer(source)]
    parts = [source[start:end].rstrip() + "\n\n" for start, end in zip(starts, [*starts[1:], None], strict=True)]
    (tmp_path / "seeds").mkdir()
    shutil.copy(ROOT / "republish.toml", tmp_path)
    (tmp_path / "seeds" / SEED.name).write_text(source[: starts[0]] + "".join(reversed(parts)), encoding="utf-8")
    republish(tmp_path)
    assert files(tmp_path) == files(site)


def test_our_own_check_finds_nothing(site: Path) -> None:
    """Every published file passes, in the schema's and in our own eyes."""
    assert "0 errors, 0 warnings" in republish(site, "check")


def test_what_we_publish_can_be_republished(site: Path, tmp_path: Path) -> None:
    """Taking in our own feed gives the same articles with the same ids, dates and credit."""
    shutil.copy(site / "out" / "all.atom", tmp_path)
    republish(tmp_path, "init", "-q", "--source", "all.atom", "--site-url", "https://second.example.org/")
    republish(tmp_path, "-q")
    first, second = (feedparser.parse(str(folder / "out" / "all.atom")).entries for folder in (site, tmp_path))
    for name in ("id", "title", "published", "updated", "link", "author", "summary"):
        assert [entry[name] for entry in second] == [entry[name] for entry in first]
    assert [entry.source.id for entry in second] == [entry.source.id for entry in first]


def test_a_newcomer_needs_nothing_but_the_package(tmp_path: Path) -> None:
    """`republish init` brings the example, and the module runs as well as the command."""
    republish(tmp_path, "init", "-q")
    command = [sys.executable, "-m", "republisher", "--verbose"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert "10 new" in done.stdout


def test_a_terminal_sees_progress_and_the_table(tmp_path: Path) -> None:
    """A bar for each stage while the person waits, gone when it is done, and the summary after it."""
    republish(tmp_path, "init", "-q")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [Path(sys.executable).with_name("republish")]
    with subprocess.Popen(command, cwd=tmp_path, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal ends
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    text = shown.decode()
    assert process.returncode == 0
    assert "reading:" in text
    assert "publishing:" in text
    assert text.rindex("publishing:") < text.index("topic")
