"""The editor's hand: decisions that last, and re-runs in which exactly what should move moves."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from republisher.classify import lexicon
from republisher.cli import main

if TYPE_CHECKING:
    from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"
CONFIG = """\
[site]
url = "https://feeds.example.org/"
[[sources]]
location = "feed.xml"
"""
STORIES = {
    "vaccine": "Vaccine against measles for children in all hospitals",
    "export": "Exports rise, unemployment and inflation fall",
    "truce": "Truce holds, peacekeepers clear landmines",
    "choir": "Choir sings in the town hall",
}


def story(name: str, title: str) -> str:
    """Return an entry whose address ends in its name."""
    return (
        f'<entry xml:lang="en"><id>https://source.example/{name}</id><title>{title}</title>'
        f'<link href="https://source.example/{name}"/><updated>2026-03-04T09:00:00Z</updated>'
        f"<published>2026-03-01T0{len(name)}:00:00Z</published><content>{title}.</content></entry>"
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish four stories."""
    monkeypatch.chdir(tmp_path)
    entries = "".join(story(*item) for item in STORIES.items())
    head = "<id>urn:feed</id><title>Source</title><updated>2026-03-04T09:00:00Z</updated>"
    (tmp_path / "feed.xml").write_text(
        f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>', encoding="utf-8"
    )
    (tmp_path / "republish.toml").write_text(CONFIG, encoding="utf-8")
    assert main(["-q"]) == 0
    return tmp_path


def channel(name: str) -> dict[str, tuple[str, str]]:
    """Return what a channel carries: the last word of the id, and the dates."""
    tree = etree.parse(f"out/{name}.atom")
    return {
        str(one.findtext(f"{ATOM}id")).rpartition("/")[2]: (
            str(one.findtext(f"{ATOM}published")),
            str(one.findtext(f"{ATOM}updated")),
        )
        for one in tree.iter(f"{ATOM}entry")
    }


def grid() -> dict[str, list[str]]:
    """Return the names of the articles in each channel."""
    return {name: sorted(channel(name)) for name in ("health", "economy", "environment", "peace", "en/health")}


BEFORE = {"health": ["vaccine"], "economy": ["export"], "environment": [], "peace": ["truce"], "en/health": ["vaccine"]}


def run(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Run the main job and return what it says of articles."""
    capsys.readouterr()
    assert main(["--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    return {"new": told["articles"]["new"], "changed": told["articles"]["changed"], "moved": told["articles"]["moved"]}


def test_a_decision_moves_its_article_and_no_other(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Assigned and excluded, it moves, with its id and its dates; a further run does nothing at all."""
    assert grid() == BEFORE
    everything = channel("all")
    assert main(["assign", "-q", "https://source.example/choir", "health", "--reason", "a choir of nurses"]) == 0
    assert main(["exclude", "-q", "truce", "peace"]) == 0
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 2}
    assert grid() == BEFORE | {"health": ["choir", "vaccine"], "peace": [], "en/health": ["choir", "vaccine"]}
    assert channel("all") == everything
    assert channel("health")["choir"] == everything["choir"]
    before = {file: file.stat().st_mtime_ns for file in (desk / "out").rglob("*") if file.is_file()}
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 0}
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_decision_outlives_everything(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lost store, other rules, and a source that sends the article again changed do not undo it."""
    main(["assign", "-q", "choir", "health"])
    main(["pin", "-q", "vaccine"])
    run(capsys)
    (desk / "republish.db").unlink()
    (desk / "republish.toml").write_text(
        CONFIG + '[topics.health]\nthreshold = 90.0\n[topics.peace]\nkeywords = ["measles"]\n', encoding="utf-8"
    )
    feed = desk / "feed.xml"
    feed.write_text(feed.read_text(encoding="utf-8").replace("Choir sings", "Choir sang"), encoding="utf-8")
    assert main(["-q"]) == 0
    assert grid()["health"] == ["choir", "vaccine"]
    assert grid()["peace"] == ["truce"]


def test_a_decision_can_be_taken_back(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By `release` or by deleting the line; the language is recognised again."""
    main(["assign", "-q", "choir", "health", "--language", "fr"])
    run(capsys)
    assert sorted(channel("fr/health")) == ["choir"]
    main(["release", "-q", "choir"])
    assert run(capsys)["moved"] == 1
    assert grid() == BEFORE
    assert "choir" in channel("en/all")
    (desk / "republish.overrides.txt").write_text("exclude peace https://source.example/truce\n", encoding="utf-8")
    assert run(capsys)["moved"] == 1
    (desk / "republish.overrides.txt").unlink()
    assert run(capsys)["moved"] == 1
    assert grid() == BEFORE


def test_a_keyword_moves_what_it_means(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A topic of one's own takes its articles; the others stay where they were, nothing is new."""
    (desk / "republish.toml").write_text(
        CONFIG + '[topics.music]\nnames = {en = "Music"}\nkeywords = ["choirs"]\n', encoding="utf-8"
    )
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 1}
    assert sorted(channel("music")) == ["choir"]
    assert grid() == BEFORE
    (desk / "republish.toml").write_text(CONFIG, encoding="utf-8")
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 1}


