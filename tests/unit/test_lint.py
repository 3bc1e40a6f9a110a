"""The linter of lexicons and keywords."""

from __future__ import annotations

import pytest

from republisher.classify.lexicon import languages, parse, shipped
from republisher.classify.lint import lint


def remarks(lines: str, language: str = "en") -> list[tuple[str, str]]:
    """Return term and first words of each remark."""
    return [(one.term, " ".join(one.message.split()[:3])) for one in lint(parse(lines, language), language)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("strong: wa, truce", [("wa", "is the beginning")]),
        ("strong: truce, truce", [("truce", "stands twice —")]),
        ("strong: truce\nnormal: truces, armistice", []),
        ("strong: truce, truces", [("truces", "is found by")]),
        ("strong: war$, warfare", []),
        ("strong: war$\nmask: price war, price peak", [("price peak", "masks nothing: no")]),
        ("strong: UN, unarmed", []),
        ("strong: (war)", []),
        ("strong: war of words", []),
    ],
)
def test_what_the_eye_slides_over(lines: str, expected: list[tuple[str, str]]) -> None:
    """Each remark names the term and says what is wrong with it."""
    assert remarks(f"[peace]\n{lines}") == expected


def test_a_word_of_two_topics_is_told_twice() -> None:
    """Once for each of the topics it is listed in."""
    found = remarks("[peace]\nstrong: mine\n[economy]\nnormal: mine")
    assert found == [("mine", "also speaks for"), ("mine", "also speaks for")]


@pytest.mark.parametrize("language", languages())
def test_the_shipped_lexicons_are_clean(language: str) -> None:
    """What the linter would tell a user about theirs, it must not have to tell about ours."""
    assert [f"{one.topic}: {one.term} {one.message}" for one in lint(shipped(language), language)] == []
