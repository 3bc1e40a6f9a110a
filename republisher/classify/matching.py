"""Matching: where the terms of one language stand in a text, by the rules of its script.

In alphabets a term matches from the beginning of a word. Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese and
Tibetan have no such beginnings to go by, so terms match anywhere; Latin abbreviations in them match as whole words.
In Amharic, Arabic and Hebrew, conjunctions and prepositions are written as one with the word and may stand before it.
One Aho–Corasick automaton finds all candidates in one pass; the rules and the longest match then choose among them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick

from republisher.classify.folding import Folded, fold
from republisher.classify.stemming import stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from republisher.classify.lexicon import Term

UNSPACED = frozenset({"bo", "ja", "km", "ko", "lo", "my", "th", "yue", "zh"})
_CLITICS = {
    "am": re.compile("(?:የ|በ|ለ|ከ|እንደ|ስለ|ወደ|ያለ|በየ|ለየ)?"),
    "ar": re.compile("[وف]?(?:[بكل]|س)?(?:ال)?|[وف]?لل"),
    "he": re.compile("ו?(?:כש|לכש|מש|שב|של|שמ)?[שהבכלמ]{0,2}"),
}
_LONGEST_CLITIC = 5
_LONGEST_WORD = 40
_WORD_PART = re.compile(
    "[^\\W_]|[\u0300-\u036f\u0590-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3]"
)
"""Letters, digits and the marks that Python's `\\w` leaves out although they are written inside words."""


class Hit(NamedTuple):
    """A term that stands in a text."""

    term: Term
    start: int
    end: int
    """Where it stands in the original text, the rest of its last word included."""


class Matcher:
    """Finds the terms of one language; made once, used for every text in it."""

    def __init__(self, terms: Iterable[Term], language: str, alone: Collection[str] = ()) -> None:
        """Make it of `terms`; of topics that stand `alone`, no other topic's term takes the place."""
        by_pattern: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            if term.folded:
                by_pattern[term.folded].append(term)
        self._language = language
        self._alone = alone
        self._unspaced = language in UNSPACED
        self._clitics = _CLITICS.get(language)
        self._terms = tuple(map(tuple, by_pattern.values()))
        self._automaton = AhoCorasick(tuple(by_pattern)) if by_pattern else None

    def find(self, text: str) -> Sequence[Hit]:
        """Return the terms that count in `text` in their order, masked and overlapped ones left out."""
        if self._automaton is None or not text:
            return ()
        folded = fold(text, self._language)
        found = [
            (start, end, term)
            for pattern, start, end in self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
            for term in self._terms[pattern]
            if self._fits(folded, start, end, term)
        ]
        counting: dict[str, list[tuple[int, int, Term]]] = defaultdict(list)
        for one in _unmasked(found):
            counting[one[2].topic if one[2].topic in self._alone else ""].append(one)
        chosen = [self._hit(folded, *one) for group in counting.values() for one in _longest(group)]
        return sorted(chosen, key=lambda hit: (hit.start, hit.end)) if len(counting) > 1 else chosen

    def _fits(self, folded: Folded, start: int, end: int, term: Term) -> bool:
        """Say whether `term` may match at this place of the text."""
        text = folded.text
        if self._unspaced:
            if text[start].isascii() and text[start].isalnum():
                return not (_is_latin(text, start - 1) or _is_latin(text, end)) and _in_case(folded, start, end, term)
            return not (term.whole and _in_word(text, end))
        if term.whole and _in_word(text, end):
            return False
        if not term.inside and _in_word(text, start - 1) and not self._after_clitic(text, start):
            return False
        if term.stem and stem(text[start : _whole_words(text, start, end)[1]], self._language) != term.stem:
            return False
        return _in_case(folded, start, end, term)

    def _after_clitic(self, text: str, start: int) -> bool:
        """Say whether only clitics stand between the beginning of the word and `start`."""
        if self._clitics is None:
            return False
        begin = start
        while begin > 0 and start - begin <= _LONGEST_CLITIC and _in_word(text, begin - 1):
            begin -= 1
        return self._clitics.fullmatch(text, begin, start) is not None

    def _hit(self, folded: Folded, start: int, end: int, term: Term) -> Hit:
        """Return the match as a whole word where words are told apart."""
        if not self._unspaced:
            start, end = _whole_words(folded.text, start, end)
        return Hit(term, *folded.span(start, end))


def _unmasked(found: list[tuple[int, int, Term]]) -> list[tuple[int, int, Term]]:
    """Return the matches without the masks and without what stands under a mask of its own topic."""
    masked: dict[str, set[int]] = defaultdict(set)
    for start, end, term in found:
        if not term.weight:
            masked[term.topic].update(range(start, end))
    return [
        (start, end, term)
        for start, end, term in found
        if term.weight and (term.topic not in masked or masked[term.topic].isdisjoint(range(start, end)))
    ]


def _longest(found: list[tuple[int, int, Term]]) -> list[tuple[int, int, Term]]:
    """Return the matches that no earlier or longer one overlaps; two topics may share the same words."""
    chosen: list[tuple[int, int, Term]] = []
    taken = (-1, -1)
    for start, end, term in sorted(found, key=lambda one: (one[0], -one[1], one[2].topic, -one[2].weight)):
        if start >= taken[1] or ((start, end) == taken and chosen[-1][2].topic != term.topic):
            chosen.append((start, end, term))
            taken = (start, end)
    return chosen


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place `start` to `end` widened to where its words begin and end, within reason."""
    first, last = start - _LONGEST_WORD, end + _LONGEST_WORD
    while end < last and _in_word(text, end):
        end += 1
    while start > first and _in_word(text, start - 1):
        start -= 1
    return start, end


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or _WORD_PART.match(text, at) is not None)


def _is_latin(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def _in_case(folded: Folded, start: int, end: int, term: Term) -> bool:
    if not term.capitals:
        return True
    since, upto = folded.span(start, end)
    return folded.original[since:upto].isupper()
