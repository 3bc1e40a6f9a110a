"""Small words, letters and endings that tell written languages apart where a sentence is all there is.

The data is ours, in `data/languages.toml`, for a native speaker to read and correct.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BETWEEN = re.compile(
    r"[\s\d!-@\[-`{-¿×÷\u2000-\u206f\u2e00-\u2e7f\u0964\u0965\u060c\u061b\u061f\u1361-\u1368\u3000-\u303f]+"
)
"""What stands between words; Python's `\\w` would cut them at the vowel signs of India."""
_WORD, _TELLING, _LETTER, _ENDING = 1.0, 2.0, 1.0, 0.5
_MOST_LETTERS = 3
"""Different letters that count; the next ones say nothing new."""
_STEM = 3
"""Letters that must stand before an ending."""


@dataclass(frozen=True, slots=True)
class _Table:
    words: Mapping[str, Mapping[str, float]]
    """For each word, what it says for each language."""
    letters: Mapping[str, frozenset[str]]
    endings: Mapping[str, frozenset[str]]


def evidence(sample: str) -> dict[str, float]:
    """Return how much the words of `sample` speak for each language they speak for; about one point a word."""
    table = _table()
    found: dict[str, float] = {}
    used = tokens(sample)
    for token in used:
        for language, weight in table.words.get(token, _NOTHING).items():
            found[language] = found.get(language, 0.0) + weight
        for length in (2, 3, 4, 5):
            if len(token) >= length + _STEM:
                for language in table.endings.get(token[-length:], ()):
                    found[language] = found.get(language, 0.0) + _ENDING
    for language, number in _lettered(used, table):
        found[language] = found.get(language, 0.0) + _LETTER * min(number, _MOST_LETTERS)
    return found


def tokens(sample: str) -> set[str]:
    """Return the different words of `sample` in small letters."""
    return set(_BETWEEN.split(sample.lower())) - {""}


_NOTHING: Mapping[str, float] = {}


@lru_cache(maxsize=1)
def spellings() -> dict[LanguageTag, frozenset[str]]:
    """Return the words that only one standard of a language spells so, by standard."""
    return {LanguageTag(tag): frozenset(facts["words"].split()) for tag, facts in _data()["variants"].items()}


@lru_cache(maxsize=1)
def shipped() -> frozenset[str]:
    """Return the languages there is a lexicon of topics for."""
    return frozenset(_data()["common"]["languages"].split())


def _lettered(used: set[str], table: _Table) -> Iterator[tuple[str, int]]:
    """Yield the languages written with the unusual letters of the words `used`, and how many of them each knows."""
    counts: dict[str, int] = {}
    for letter in set().union(*used):
        for language in table.letters.get(letter, ()):
            counts[language] = counts.get(language, 0) + 1
    yield from counts.items()


@lru_cache(maxsize=1)
def _table() -> _Table:
    words: dict[str, dict[str, float]] = {}
    letters: dict[str, set[str]] = {}
    endings: dict[str, set[str]] = {}
    for language, facts in _data().items():
        if language in {"common", "variants"}:
            continue
        for key, weight in (("words", _WORD), ("telling", _TELLING)):
            for word in facts.get(key, "").split():
                words.setdefault(word, {})[language] = weight
        for letter in facts.get("letters", ""):
            letters.setdefault(letter, set()).add(language)
        for ending in facts.get("endings", "").split():
            endings.setdefault(ending, set()).add(language)
    return _Table(
        words=words,
        letters={letter: frozenset(known) for letter, known in letters.items()},
        endings={ending: frozenset(known) for ending, known in endings.items()},
    )


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, Any]]:
    import tomllib  # noqa: PLC0415 - a run that detects nothing need not load them
    from importlib import resources  # noqa: PLC0415 - likewise

    return tomllib.loads(resources.files("republisher").joinpath("data", "languages.toml").read_text(encoding="utf-8"))
