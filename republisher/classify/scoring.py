"""Scoring: how much the words of an article say for each topic, and when that is enough.

A term counts by its strength and by its place; repeats count less and less, and a long text must say more than a
short one. 1.0 is the threshold; a topic must also reach half of the best one. Words of subjects that are nobody's topic
(`OTHER`: sport, films, crime) are weighed like a topic that is never given; it silences what only stray words say.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from republisher.classify.matching import UNSPACED, whole_words
from republisher.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from republisher.classify.matching import Hit

Place = Literal["title", "lead", "body"]
_TITLE: Final = 2.5
_LEAD: Final = 1.5
"""How often a term counts there, compared with further down."""
LEAD: Final = 300
"""Characters at the beginning of the text that count as its lead."""
REPEATS: Final = (1.0, 0.5, 0.25)
"""What the first, second and third time of a term count; more times count nothing."""
ENOUGH: Final = 2.4
"""What the terms of a short text must add up to."""
SHORT: Final = 400
"""Characters up to which a text is short; beyond, what is enough grows with the root of the length."""
LONG: Final = 300
"""Characters from which one term is not enough unless it stands in the title."""
DENSITY: Final = 2.5
"""How many letters of an alphabet a character says as much as in Chinese, Japanese and Korean."""
DENSE: Final = frozenset({"ja", "ko", "zh"})
SHARE: Final = 0.5
"""Of the best topic's score, that another must reach."""
OTHER: Final = "other"
"""The section of a lexicon for subjects that are none of the shipped topics, of which each must say more."""


class Reason(NamedTuple):
    """What one term adds for its topic; `Evidence` once somebody is to be told."""

    weight: float
    term: str
    place: Place
    start: int
    end: int


def weigh(title: str, text: str, language: str, hits: Sequence[Hit]) -> dict[str, list[Reason]]:
    """Return the reasons for each topic; `hits` are places in title, newline and text, in their order."""
    measure = 1 / (ENOUGH * _growth(len(text), language))
    lead = len(title) + 1
    body = lead + LEAD
    places: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        key = (hit.term.topic, hit.term.written)
        if key in places:
            places[key].append(hit)
        else:
            places[key] = [hit]
    reasons: dict[str, list[Reason]] = defaultdict(list)
    for (topic, written), found in places.items():
        first = found[0]
        counts = 0.0
        for hit, part in zip(found, REPEATS, strict=False):  # in their order, so those that count most come first
            counts += part * (_TITLE if hit.start < lead else _LEAD if hit.start < body else 1.0)
        place: Place = "title" if first.start < lead else "lead" if first.start < body else "body"
        weight = round(first.term.weight * counts * measure, 4)
        reasons[topic].append(Reason(weight, written, place, first.start, first.end))
    return reasons


def tell(reasons: Iterable[Reason], whole: str, language: str) -> tuple[Evidence, ...]:
    """Return the evidence in `whole`, heaviest first, as whole words where words are told apart."""
    ordered = sorted(reasons, key=lambda one: (-one.weight, one.term))
    spans = [
        (one.start, one.end) if language in UNSPACED else whole_words(whole, one.start, one.end) for one in ordered
    ]
    return tuple(
        Evidence(term=one.term, surface=whole[start:end], place=one.place, weight=one.weight)
        for one, (start, end) in zip(ordered, spans, strict=True)
    )


def choose(
    reasons: Mapping[str, Sequence[Reason]], length: int, thresholds: Mapping[str, float], own: Collection[str] = ()
) -> tuple[tuple[str, float], ...]:
    """Return the topics there is enough reason for in a text of `length` characters, with their scores, best first.

    `own` are the topics a user added: other subjects do not silence them, for one of those may be the user's topic.
    """
    scores = {
        topic: round(sum(one.weight for one in some) / thresholds.get(topic, 1.0), 3)
        for topic, some in reasons.items()
        if len(some) > 1 or length < LONG or any(one.place == "title" for one in some)
    }
    other = scores.pop(OTHER, 0.0)
    least = max(1.0, SHARE * max(scores.values(), default=0.0))
    return tuple(
        (topic, score)
        for topic, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if score >= least and (score > other or topic in own)
    )


def _growth(length: int, language: str) -> float:
    """Return by how much more a text of `length` characters must say than a short one."""
    letters = length * (DENSITY if language in DENSE else 1.0)
    return float(max(1.0, letters / SHORT) ** 0.5)
