"""Learning from corrections: weights of words, for each language and topic, that are added to what the lexicon says.

A logistic regression on the words of the articles editors have decided about, with the lexicon's score as its offset:
what the lexicon already gets right teaches nothing. All of it can be read and adds up:

    score = 1 + trust · (lexicon's score − 1) + what each word weighs

`trust` shrinks as corrections become many, TRUST / (TRUST + corrections).
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Self

from republisher.classify.folding import fold
from republisher.classify.matching import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TRUST: Final = 50
"""Corrections in a language at which half as much is believed to the lexicon."""
LEAST: Final = 10
"""Corrections in a language before anything is learned from them."""
MOST: Final = 2.0
"""Score of the lexicon beyond which it cannot be surer."""
SHORT_OF: Final = 0.9
"""Score of the lexicon up to which it counts for a topic it does not give."""
_SHARPNESS: Final = 5.0
"""How much surer a point of score makes."""
_READ: Final = 4_000
"""Characters of a text that are learned from."""
_TITLE: Final = 2.0
"""How often a word of the title counts."""
_STEM: Final = 6
"""Letters of a word that count: crude, but the same in every alphabet."""
_SHORTEST: Final = 3
_ROUNDS: Final = 30
_RATE: Final = 2.0
_DECAY: Final = 0.02
"""By which weights shrink each round, lest one article decides alone."""
_KEPT: Final = 0.005
"""Weights below this are forgotten."""
_WORDS = re.compile(
    "[^\\W\\d_](?:[^\\W\\d_]|[\u0300-\u036f\u0590-\u05c7\u064b-\u0670\u0900-\u0963\u0970-\u0dff"
    "\u0e31-\u0e4e\u1000-\u103f\u1050-\u109f\u1780-\u17d3])*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article an editor has decided about."""

    language: str
    """Of the lexicon that reads it."""
    title: str
    text: str
    topics: frozenset[str]
    """All it has, once the editor's word counts."""
    scores: Mapping[str, float]
    """What the lexicon says of it, by topic, between 0 and `MOST`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What was learned about one topic in one language."""

    trust: float
    """How much of the lexicon's score counts."""
    words: Mapping[str, float]
    """Beginnings of words, or pairs of characters, and the score they add or take; by the first letters of the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned in all languages."""

    corrections: Mapping[str, int] = field(default_factory=dict)
    """How many there are in each language."""
    weights: Mapping[str, Mapping[str, Weights]] = field(default_factory=dict)
    """By language and topic; only where there are enough corrections."""

    def dump(self) -> str:
        """Return it as text, always the same for the same."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def load(cls, dumped: str) -> Self:
        """Return what was dumped."""
        raw = json.loads(dumped)
        weights = {
            language: {topic: Weights(**values) for topic, values in topics.items()}
            for language, topics in raw["weights"].items()
        }
        return cls(corrections=raw["corrections"], weights=weights)


def correct(
    weights: Weights, score: float, words: Mapping[str, tuple[str, float]]
) -> tuple[float, list[tuple[str, str, float]]]:
    """Return what the lexicon's `score` becomes, and what each known word adds: its key, its surface, the amount."""
    known = [
        (word, surface, weights.words[word] * value)
        for word, (surface, value) in words.items()
        if word in weights.words
    ]
    known.sort(key=lambda one: (-one[2], one[0]))
    return 1 + weights.trust * (score - 1) + sum(amount for _, _, amount in known), known


def words_of(language: str, title: str, text: str) -> dict[str, tuple[str, float]]:
    """Return each word that is learned from, how it first stands in the text, and what it counts; their length is 1."""
    counts: dict[str, float] = {}
    surfaces: dict[str, str] = {}
    for part, amount in ((title, _TITLE), (text[:_READ], 1.0)):
        folded = fold(part, language)
        for word, start, end in _spans(folded.text, language):
            if word not in counts:
                since, upto = folded.span(start, end)
                surfaces[word] = part[since:upto]
            counts[word] = max(counts.get(word, 0.0), amount)
    length = math.sqrt(sum(amount * amount for amount in counts.values())) or 1.0
    return {word: (surfaces[word], amount / length) for word, amount in counts.items()}


def _spans(text: str, language: str) -> Iterable[tuple[str, int, int]]:
    """Yield words, of unspaced scripts pairs of characters, with where they stand."""
    for found in _WORDS.finditer(text):
        start, end = found.span()
        if language in UNSPACED and not found[0].isascii():
            yield from ((text[at : at + 2], at, at + 2) for at in range(start, end - 1))
        elif end - start >= _SHORTEST:
            yield found[0][:_STEM], start, end


def learn(examples: Iterable[Example]) -> Learned:
    """Return what `examples` teach; the same examples in any order teach the same."""
    by_language: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda one: (one.language, one.title, one.text)):
        by_language[example.language].append(example)
    enough = {language: some for language, some in by_language.items() if len(some) >= LEAST}
    return Learned(
        corrections={language: len(some) for language, some in by_language.items()},
        weights={language: _weights(some) for language, some in enough.items()},
    )


def _weights(examples: Sequence[Example]) -> dict[str, Weights]:
    texts = [
        [(word, value) for word, (_, value) in words_of(one.language, one.title, one.text).items()] for one in examples
    ]
    topics = {topic for example in examples for topic in (*example.topics, *example.scores)}
    found = {topic: _topic(topic, examples, texts) for topic in sorted(topics)}
    return {topic: weights for topic, weights in found.items() if weights.words}


def _topic(topic: str, examples: Sequence[Example], texts: Sequence[Sequence[tuple[str, float]]]) -> Weights:
    """Return what is learned about one topic; where the lexicon has no words for it, its silence says little."""
    spoken = any(example.scores.get(topic) for example in examples)
    trust = TRUST / (TRUST + len(examples)) if spoken else 1 / _SHARPNESS
    offsets = [_SHARPNESS * trust * (example.scores.get(topic, 0.0) - 1) for example in examples]
    marks = [topic in example.topics for example in examples]
    words = _fit(texts, marks, offsets)
    return Weights(trust=round(trust, 3), words={word: round(weight / _SHARPNESS, 3) for word, weight in words.items()})


def _fit(
    texts: Sequence[Sequence[tuple[str, float]]], marks: Sequence[bool], offsets: Sequence[float]
) -> dict[str, float]:
    """Return weights that tell the texts with a mark from those without, beginning at `offsets` (gradient descent)."""
    weights: dict[str, float] = defaultdict(float)
    for _ in range(_ROUNDS):
        for words, mark, offset in zip(texts, marks, offsets, strict=True):
            guess = _logistic(offset + sum(weights[word] * value for word, value in words))
            step = _RATE * (mark - guess)
            for word, value in words:
                weights[word] += step * value
        for word in weights:
            weights[word] *= 1 - _DECAY
    return {word: weight for word, weight in sorted(weights.items()) if abs(weight) >= _KEPT * _SHARPNESS}


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
