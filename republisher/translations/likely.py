"""How likely two articles in different languages are the same story, and why; a formula that can be read aloud.

    confidence = strength x agreement x nearness x family x topics x length

*Strength* grows with what the two share. Each shared picture, link, number or name counts by how much it says, divided
by how many articles of either language have it in those weeks: what stands in all releases of an office (its telephone
number, its address, its name) says next to nothing. *Agreement* is how much of the numbers of the one that has fewer
stands in the other. *Nearness* falls with the hours between them. The rest are small discounts: another site, no common
topic, lengths that hardly fit.

A guess is made only if it is sure, mutual, and clearly better than the next one (`choose`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.siblings import Guess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from republisher.siblings import Carrier, Mark, Trace

    Carriers = Callable[[str, int], Sequence[Carrier] | None]
    """Takes the key of a mark and a week; gives who has it then and in the weeks beside it, None if too many."""

HOURS: Final = 72
SURE: Final = 0.7
"""From which confidence on a guess is made."""
CLEAR: Final = 0.85
"""What the next best may have of the confidence of the best."""
_HALF: Final = 0.8
"""Evidence that gives a strength of one half."""
_LEAST: Final = 0.8
"""Evidence below which two articles are not looked at closely: they could not reach `SURE`."""
_FEW_NUMBERS: Final = 0.5
_FEWEST: Final = 2
"""Things that must be shared: one may be chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What two articles have in common."""

    mark: Mark
    weight: float
    """What it counts, after all who have it were counted."""


def evidence(one: Trace, carriers: Carriers) -> dict[str, float]:
    """Return the articles in other languages that share marks with `one`, with what those would count at most."""
    found: dict[str, float] = {}
    for mark in one.marks:
        who = (carriers(mark.key, one.week) or ()) if mark.indexed else ()
        times = _times(who, one.language)
        for carrier in who:
            if carrier.language != one.language:
                found[carrier.article] = found.get(carrier.article, 0) + mark.weight / times
    return {article: weight for article, weight in found.items() if weight >= _LEAST}


def compare(one: Trace, other: Trace, carriers: Carriers) -> Guess | None:
    """Return how likely `other` is the same story as `one`, None if it cannot be."""
    hours = abs((one.published - other.published).total_seconds()) / 3600
    if one.language == other.language or hours > HOURS:
        return None
    shared = _shared(one, other, carriers)
    if sum(each.weight >= _FEW_NUMBERS / 2 for each in shared) < _FEWEST and not any(
        each.mark.kind == "picture" for each in shared
    ):
        return None
    strength = 1 - 0.5 ** (sum(each.weight for each in shared) / _HALF)
    confidence = (
        strength
        * (0.4 + 0.6 * _agreement(one, other))
        * (1 - 0.25 * hours / HOURS)
        * (1 if one.family == other.family else 0.85)
        * (1 if not (one.topics and other.topics) or set(one.topics) & set(other.topics) else 0.85)
        * (1 if _length_fits(one, other) else 0.85)
    )
    return Guess(
        article=one.id,
        other=other.id,
        language=other.language,
        confidence=round(confidence, 2),
        reasons=reasons(one, other, shared, hours),
    )


def choose(guesses: Iterable[Guess]) -> tuple[Guess, ...]:
    """Return the best guess for each language, if it is sure and no other one comes close."""
    by_language: dict[str, list[Guess]] = {}
    for guess in guesses:
        by_language.setdefault(guess.language, []).append(guess)
    chosen = []
    for _, found in sorted(by_language.items()):
        best, *rest = sorted(found, key=lambda guess: (-guess.confidence, guess.other))
        if best.confidence >= SURE and all(guess.confidence <= CLEAR * best.confidence for guess in rest):
            chosen.append(best)
    return tuple(chosen)


def reasons(one: Trace, other: Trace, shared: Sequence[Shared], hours: float) -> tuple[str, ...]:
    """Return why the two may be the same story, in words, what says most first."""
    found = []
    for kind, name in (("picture", "same picture or attachment"), ("link", "same links")):
        if any(each.mark.kind == kind for each in shared):
            found.append(name)
    for kind, name in (("number", "numbers"), ("name", "names")):
        values = [each.mark.value for each in shared if each.mark.kind == kind]
        if values:
            found.append(f"{name} {', '.join(values[:8])}")
    if one.family == other.family:
        found.append("same site")
    common = sorted(set(one.topics) & set(other.topics))
    if common:
        found.append(f"topic {', '.join(common)}")
    found.append(f"{round(hours)} hours apart" if round(hours) != 1 else "1 hour apart")
    return tuple(found)


def _shared(one: Trace, other: Trace, carriers: Carriers) -> list[Shared]:
    theirs = {mark.key for mark in other.marks}
    found = []
    for mark in one.marks:
        if mark.key not in theirs:
            continue
        share = 1
        if mark.indexed:
            here, there = carriers(mark.key, one.week), carriers(mark.key, other.week)
            if here is None or there is None:
                continue
            share = _times(here, one.language) * _times(there, other.language)
        found.append(Shared(mark=mark, weight=mark.weight / share))
    return sorted(found, key=lambda each: (-each.weight, each.mark.key))


def _times(who: Iterable[Carrier], language: str) -> int:
    return max(sum(carrier.language == language for carrier in who), 1)


def _agreement(one: Trace, other: Trace) -> float:
    """Return how much of the numbers of the article that has fewer stands in the other, by what they say."""
    mine, theirs = ({mark.value: mark.weight for mark in each.marks if mark.kind == "number"} for each in (one, other))
    fewer = min(sum(mine.values()), sum(theirs.values()))
    if fewer < _FEW_NUMBERS:
        return 0.75
    return min(sum(weight for value, weight in mine.items() if value in theirs) / fewer, 1)


def _length_fits(one: Trace, other: Trace) -> bool:
    longer, shorter = max(one.length, other.length), min(one.length, other.length)
    return longer <= 4 * max(shorter, 1)