def test_a_better_lexicon_moves_what_it_means(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade, exactly the articles its words are about move, without being parsed or dated anew."""
    everything = channel("all")
    shipped = lexicon.source
    monkeypatch.setattr(
        lexicon,
        "source",
        lambda code: shipped(code) + "\n[environment]\nstrong: sings, town hall\n" if code == "en" else shipped(code),
    )
    (desk / "republish.toml").touch()
    (desk / "republish.toml").write_text(CONFIG + "# upgraded\n", encoding="utf-8")
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 1}
    assert grid() == BEFORE | {"environment": ["choir"]}
    assert channel("all") == everything


def test_rules_come_before_words(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An address gives a topic; `explain` names the rule."""
    (desk / "republish.toml").write_text(
        CONFIG + '[[rules]]\nname = "the choir"\ntopics = "peace"\naddress = "https://source.example/choir"\n',
        encoding="utf-8",
    )
    assert run(capsys)["moved"] == 1
    assert grid()["peace"] == ["choir", "truce"]
    main(["explain", "Choir"])
    out = capsys.readouterr().out
    assert "peace: the configuration says so" in out
    assert "the choir" in out


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("assign helth choir\n", "line 1 names 'helth', which is no topic, only"),
        ("asigne health choir\n", "line 1 should be a word (assign, exclude, pin, language, release, same, different)"),
        ("language klingon! choir\n", "line 1 names 'klingon!', which is no language tag"),
    ],
)
def test_a_file_that_cannot_be_followed_stops_the_run(
    desk: Path, capsys: pytest.CaptureFixture[str], lines: str, words: str
) -> None:
    """Nothing is published by half of what editors decided; the line is named, and mended the run goes on."""
    (desk / "republish.overrides.txt").write_text(lines, encoding="utf-8")
    before = channel("all")
    assert main([]) == 2
    assert words in capsys.readouterr().err
    assert main(["assign", "choir", "health"]) == 2
    assert (desk / "republish.overrides.txt").read_text(encoding="utf-8") == lines
    assert channel("all") == before


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["assign", "choir", "helth"], "there is no topic 'helth'"),
        (["assign", "choir"], "say which topics"),
        (["exclude", "choir", "health", "--language", "12"], "is not a language tag"),
        (["assign", "nobody", "health"], "no article is called 'nobody'"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str], command: list[str], words: str
) -> None:
    """With a sentence, and without a line in the file."""
    assert main(command) != 0
    assert words in capsys.readouterr().err
    assert not (desk / "republish.overrides.txt").exists()


