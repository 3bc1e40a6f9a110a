"""The seed articles get the topics a press officer would give them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from republisher.classify import TopicClassifier
from republisher.language import decide
from republisher.model import LanguageTag

SEED = Path(__file__).parents[2] / "seeds" / "gyeonggi-global-news.txt"
ENTRY = re.compile(r"<!\[CDATA\[(?P<title>.*?)\]\]> \S+ \S+ (?P<text>.*?)(?=gg_mgr <!\[CDATA|\Z)", re.DOTALL)
EXPECTED = [
    ("slender catfish", {"environment"}),
    ("population policy forum", {"economy"}),
    ("Pfizer", {"health"}),
    ("Ocean Travel Week", {"economy", None}),
    ("private loan ads", {"economy"}),
    ("Delivery Express", {"economy"}),
    ("Linde", {"economy"}),
    ("Landmine-free", {"peace"}),
    ("fire-monitoring", {"economy", None}),
    ("Russian Innovation", {"economy"}),
]
SECOND = {"Linde": {"environment"}}
CLASSIFIER = TopicClassifier()


@pytest.mark.parametrize(("name", "expected"), EXPECTED)
@pytest.mark.parametrize("given", ["en", None])
def test_a_seed_gets_its_topic(name: str, expected: set[str | None], given: str | None) -> None:
    """The main topic is right and no other is forced on it, with the language given and detected."""
    (entry,) = [match for match in ENTRY.finditer(SEED.read_text(encoding="utf-8")) if name in match["title"]]
    language = LanguageTag(given) if given else decide((), entry["title"], entry["text"])[0]
    topics = [one.topic for one in CLASSIFIER.classify_text(language, entry["title"], entry["text"])]
    assert (topics[0] if topics else None) in expected
    assert set(topics[1:]) <= SECOND.get(name, set())
