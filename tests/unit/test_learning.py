"""Learning from corrections: nothing from few, the lexicon's part shrinks, and everything adds up."""

from __future__ import annotations

import math

import pytest

from republisher.classify import Example, Learned, TopicClassifier, learn
from republisher.classify.learning import LEAST, TRUST, Weights, correct, words_of
from republisher.model import LanguageTag, TopicSpec

ENGLISH = LanguageTag("en")
HARBOUR = [
    f"The harbour office {verb} the pilot boat at pier {pier}."
    for verb in ("moves", "repairs", "sells")
    for pier in "abcdef"
]
GARDEN = [
    f"The garden club {verb} roses and tulips in bed {bed}."
    for verb in ("plants", "prunes", "shows")
    for bed in "abcdef"
]


def example(text: str, *topics: str, language: str = "en", score: float = 0.0) -> Example:
    """Return an article an editor decided about."""
    return Example(
        language=language, title="", text=text, topics=frozenset(topics), scores={"port": score} if score else {}
    )


EXAMPLES = [*(example(text, "port") for text in HARBOUR), *(example(text) for text in GARDEN)]


def test_nothing_is_learned_from_few() -> None:
    """Below ten corrections in a language the lexicon speaks alone."""
    assert learn(EXAMPLES[: LEAST - 1]).weights == {}
    assert learn([*EXAMPLES[: LEAST - 1], example("한국어", "port", language="ko")]).weights == {}
    assert learn(EXAMPLES).corrections == {"en": len(EXAMPLES)}


def test_what_is_learned_can_be_read() -> None:
    """Words of the articles that have the topic weigh for it, those of the others against it."""
    weights = learn(EXAMPLES).weights["en"]["port"]
    assert weights.words["harbou"] > 0.2
    assert weights.words["garden"] < -0.2
    assert abs(weights.words.get("the", 0)) < weights.words["harbou"] / 3


def test_the_order_of_corrections_does_not_matter() -> None:
    """The same decisions teach the same, to the last digit."""
    shuffled = [*EXAMPLES[7:], *reversed(EXAMPLES[:7])]
    assert learn(shuffled) == learn(EXAMPLES)
    assert Learned.load(learn(EXAMPLES).dump()) == learn(EXAMPLES)


def test_the_parts_add_up_to_the_score() -> None:
    """The score is what of the lexicon's counts and what each word adds."""
    weights = Weights(trust=0.5, words={"harbou": 0.4, "garden": -0.3})
    words = words_of("en", "", "A harbour, a garden, a pier")
    score, parts = correct(weights, 1.6, words)
    assert [(key, surface) for key, surface, _ in parts] == [("harbou", "harbour"), ("garden", "garden")]
    assert score == pytest.approx(1 + 0.5 * 0.6 + sum(amount for _, _, amount in parts))
    assert parts[0][2] == pytest.approx(0.4 / math.sqrt(3))


def test_many_corrections_outweigh_the_lexicon() -> None:
    """The part of the lexicon is 50 / (50 + corrections)."""
    some = [*EXAMPLES, *(example(f"{text} again", "port", score=0.4) for text in HARBOUR)]
    weights = learn(some).weights["en"]["port"]
    assert weights.trust == pytest.approx(TRUST / (TRUST + len(some)), abs=0.001)


@pytest.mark.parametrize(
    ("language", "text", "expected"), [("ja", "港湾の船", "港湾"), ("th", "ท่าเรือ", "ท่"), ("ko", "항구의 배", "항구")]
)
def test_words_in_every_script(language: str, text: str, expected: str) -> None:
    """Where words are not divided, pairs of characters are learned; surfaces stand in the text."""
    words = words_of(language, "", text)
    assert expected in words
    assert all(surface in text for surface, _ in words.values())
    assert sum(value * value for _, value in words.values()) == pytest.approx(1)


def test_a_classifier_follows_what_was_learned() -> None:
    """A topic without a single keyword is given by what editors taught, with evidence, and its version tells."""
    port = TopicSpec(slug="port", names={"en": "Port"})
    plain, taught = TopicClassifier([port]), TopicClassifier([port], learned=learn(EXAMPLES))
    assert plain.version != taught.version
    new = "Tomorrow the harbour office shows the repaired pilot boat."
    assert plain.classify_text(ENGLISH, "", new) == ()
    (found,) = taught.classify_text(ENGLISH, "", new)
    assert (found.topic, found.signal) == ("port", "learned")
    assert {evidence.surface for evidence in found.evidence} >= {"harbour", "pilot"}
    assert {evidence.place for evidence in found.evidence} == {"learned"}
    assert taught.classify_text(ENGLISH, "", "The garden club shows roses.") == ()
    assert taught.classify_text(LanguageTag("fr"), "", "Le port accueille un pilote.") == ()