def test_learning_can_be_read_and_switched_off(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten corrections teach; what was learned is told word by word; a switch silences it."""
    entries = "".join(
        story(f"{name}{number}", f"The {name} {verb} on day {number}")
        for number in range(6)
        for name, verb in (("beekeepers", "harvest honey"), ("joiners", "build a cabinet"))
    )
    feed = desk / "feed.xml"
    feed.write_text(feed.read_text(encoding="utf-8").replace("</feed>", f"{entries}</feed>"), encoding="utf-8")
    run(capsys)
    for number in range(5):
        main(["assign", "-q", f"https://source.example/beekeepers{number}", "environment"])
        main(["pin", "-q", f"https://source.example/joiners{number}", "none"])
    run(capsys)
    assert "beekeepers5" in grid()["environment"]
    assert "joiners5" not in grid()["environment"]
    main(["topics", "learn", "--explain"])
    out = capsys.readouterr().out
    assert "en: 10 corrections" in out
    assert "beekee" in out
    main(["explain", "https://source.example/beekeepers5"])
    assert "what was learned from editors' decisions" in capsys.readouterr().out
    (desk / "republish.toml").write_text(CONFIG + "[editor]\nlearn = false\n", encoding="utf-8")
    run(capsys)
    assert "beekeepers5" not in grid()["environment"]
    assert "beekeepers4" in grid()["environment"]
    main(["topics", "learn"])
    assert "switched off" in capsys.readouterr().out


def test_trying_shows_what_would_move(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is saved; and nothing is."""
    (desk / "try.toml").write_text(
        '[topics.music]\nnames.en = "Music"\nkeywords = ["choir"]\n[topics.peace]\nexclude = ["truce holds"]\n'
        "threshold = 9.0\n",
        encoding="utf-8",
    )
    capsys.readouterr()
    assert main(["topics", "try", "try.toml", "--json"]) == 0
    moved = {one["id"].rpartition("/")[2]: (one["gains"], one["loses"]) for one in json.loads(capsys.readouterr().out)}
    assert moved == {"choir": (["music"], []), "truce": ([], ["peace"])}
    assert main(["topics", "try", "try.toml"]) == 0
    assert "2 of 4 articles would move; nothing is changed." in capsys.readouterr().out
    assert grid() == BEFORE
    (desk / "try.toml").write_text("[topics.music]\nkeyword = ['choir']\n", encoding="utf-8")
    assert main(["topics", "try", "try.toml"]) == 2
    assert "did you mean 'keywords'?" in capsys.readouterr().err


def test_checking_finds_keywords_and_lines_of_no_use(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A keyword too short, one another topic has, a decision about nobody."""
    (desk / "republish.toml").write_text(
        CONFIG + '[topics.music]\nkeywords.en = ["ch", "vaccin", "policies"]\n[topics.peace]\nkeywords = ["vaccin"]\n',
        encoding="utf-8",
    )
    (desk / "republish.overrides.txt").write_text("assign health nobody\n", encoding="utf-8")
    assert main(["topics", "check"]) == 1
    out = capsys.readouterr().out
    assert "music (en): “ch” is the beginning of very many words" in out
    assert "peace (en): “vaccin” also speaks for health" in out
    assert "policies" not in out
    assert "music (en): “vaccin”" not in out
    assert "no article is called nobody" in out
    assert "health (en)" not in out


def test_reviewing_says_what_to_do(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing unsure, then a doubtful one with its reason and the commands that settle it."""
    assert main(["review"]) == 0
    assert "No article is unsure." in capsys.readouterr().out
    feed = desk / "feed.xml"
    feed.write_text(
        feed.read_text(encoding="utf-8").replace("</feed>", story("clinic", "Clinic sees mayor") + "</feed>"),
        encoding="utf-8",
    )
    main(["-q"])
    main(["review", "--language", "en", "--topic", "health"])
    out = capsys.readouterr().out
    assert "Clinic sees mayor" in out
    assert "republish pin https://source.example/clinic" in out
    main(["review", "--json"])
    assert json.loads(capsys.readouterr().out)[0]["doubts"][0]["topic"] == "health"
    assert main(["review", "--language", "ko"]) == 0
    assert "No article is unsure." in capsys.readouterr().out
    main(["pin", "-q", "https://source.example/clinic"])
    main(["review"])
    assert "No article is unsure." in capsys.readouterr().out


def test_other_programs_are_answered_line_by_line(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Id, language, topics and words as they stand in the text; a bad line is named and the others answered."""
    texts = [
        '{"id": 7, "lang": "ko", "title": "백신 접종", "text": "코로나 백신 접종이 시작됐다."}',
        '{"id": "b", "title": "Peace\\n  talks", "text": "The ceasefire holds between the armies of the two states."}',
        "",
        "{",
        '{"id": 1, "title": ["no"]}',
        "[]",
        '{"id": null, "text": "Der Chor singt am Sonntag im Rathaus der Stadt."}',
    ]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(texts).encode()), encoding="utf-8"))
    assert main(["--config", "missing.toml", "classify", "--jsonl"]) == 2
    assert "there is no configuration here" in capsys.readouterr().err
    assert main(["classify", "--jsonl"]) == 1
    out, err = capsys.readouterr()
    first, second, third = map(json.loads, out.splitlines())
    assert (first["id"], first["lang"], first["topics"]) == (7, "ko", ["health"])
    assert any("백신" in surface for surface in first["evidence"]["health"])
    assert (second["id"], second["lang"], second["topics"]) == ("b", "en", ["peace"])
    assert all(
        surface in "Peace\n  talks\nThe ceasefire holds between the armies of the two states."
        for surface in second["evidence"]["peace"]
    )
    assert third == {"id": None, "lang": "de", "topics": [], "evidence": {}}
    assert [line.split(":")[1] for line in err.splitlines()] == [" line 4", " line 5", " line 6"]


def test_what_is_learned_does_not_depend_on_when(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Decisions that are there before their articles teach in the run that brings those; a second run does nothing."""
    entries = "".join(story(f"bees{number}", f"Beekeepers harvest honey on day {number}") for number in range(14))
    lines = "".join(f"assign environment https://source.example/bees{number}\n" for number in range(12))
    (desk / "republish.overrides.txt").write_text(lines, encoding="utf-8")
    feed = desk / "feed.xml"
    feed.write_text(feed.read_text(encoding="utf-8").replace("</feed>", f"{entries}</feed>"), encoding="utf-8")
    run(capsys)
    assert len(grid()["environment"]) == 14
    assert run(capsys) == {"new": 0, "changed": 0, "moved": 0}


def test_a_released_language_is_the_one_the_source_declared(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a guess at it."""
    feed = desk / "feed.xml"
    short = story("budget", "Budget 2026").replace('xml:lang="en"', 'xml:lang="fr"')
    feed.write_text(feed.read_text(encoding="utf-8").replace("</feed>", f"{short}</feed>"), encoding="utf-8")
    run(capsys)
    main(["assign", "-q", "https://source.example/budget", "--language", "ko"])
    run(capsys)
    assert "budget" in channel("ko/all")
    main(["release", "-q", "https://source.example/budget"])
    run(capsys)
    assert "budget" in channel("fr/all")


def test_pinning_keeps_what_was_just_decided(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also if no run has followed it yet."""
    main(["assign", "-q", "choir", "economy"])
    main(["pin", "-q", "choir"])
    run(capsys)
    assert "choir" in grid()["economy"]


def test_explaining_shows_decisions_and_doubts(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line that decided, with its comment."""
    main(["assign", "-q", "choir", "health", "--reason", "nurses"])
    run(capsys)
    main(["explain", "choir"])
    out = capsys.readouterr().out
    assert "decided    line" in out
    assert "nurses" in out
    main(["explain", "choir", "--json"])
    assert json.loads(capsys.readouterr().out)["decisions"][0]["words"] == ["health"]
