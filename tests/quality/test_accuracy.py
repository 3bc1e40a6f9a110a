"""No language falls below its floor, and what docs/accuracy.md says is so."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from quality import accuracy
from republisher.classify.lexicon import languages

PROMISED = {
    *"en ko ja zh es fr pt de it nl sv da nb fi pl cs sk hu ro bg el ru uk sr hr tr az ar fa he ur hi bn pa mr".split(),
    *"gu ta te ml th vi id ms tl sw ha am km my".split(),
}


@lru_cache(maxsize=1)
def measured() -> tuple[accuracy.Row, ...]:
    """Measure once."""
    return accuracy.measure()


def test_there_are_texts_in_every_language() -> None:
    """Each lexicon is measured, and more languages than were promised."""
    assert set(accuracy.languages()) == set(languages())
    assert set(languages()) >= PROMISED


@pytest.mark.parametrize("language", accuracy.languages())
def test_the_texts_are_enough_and_fair(language: str) -> None:
    """At least forty texts, both halves alike, each topic, mixed ones, hard ones and ones about nothing of ours."""
    texts = accuracy.load(language)
    assert len(texts) >= 40
    assert len({one.id for one in texts}) == len({(one.title, one.text) for one in texts}) == len(texts)
    halves = {half: [one for one in texts if one.split == half] for half in ("tune", "test")}
    assert sum(map(len, halves.values())) == len(texts)
    for some in halves.values():
        assert len(some) >= 20
        counts = Counter(topic for one in some for topic in one.topics)
        assert set(counts) == set(accuracy.TOPICS)
        assert min(counts.values()) >= 3
        assert sum(not one.topics for one in some) >= 8
        assert sum(one.kind == "hard" for one in some) >= 6


@pytest.mark.parametrize("language", accuracy.languages())
def test_no_language_falls_below_its_floor(language: str) -> None:
    """Whatever is changed, none gets worse by more than a text or two."""
    (row,) = (row for row in measured() if row.language == language)
    floor = accuracy.floors()[language]
    assert row.test.macro >= floor["macro_f1"]
    assert accuracy.alarms(row) <= floor["false_alarms"]
    assert row.recognised >= floor["language"]


def test_the_means_are_what_we_promise() -> None:
    """Over all languages together."""
    assert accuracy.mean(row.test.macro for row in measured()) >= 0.85
    assert accuracy.mean(map(accuracy.alarms, measured())) <= 0.10
    assert accuracy.mean(row.recognised for row in measured()) >= 0.985


def test_the_page_says_what_was_measured() -> None:
    """Run `python tests/quality/accuracy.py --write` if it does not."""
    halves = {half: accuracy.measure_blind(half) for half in accuracy.HALVES}
    assert accuracy.PAGE.read_text(encoding="utf-8") == accuracy.page(measured(), halves)
