"""Editors' decisions: read, written, applied, compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import article
from republisher.errors import ConfigError
from republisher.model import Assignment
from republisher.overrides import HEAD, Overrides, Ruling, apply, line, parse

TOPICS = {"health", "economy", "peace"}
FOUND = (
    Assignment(topic="economy", score=2.0, signal="lexicon"),
    Assignment(topic="peace", score=1.2, signal="category"),
)


def decided(lines: str) -> list[str]:
    """Return the topics of the article `one` after what `lines` say."""
    one = article(id="one")
    return [found.topic for found in apply(parse(lines, "file", TOPICS).of(one), FOUND)]


@pytest.mark.parametrize(
    ("lines", "topics"),
    [
        ("", ["economy", "peace"]),
        ("assign health one", ["health", "economy", "peace"]),
        ("assign health,peace one  # a reason", ["health", "peace", "economy"]),
        ("exclude economy one", ["peace"]),
        ("exclude economy,peace one", []),
        ("exclude health one", ["economy", "peace"]),
        ("pin health one", ["health"]),
        ("pin none one", []),
        ("pin none one\nassign peace one", ["peace"]),
        ("pin health one\nexclude health one", []),
        ("assign health one\nexclude health one", ["economy", "peace"]),
        ("exclude peace one\nassign peace one", ["peace", "economy"]),
        ("assign health one\nrelease all one", ["economy", "peace"]),
        ("assign health another", ["economy", "peace"]),
        ("language ko one", ["economy", "peace"]),
    ],
)
def test_a_later_line_wins(lines: str, topics: list[str]) -> None:
    """Decisions are followed in their order, before everything the classifier found."""
    assert decided(lines) == topics


def test_an_article_is_named_by_id_address_or_page() -> None:
    """Whichever an editor copied, the decision holds, and lines count in their order whatever they use."""
    one = article(id="one", slug="a-page", link="https://source.example/1")
    for name in ("one", "a-page", "https://source.example/1", "http://SOURCE.example/1"):
        decision = parse(f"assign health {name}", "file", TOPICS).of(one)
        assert decision is not None
        assert decision.assigned == ("health",)
    mixed = parse("assign health one\nexclude health https://source.example/1\nassign peace a-page", "file", TOPICS)
    decision = mixed.of(one)
    assert decision is not None
    assert (decision.assigned, decision.excluded) == (("peace",), ("health",))


def test_a_given_topic_says_who_gave_it() -> None:
    """The editor is the signal; what the words said stays as evidence."""
    decision = parse("assign economy one", "file", TOPICS).of(article(id="one"))
    given = apply(decision, FOUND)[0]
    assert given.signal == "editor"
    assert [(evidence.term, evidence.place) for evidence in given.evidence] == [("assign", "rule")]


def test_every_line_that_cannot_be_followed_is_told() -> None:
    """All at once, each with its number."""
    lines = "# fine\n\nassign helth one\nput health one\nassign health\nlanguage 12 one\npin none one\n"
    with pytest.raises(ConfigError) as raised:
        parse(lines, "press.overrides.txt", TOPICS)
    assert [problem.split(" names ")[0].split(" should ")[0] for problem in raised.value.problems] == [
        "press.overrides.txt: line 3",
        "press.overrides.txt: line 4",
        "press.overrides.txt: line 5",
        "press.overrides.txt: line 6",
    ]


@pytest.mark.parametrize(
    "line",
    ["release one # not ours", "release health one", "same one # later", "assign health # hallo", "pin none one two"],
)
def test_a_slip_of_the_hand_is_no_decision(line: str) -> None:
    """A forgotten word must not release everything, or name an article `#`."""
    with pytest.raises(ConfigError, match="line 1"):
        parse(line, "file", TOPICS)


def test_what_is_written_is_read_again() -> None:
    """A line we write is a line we read, with its comment; the head is all comment."""
    rulings = (
        Ruling(verb="assign", words=("health", "peace"), article="https://source.example/#1", comment="A\ntitle # 1"),
        Ruling(verb="pin", words=(), article="tag:example.org,2026:1"),
        Ruling(verb="release", words=(), article="one"),
        Ruling(verb="language", words=("zh-Hant",), article="one"),
    )
    read = parse(HEAD + "".join(map(line, rulings)), "file", TOPICS).rulings
    assert [(one.verb, one.words, one.article) for one in read] == [
        (one.verb, one.words, one.article) for one in rulings
    ]
    assert read[0].comment == "A title # 1"


def test_what_changed_is_told_by_article() -> None:
    """A new, another or a missing decision changes its article, and so does another order; comments do not."""
    before = parse("assign health one\nexclude peace two\nassign peace three", "file", TOPICS)
    after = parse("exclude peace two # why\n\nassign health one\nassign health four\n", "file", TOPICS)
    assert set(after.changed(before)) >= {"four", "three"}
    commented = parse("assign health one # why\n\nexclude peace two\nassign peace three", "file", TOPICS)
    assert commented.changed(before) == ()
    inserted = parse("assign health one\nassign peace new\nexclude peace two\nassign peace three", "file", TOPICS)
    assert inserted.changed(before) == ("new",)
    assert Overrides.load(before.dump()).changed(before) == ()
    assert after.changed(Overrides.load(None)) == ("four", "one", "two")
    swapped = parse("exclude peace https://a.example/1\nassign peace one", "file", TOPICS)
    assert swapped.changed(parse("assign peace one\nexclude peace https://a.example/1", "file", TOPICS))


@given(st.text())
def test_any_file_is_read_or_refused(lines: str) -> None:
    """No text of whatever kind ends in anything but overrides or a list of what is wrong."""
    try:
        parse(lines, "file", TOPICS)
    except ConfigError:
        return


def test_two_articles_are_said_to_be_one_story_or_not() -> None:
    """Such a line is about neither's topics, and is followed in its order."""
    lines = "same https://a.example/ko one\ndifferent two one\n"
    read = parse(lines, "file", TOPICS)
    assert read.pairs() == (("same", "https://a.example/ko", "one"), ("different", "two", "one"))
    assert read.of(article(id="one")) is None
    assert decided(lines) == ["economy", "peace"]
    assert parse(f"{lines}release all two\n", "file", TOPICS).pairs() == (("same", "https://a.example/ko", "one"),)
