"""Matching: where the terms of one language stand in a text, by the rules of its script.

In alphabets a term matches from the beginning of a word. Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese and
Tibetan have no such beginnings to go by, so terms match anywhere; Latin abbreviations in them match as whole words.
In Amharic, Arabic and Hebrew, conjunctions and prepositions are written as one with the word and may stand before it.
One Aho–Corasick automaton finds all candidates in one pass; the rules and the longest match then choose among them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain
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
_MARKED = (
    (0x300, 0x36F), (0x590, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x900, 0x963), (0x966, 0xDFF),
    (0xE31, 0xE4E), (0xEB1, 0xECE), (0x1000, 0x1049), (0x1050, 0x109F), (0x1780, 0x17D3),
)  # fmt: skip
_MARKS = frozenset(chr(code) for first, last in _MARKED for code in range(first, last + 1))
"""What is no letter to Python although it is written inside words."""


class Hit(NamedTuple):
    """A term that stands in a text."""

    term: Term
    start: int
    end: int
    """Where it stands in the original text."""


Match = tuple[int, int, "Term"]
"""A term and where it stands in the folded text."""


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
        self._terms = tuple([(term, self._is_particular(term)) for term in some] for some in by_pattern.values())
        self._automaton = AhoCorasick(tuple(by_pattern)) if by_pattern else None

    def find(self, text: str) -> Sequence[Hit]:
        """Return the terms that count in `text` in their order, masked and overlapped ones left out."""
        if self._automaton is None or not text:
            return ()
        folded = fold(text, self._language)
        found = self._fitting(folded)
        if self._alone and any(term.topic in self._alone for _, _, term in found):
            groups: dict[str, list[Match]] = defaultdict(list)
            for one in found:
                groups[one[2].topic if one[2].topic in self._alone else ""].append(one)
            chosen = sorted(chain.from_iterable(map(_longest, groups.values())), key=lambda one: one[:2])
        else:
            chosen = _longest(found)
        if folded.offsets is None:
            return [Hit(term, start, end) for start, end, term in chosen]
        return [Hit(term, *folded.span(start, end)) for start, end, term in chosen]

    def _fitting(self, folded: Folded) -> list[Match]:
        """Return what may match, masked matches left out. Every candidate passes here, so nothing is called in vain."""
        text = folded.text
        found: list[Match] = []
        masks: list[Match] = []
        assert self._automaton is not None  # noqa: S101  # for the type checker
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            begins = self._unspaced or not start or not ((before := text[start - 1]).isalnum() or before in _MARKS)
            begins = begins or (self._clitics is not None and self._after_clitic(text, start))
            for term, particular in self._terms[pattern]:
                if begins or term.inside:
                    last = self._end(folded, start, end, term) if particular else end
                    if last:
                        (found if term.weight else masks).append((start, last, term))
        return _unmasked(found, masks) if masks else found

    def _is_particular(self, term: Term) -> bool:
        """Say whether more is asked of a match of `term` than that a word begins where it does."""
        latin = self._unspaced and term.folded[0].isascii() and term.folded[0].isalnum()
        return bool(latin or term.whole or term.stem or term.capitals or term.rest)

    def _end(self, folded: Folded, start: int, end: int, term: Term) -> int:
        """Return where `term`, of which more is asked, ends at this place of the text; 0 if it does not match."""
        text = folded.text
        for part in term.rest:
            end = whole_words(text, end, end)[1] + 1
            if not text.startswith(part, end) or not text[end - 1].isspace():
                return 0
            end += len(part)
        latin = self._unspaced and text[start].isascii() and text[start].isalnum()
        if latin and (_is_latin(text, start - 1) or _is_latin(text, end)):
            return 0
        if not latin and term.whole and in_word(text, end):
            return 0
        if term.stem and stem(text[start : whole_words(text, start, end)[1]], self._language) != term.stem:
            return 0
        return end if _in_case(folded, start, end, term) else 0

    def _after_clitic(self, text: str, start: int) -> bool:
        """Say whether only clitics stand between the beginning of the word and `start`."""
        if self._clitics is None:
            return False
        begin = start
        while begin > 0 and start - begin <= _LONGEST_CLITIC and in_word(text, begin - 1):
            begin -= 1
        return self._clitics.fullmatch(text, begin, start) is not None


def _unmasked(found: list[Match], masks: list[Match]) -> list[Match]:
    """Return the matches without those that stand under a mask of their own topic."""
    masked: dict[str, set[int]] = defaultdict(set)
    for start, end, term in masks:
        masked[term.topic].update(range(start, end))
    return [
        (start, end, term)
        for start, end, term in found
        if term.topic not in masked or masked[term.topic].isdisjoint(range(start, end))
    ]


def _longest(found: list[Match]) -> list[Match]:
    """Return the matches that no earlier or longer one overlaps; two topics may share the same words."""
    chosen: list[Match] = []
    taken = (-1, -1)
    for start, end, term in sorted(found, key=lambda one: (one[0], -one[1], one[2].topic, -one[2].weight)):
        if start >= taken[1] or ((start, end) == taken and chosen[-1][2].topic != term.topic):
            chosen.append((start, end, term))
            taken = (start, end)
    return chosen


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place `start` to `end` widened to where its words begin and end, within reason."""
    first, last = start - _LONGEST_WORD, end + _LONGEST_WORD
    while end < last and in_word(text, end):
        end += 1
    while start > first and in_word(text, start - 1):
        start -= 1
    return start, end


def in_word(text: str, at: int) -> bool:
    """Say whether there is a character at this place of the text that is written inside words."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] in _MARKS)


def _is_latin(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()


def _in_case(folded: Folded, start: int, end: int, term: Term) -> bool:
    if not term.capitals:
        return True
    since, upto = folded.span(start, end)
    return folded.original[since:upto].isupper()
