"""Scoring: how much the words of an article say for each topic, and when that is enough.

A term counts by its strength and by its place; repeats count less and less, and a long text must say more than a
short one. 1.0 is the threshold; a topic must also reach half of the best one. Words of subjects that are nobody's topic
(`OTHER`: sport, films, crime) are weighed like a topic that is never given; it silences what only stray words say.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal

from republisher.model import Assignment, Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from republisher.classify.matching import Hit

Place = Literal["title", "lead", "body"]
PLACES: Final[Mapping[Place, float]] = {"title": 2.5, "lead": 1.5, "body": 1.0}
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
"""The section of a lexicon for subjects that are none of the shipped topics."""
OTHER_SHARE: Final = 0.5
"""Of the score of other subjects, that a shipped topic must reach."""


def weigh(title: str, text: str, language: str, hits: Sequence[Hit]) -> dict[str, list[Evidence]]:
    """Return the evidence for each topic, heaviest first; `hits` are places in title, newline and text."""
    measure = 1 / (ENOUGH * _growth(len(text), language))
    body = len(title) + 1
    whole = f"{title}\n{text}"
    times: dict[tuple[str, str], list[tuple[Place, str]]] = defaultdict(list)
    weights: dict[tuple[str, str], float] = {}
    for term, start, end in hits:
        place: Place = "title" if start < body else "lead" if start < body + LEAD else "body"
        key = (term.topic, term.written)
        times[key].append((place, whole[start:end]))
        weights[key] = term.weight
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for (topic, written), found in times.items():
        places = sorted((PLACES[place] for place, _ in found), reverse=True)
        amount = weights[topic, written] * sum(a * b for a, b in zip(places, REPEATS, strict=False)) * measure
        place, surface = found[0]
        evidence[topic].append(Evidence(term=written, surface=surface, place=place, weight=round(amount, 4)))
    for found_for_topic in evidence.values():
        found_for_topic.sort(key=lambda one: (-one.weight, one.term))
    return evidence


def choose(
    evidence: Mapping[str, Sequence[Evidence]], length: int, thresholds: Mapping[str, float], own: Collection[str] = ()
) -> tuple[Assignment, ...]:
    """Return the topics with enough evidence in a text of `length` characters, best first.

    `own` are the topics a user added: other subjects do not silence them, for one of those may be the user's topic.
    """
    scores = {
        topic: round(sum(one.weight for one in reasons) / thresholds.get(topic, 1.0), 3)
        for topic, reasons in evidence.items()
        if len(reasons) > 1 or length < LONG or any(one.place == "title" for one in reasons)
    }
    other = OTHER_SHARE * scores.pop(OTHER, 0.0)
    least = max(1.0, SHARE * max(scores.values(), default=0.0))
    return tuple(
        Assignment(topic=topic, score=score, signal="lexicon", evidence=tuple(evidence[topic]))
        for topic, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if score >= least and (score >= other or topic in own)
    )


def _growth(length: int, language: str) -> float:
    """Return by how much more a text of `length` characters must say than a short one."""
    letters = length * (DENSITY if language in DENSE else 1.0)
    return float(max(1.0, letters / SHORT) ** 0.5)
