"""The command as a person uses it: what it prints, what it returns, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from republisher.cli import main

ROOT = Path(__file__).parent.parent.parent
SEED = ROOT / "seeds" / "gyeonggi-global-news.txt"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit down in an empty folder, with a terminal's environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    return tmp_path


@pytest.fixture
def published(desk: Path) -> Path:
    """Publish the example."""
    assert main(["init", "-q"]) == 0
    assert main(["-q"]) == 0
    return desk


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the time of every file, but for the page that says how sources fare."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != "sources.html")
    return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Return what was printed to standard output and standard error."""
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_the_first_five_minutes(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configuration it says how to make one; made, it works as it stands and ends with a table."""
    assert main([]) == 2
    assert "republish init" in said(capsys)[1]
    assert main(["init"]) == 0
    assert "republish.toml written" in said(capsys)[0]
    assert main([]) == 0
    out, err = said(capsys)
    assert re.search(r"topic +articles +en\nall +10 +10\n", out)
    assert "10 new, 0 changed" in out
    assert err == ""
    assert (desk / "out" / "index.html").is_file()
    assert (desk / "out" / "en" / "health.atom").is_file()


def test_a_second_run_writes_nothing_and_says_so(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No byte and no time changes, not even of folders."""
    before = snapshot(published / "out"), (published / "out").stat().st_mtime_ns
    assert main([]) == 0
    assert said(capsys)[0].startswith("Nothing has changed: 10 articles, nothing written")
    assert (snapshot(published / "out"), (published / "out").stat().st_mtime_ns) == before


def test_cron_hears_nothing_when_all_is_well(
    published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal there is no word, unless --verbose asks for it."""
    monkeypatch.delenv("TERM")
    assert main([]) == 0
    assert said(capsys) == ("", "")
    assert main(["-v"]) == 0
    assert "Nothing has changed" in said(capsys)[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.xml", b"<!DOCTYPE html><html><head><title>Oops</title></head><body>Error 500</body></html>", "page"),
        ("empty.xml", b"", "empty"),
        ("image.xml", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, ""),
        ("prose.xml", b"Dear reader, this is no feed at all. Yours, the editor.\n" * 20, ""),
        ("cut.xml", b'<?xml version="1.0"?><rss version="2.0"><channel><title>Cut', ""),
        ("odd.xml", b'<?xml version="1.0" encoding="UTF-8"?><svg xmlns="http://www.w3.org/2000/svg"/>', ""),
    ],
)
def test_bad_input_is_one_clear_line(
    published: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, words: str
) -> None:
    """It says what, where and what to do; the others go on, and nothing published changes but by their articles."""
    (published / name).write_bytes(content)
    with (published / "republish.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[sources]]\nlocation = "{name}"\n[[sources]]\nlocation = "nowhere"\n')
    before = {path: content for path, (content, _) in snapshot(published / "out").items()}
    assert main([]) == 1
    out, err = said(capsys)
    lines = err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("republish: ") and " — " in line for line in lines)
    assert any(name in line and words in line for line in lines)
    assert "nowhere: there is no such file" in err
    assert "Traceback" not in out + err
    assert {path: content for path, (content, _) in snapshot(published / "out").items()} == before


def test_a_lost_source_does_not_empty_what_is_published(published: Path) -> None:
    """The feeds stay as they are, and the exit status tells."""
    before = snapshot(published / "out")
    shutil.rmtree(published / "seeds")
    assert main(["-q"]) == 1
    assert snapshot(published / "out") == before


def test_explain_says_why(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Language and topics with their evidence, found by a word of the title, by id and by page."""
    assert main(["explain", "landmine"]) == 0
    out, _ = said(capsys)
    assert "peace: its words" in out
    assert re.search(r"\d\.\d\d  “[^”]*[Ll]andmine", out)
    assert "language   en" in out
    assert main(["explain", "landmine", "--json"]) == 0
    facts = json.loads(said(capsys)[0])
    for way in (facts["id"], facts["page"], f"https://feeds.example.org/{facts['page']}"):
        assert main(["explain", way, "--json"]) == 0
        assert json.loads(said(capsys)[0])["id"] == facts["id"]
    text = SEED.read_text(encoding="utf-8")
    assert all(evidence["surface"] in text for topic in facts["topics"] for evidence in topic["evidence"])


def test_explain_asks_back_when_several_fit(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It lists them with their ids; nothing found is said too."""
    assert main(["explain", "Gyeonggi"]) == 1
    out, err = said(capsys)
    assert "articles fit" in err
    assert out.count("tag:feeds.example.org") >= 9
    assert main(["explain", "nothing like it"]) == 1
    assert "republish list" in said(capsys)[1]


def test_list_filters(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By topic, language, source, day and number; wrong filters are errors of usage."""

    def titles(*options: str) -> list[str]:
        assert main(["list", "--json", *options]) == 0
        return [article["title"] for article in json.loads(said(capsys)[0])]

    assert len(titles()) == 10
    assert len(titles("--limit", "3")) == 3
    assert all("vaccine" in title for title in titles("--topic", "health"))
    assert titles("--language", "ko") == []
    assert len(titles("--language", "EN_us")) == 10
    assert len(titles("--since", "2021-07-01")) == 3
    assert len(titles("--source", "seeds/*.txt")) == 10
    assert main(["list"]) == 0
    assert said(capsys)[0].startswith("published   language  topics")
    assert main(["list", "--since", "yesterday"]) == 2
    assert main(["list", "--language", "???"]) == 2


def test_status_says_how_sources_fare(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In order, or failing since when and why; the runs on request."""
    assert main(["status"]) == 0
    assert "seeds/*.txt: in order, 10 articles" in said(capsys)[0]
    shutil.rmtree(published / "seeds")
    assert main([]) == 1
    assert main(["status", "--runs"]) == 1
    assert "Failing since" in said(capsys)[0]
    assert main(["status", "--json"]) == 1
    facts = json.loads(said(capsys)[0])
    assert facts["articles"] == 10
    assert facts["sources"][0]["error"].startswith("seeds/*.txt: no file matches")


def test_check_finds_nothing_wrong_with_what_we_publish(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And says what it looked at, and what is still the example's."""
    assert main(["check"]) == 0
    out, _ = said(capsys)
    assert re.search(r"\d+ files checked: 0 errors, 0 warnings", out)
    assert "still the example" in out


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        ("en/health.atom", "<id>", "<ld>", "readable"),
        ("health.atom", '<link rel="self"', '<link rel="shelf"', "self"),
        ("all.rss", "<guid", "<gid", "readable"),
        ("all.json", '"version"', '"vision"', ""),
        ("index.html", "all.html", "nowhere.html", "link-target"),
    ],
)
def test_check_finds_damage(
    published: Path, capsys: pytest.CaptureFixture[str], path: str, old: str, new: str, rule: str
) -> None:
    """Each finding has a place, a rule and advice, and the status tells."""
    file = published / "out" / path
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert main(["check"]) == 1
    out, _ = said(capsys)
    assert re.search(rf"^{re.escape(path)}(:\d+)?: error: .*{rule}", out, re.MULTILINE)
    assert main(["check", "--json"]) == 1
    assert json.loads(said(capsys)[0])["findings"][0]["path"] == path


def test_check_misses_a_file_that_is_gone(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next run writes it again, the same bytes."""
    file = published / "out" / "en" / "health.atom"
    before = file.read_bytes()
    file.unlink()
    assert main(["check", "-q"]) == 1
    assert "en/health.atom" in said(capsys)[1]
    assert main(["-q"]) == 0
    assert file.read_bytes() == before


def test_init_with_options_needs_no_editing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sources, output and address as given, from wherever the file is written."""
    shutil.copy(SEED, desk / "dump of the province.txt")
    options = ["--source", "dump of the province.txt", "--source", "more/*.xml", "--output", "public"]
    assert main(["init", *options, "--site-url", "https://press.example.org", "etc/press.toml"]) == 0
    assert "republish --config etc/press.toml" in said(capsys)[0]
    assert main(["--config", "etc/press.toml", "-q"]) == 1
    assert "more/*.xml" in said(capsys)[1]
    feed = (desk / "public" / "all.atom").read_text(encoding="utf-8")
    assert 'href="https://press.example.org/all.atom"' in feed
    assert feed.count("<entry") == 10


def test_init_never_overwrites(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unless it is told to; a strange address is refused before anything is written."""
    (desk / "republish.toml").write_text("# mine\n", encoding="utf-8")
    assert main(["init"]) == 2
    assert (desk / "republish.toml").read_text(encoding="utf-8") == "# mine\n"
    assert main(["init", "--force", "-q"]) == 0
    assert main(["init", "--site-url", "press.example.org", "other.toml"]) == 2
    assert not (desk / "other.toml").exists()
    assert "--site-url" in said(capsys)[1]


@pytest.mark.parametrize(
    "place", ['C:\\feeds\\"mine".xml', "경기/*.xml", "https://e.example/a?b=c&d='e'", "a\tb\x7f\n"]
)
def test_init_writes_any_place_so_that_it_is_read_back(desk: Path, place: str) -> None:
    """Quotes, backslashes, other scripts and control characters survive the file."""
    from republisher import config  # noqa: PLC0415

    assert main(["init", "-q", "--source", place]) == 0
    assert [source.location for source in config.load(desk / "republish.toml").sources] == [place]


def test_options_stand_before_or_after_the_command(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody remembers which."""
    file = str(published / "republish.toml")
    os.chdir("/")
    assert main(["--config", file, "status", "--json"]) == 0
    before, _ = said(capsys)
    assert main(["status", "--json", "--config", file]) == 0
    assert said(capsys)[0] == before


def test_json_tells_programs_everything(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run, and an error too."""
    assert main(["--json"]) == 2
    assert json.loads(said(capsys)[0])["status"] == 2
    assert main(["init", "--json"]) == 0
    said(capsys)
    assert main(["--json"]) == 0
    facts = json.loads(said(capsys)[0])
    assert facts["articles"] == {"stored": 10, "in": 10, "new": 10, "changed": 0, "moved": 0}
    assert facts["channels"]["en/peace"] == 1
    assert facts["failures"] == []
    assert "index.html" in facts["files"]["written"]


def test_an_output_that_cannot_be_written_stops_the_run(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 3, one line, no traceback; the next run goes on where this one stopped."""
    assert main(["init", "-q"]) == 0
    (desk / "out").write_bytes(b"")
    assert main([]) == 3
    out, err = said(capsys)
    assert re.fullmatch(r"republish: .*out.*: cannot be written .*\n", err)
    assert out == ""
    (desk / "out").unlink()
    assert main(["-q"]) == 0
    assert (desk / "out" / "all.atom").is_file()


def test_a_bug_is_a_sentence_not_a_traceback(
    published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback is there for who asks for it."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("republisher.config.load", broken)
    assert main([]) == 70
    err = said(capsys)[1]
    assert "unexpected error: ZeroDivisionError('oops') — this is a bug" in err
    assert "Traceback" not in err
    assert main(["-v"]) == 70
    assert "Traceback" in said(capsys)[1]


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Every command, what the exit status means, and how cron says it."""
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    out, _ = said(capsys)
    for word in ("init", "check", "explain", "list", "status", "cron", "exit status", "examples"):
        assert word in out
