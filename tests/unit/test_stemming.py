"""Users' keywords: the word as typed, its beginnings, and other forms of it."""

from __future__ import annotations

import pytest

from republisher.classify import TopicClassifier
from republisher.model import LanguageTag, TopicSpec


def found(keyword: str, text: str, language: str = "en") -> list[str]:
    """Return the words of `text` that `keyword` finds."""
    classifier = TopicClassifier([TopicSpec(slug="own", keywords={language: (keyword,)})])
    words = text.replace(",", "").split()
    return sorted(word for word in words if "own" in classifier.weigh_text(LanguageTag(language), word, ""))


@pytest.mark.parametrize(
    ("keyword", "text", "words", "language"),
    [
        ("policies", "A policy, policies, police, polite", ["policies", "policy"], "en"),
        ("policy", "A policy, policies, police", ["policies", "policy"], "en"),
        ("vaccines", "vaccine vaccination vacuum", ["vaccination", "vaccine"], "en"),
        ("peace", "peaceful peace peacock", ["peace", "peaceful"], "en"),
        ("Impfungen", "Impfung Impfungen Impressum", ["Impfung", "Impfungen"], "de"),
        ("вакцины", "вакцина вакцин вакуум", ["вакцин", "вакцина"], "ru"),
        ("aguas", "agua aguas aguja", ["agua", "aguas"], "es"),
        ("water$", "water waters", ["water"], "en"),
        ("WHO", "WHO who", ["WHO"], "en"),
        ("물", "물 부족", ["물"], "ko"),
    ],
)
def test_other_forms_of_a_keyword_are_found(keyword: str, text: str, words: list[str], language: str) -> None:
    """The word's beginning finds what begins so, its stem finds its other forms, and look-alikes stay out."""
    assert found(keyword, text, language) == words
