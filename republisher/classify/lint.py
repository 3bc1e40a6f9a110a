"""What the eye slides over in a lexicon or in keywords: words too short, twice, in two topics, of no effect."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from republisher.classify.matching import UNSPACED, Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from republisher.classify.lexicon import Term

_SHORT: Final = 3
"""Letters from which the beginning of a word tells something, where a letter is not a syllable."""
_SYLLABIC: Final = UNSPACED | {"am"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something odd about one term."""

    language: str
    topic: str
    term: str
    message: str


def lint(terms: Sequence[Term], language: str) -> tuple[Remark, ...]:
    """Return what is odd about the terms of one language."""
    checks = (_short, _twice, _in_two_topics, _dead, _covered, _idle_masks)
    return tuple(
        Remark(language=language, topic=term.topic, term=term.written, message=message)
        for check in checks
        for term, message in check(terms, language)
    )


def _short(terms: Iterable[Term], language: str) -> Iterator[tuple[Term, str]]:
    for term in terms:
        if language not in _SYLLABIC and len(term.folded) < _SHORT and not (term.whole or term.capitals):
            yield term, "is the beginning of very many words — close it with $, or write more of it"


def _twice(terms: Iterable[Term], _language: str) -> Iterator[tuple[Term, str]]:
    seen = set()
    for term in terms:
        key = (term.topic, term.folded, term.rest, term.whole, term.inside, term.capitals)
        if key in seen:
            yield term, "stands twice — leave one of them"
        seen.add(key)


def _in_two_topics(terms: Iterable[Term], _language: str) -> Iterator[tuple[Term, str]]:
    topics: dict[tuple[str, tuple[str, ...], bool, bool], set[str]] = defaultdict(set)
    counting = [term for term in terms if term.weight]
    for term in counting:
        topics[term.folded, term.rest, term.whole, term.capitals].add(term.topic)
    for term in counting:
        others = topics[term.folded, term.rest, term.whole, term.capitals] - {term.topic}
        if others:
            yield term, f"also speaks for {', '.join(sorted(others))} — what speaks for two topics tells neither"


def _dead(terms: Iterable[Term], language: str) -> Iterator[tuple[Term, str]]:
    for term in terms:
        if not Matcher([_counting(term)], language).find(term.sample):
            yield term, "is never found, not even in itself — write it as it stands in articles"


def _covered(terms: Iterable[Term], language: str) -> Iterator[tuple[Term, str]]:
    """Yield what a shorter term of the same topic and strength finds anyway."""
    stems: dict[tuple[str, float], set[str]] = defaultdict(set)
    open_terms = [term for term in terms if term.weight and not (term.whole or term.capitals or term.rest)]
    for term in open_terms:
        stems[term.topic, term.weight].add(term.folded)
    for term in terms:
        if not term.weight or term.capitals or " " in term.sample or language in UNSPACED:
            continue
        known = stems[term.topic, term.weight]
        shorter = next((term.folded[:end] for end in range(1, len(term.folded)) if term.folded[:end] in known), "")
        if shorter:
            yield term, f"is found by “{shorter}” anyway — leave it out"


def _idle_masks(terms: Sequence[Term], language: str) -> Iterator[tuple[Term, str]]:
    """Yield masks in which no word of their topic stands."""
    topics = {term.topic for term in terms if term.weight}
    matchers = {
        topic: Matcher([one for one in terms if one.weight and one.topic == topic], language) for topic in topics
    }
    for term in terms:
        if not term.weight and term.topic in matchers and not matchers[term.topic].find(term.sample):
            yield term, f"masks nothing: no word of {term.topic} stands in it — leave it out, or write the whole phrase"


def _counting(term: Term) -> Term:
    return term if term.weight else replace(term, weight=1.0)
