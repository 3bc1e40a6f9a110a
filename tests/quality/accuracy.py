"""How often topics and languages are right, on texts of our own in every language; writes docs/accuracy.md.

    python tests/quality/accuracy.py            measure, print the table
    python tests/quality/accuracy.py --write    put it into docs/accuracy.md, and pin the floors below it

Lexicons and texts/ have the same authors; blind/ was written by somebody who had seen neither, and its half named blind
has never been looked at. Lexicons may be improved by looking at the halves named tune and learn only. A line of a file
is a text: `id`, `split`, `kind` (plain or hard), `topics`, `title`, `text`, and `lang` where a file holds variants.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from republisher.classify import TopicClassifier
from republisher.classify.matching import UNSPACED
from republisher.language import decide
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

HERE = Path(__file__).parent
TEXTS = HERE / "texts"
BLIND = HERE / "blind"
PAGE = HERE.parents[1] / "docs" / "accuracy.md"
FLOORS = HERE / "floors.toml"
TOPICS = ("health", "economy", "environment", "peace")
HALVES = {"learn": "looked at since", "blind": "never looked at"}
EIGHT_WORDS = 8
AS_MANY = 24
"""Characters that say as much as eight words, where words are not divided."""
SLACK = 0.02
"""How far below what was measured a floor is pinned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text somebody has labelled."""

    id: str
    language: LanguageTag
    split: str
    kind: str
    topics: frozenset[str]
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came out for some texts."""

    texts: int
    f1: dict[str, float]
    """By topic."""
    silent: int
    """Texts about nothing of ours."""
    alarms: int
    """Of those, how many got a topic."""

    @property
    def macro(self) -> float:
        """The mean of the topics' F1."""
        return sum(self.f1.values()) / len(self.f1)

    @property
    def false_alarms(self) -> float:
        """The share of texts about nothing of ours that got a topic."""
        return self.alarms / self.silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came out for a language."""

    language: str
    tune: Figures
    test: Figures
    hard: Figures
    recognised: float
    """Share of texts whose first eight words tell the language."""


def load(language: str, folder: Path = TEXTS) -> tuple[Text, ...]:
    """Return the texts of a language; raise `ValueError` with the line that cannot be read."""
    found = []
    for number, line in enumerate((folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        try:
            raw: dict[str, Any] = json.loads(line)
            found.append(
                Text(
                    id=raw["id"],
                    language=LanguageTag(raw.get("lang", language)),
                    split=raw["split"],
                    kind=raw["kind"],
                    topics=frozenset(raw["topics"]),
                    title=raw["title"],
                    text=raw["text"],
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{language}.jsonl: line {number}: {error!r}") from error
    return tuple(found)


def languages(folder: Path = TEXTS) -> tuple[str, ...]:
    """Return the languages there are texts in."""
    return tuple(sorted(file.stem for file in folder.glob("*.jsonl")))


def measure(classifier: TopicClassifier | None = None) -> tuple[Row, ...]:
    """Return a row for each language."""
    asked = classifier or TopicClassifier()
    return tuple(_row(language, asked) for language in languages())


def measure_blind(half: str, classifier: TopicClassifier | None = None) -> Figures:
    """Return what comes out for one half of the texts of another hand, all languages together."""
    asked = classifier or TopicClassifier()
    texts = [one for language in languages(BLIND) for one in load(language, BLIND) if one.split == half]
    return _figures(texts, _classified(texts, asked))


def _classified(texts: Iterable[Text], classifier: TopicClassifier) -> dict[str, set[str]]:
    return {
        one.id: {each.topic for each in classifier.classify_text(one.language, one.title, one.text)} for one in texts
    }


def _row(language: str, classifier: TopicClassifier) -> Row:
    texts = load(language)
    found = _classified(texts, classifier)
    return Row(
        language=language,
        tune=_figures((one for one in texts if one.split == "tune"), found),
        test=_figures((one for one in texts if one.split == "test"), found),
        hard=_figures((one for one in texts if one.kind == "hard"), found),
        recognised=sum(map(_recognised, texts)) / len(texts),
    )


def _figures(texts: Iterable[Text], found: dict[str, set[str]]) -> Figures:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    number = silent = alarms = 0
    for one in texts:
        number += 1
        for topic in TOPICS:
            given, right = topic in found[one.id], topic in one.topics
            counts[topic][0] += given and right
            counts[topic][1] += given and not right
            counts[topic][2] += right and not given
        silent += not one.topics
        alarms += not one.topics and bool(found[one.id])
    f1 = {topic: 2 * hit / (2 * hit + extra + missed) for topic, (hit, extra, missed) in counts.items()}
    return Figures(texts=number, f1=f1, silent=silent, alarms=alarms)


def _recognised(one: Text) -> bool:
    """Tell whether the beginning of a text is enough to know its language, and of Chinese its standard."""
    tag = decide((), "", beginning(one))[0]
    if one.language.startswith("zh"):
        return tag == one.language
    return tag.split("-")[0] == one.language.split("-")[0]


def beginning(one: Text) -> str:
    """Return about eight words from where a text begins."""
    whole = f"{one.title} {one.text}".strip()
    if one.language.split("-")[0] in UNSPACED - {"ko"}:
        return whole[:AS_MANY]
    return " ".join(whole.split()[:EIGHT_WORDS])


def mean(values: Iterable[float]) -> float:
    """Return the mean."""
    known = list(values)
    return sum(known) / len(known)


def page(rows: Sequence[Row], halves: Mapping[str, Figures]) -> str:
    """Return docs/accuracy.md."""
    number = sum(row.tune.texts + row.test.texts for row in rows)
    return f"""\
# Accuracy

How often topics and languages are right: {number:,} texts of our own in {len(rows)} languages, written for this
purpose, half of them to tune by and half to test. Many are *hard*: health, economy, environment or peace in unusual
words, or their words in news about none of them (sport's battles, healthy competition, war films). `tox -e quality`
measures this anew and fails if a language falls below its floor; this page is written by
`python tests/quality/accuracy.py --write` and held true by a test.

- **Macro-F1**: the mean, over the four topics, of the harmonic mean of precision and recall; on the test half.
- **False alarms**: texts about none of the topics that got one; both halves. {_share(rows)}
- **Language**: texts whose first eight words ({AS_MANY} characters where words are not divided) tell their language.

With {rows[0].test.texts} test texts in a language, a single text moves its figures by several points: they are a sign,
the means are the measure.

{"".join(_lines(rows))}
## Texts of another hand

The authors of those texts also wrote the lexicons, which flatters. So somebody who had seen neither wrote
{sum(one.texts for one in halves.values())} more in {len(languages(BLIND))} languages, as hard as they come: topics told
without their words, and articles about nothing of ours that are full of them. One half has been looked at since, the
other half never.

| half | texts | health | economy | environment | peace | macro-F1 | false alarms |
|---|---|---|---|---|---|---|---|
{"".join(_half(name, figures) for name, figures in halves.items())}"""


def _half(name: str, figures: Figures) -> str:
    topics = " | ".join(f"{figures.f1[topic]:.2f}" for topic in TOPICS)
    return f"| {HALVES[name]} | {figures.texts} | {topics} | {figures.macro:.2f} | {figures.false_alarms:.0%} |\n"


def _share(rows: Sequence[Row]) -> str:
    silent = sum(row.tune.silent + row.test.silent for row in rows)
    return f"There are {silent:,} of them."


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield "| language | health | economy | environment | peace | macro-F1 | on hard texts | false alarms | language |\n"
    yield "|---|---|---|---|---|---|---|---|---|\n"
    for row in rows:
        topics = " | ".join(f"{row.test.f1[topic]:.2f}" for topic in TOPICS)
        yield (
            f"| {row.language} | {topics} | {row.test.macro:.2f} | {row.hard.macro:.2f} |"
            f" {alarms(row):.0%} | {row.recognised:.0%} |\n"
        )
    topics = " | ".join(f"{mean(row.test.f1[topic] for row in rows):.2f}" for topic in TOPICS)
    yield (
        f"| **mean** | {topics} | **{mean(row.test.macro for row in rows):.2f}** |"
        f" {mean(row.hard.macro for row in rows):.2f} | **{mean(map(alarms, rows)):.0%}** |"
        f" **{mean(row.recognised for row in rows):.1%}** |\n"
    )


def alarms(row: Row) -> float:
    """Return the share of false alarms in both halves."""
    return (row.tune.alarms + row.test.alarms) / (row.tune.silent + row.test.silent)


def floors() -> dict[str, dict[str, float]]:
    """Return the pinned floors by language."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


def pinned(rows: Sequence[Row]) -> str:
    """Return floors a little below what was measured."""
    lines = [
        "# What no change may fall below; written by accuracy.py --write, to be lowered by hand and with a reason.\n"
    ]
    for row in rows:
        least, most = max(0.0, row.test.macro - SLACK), min(1.0, alarms(row) + SLACK)
        lines.append(
            f"[{row.language}]\nmacro_f1 = {least:.2f}\nfalse_alarms = {most:.2f}\n"
            f"language = {max(0.0, row.recognised - SLACK):.2f}\n"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    measured, halves_measured = measure(), {half: measure_blind(half) for half in HALVES}
    if "--write" in sys.argv:
        PAGE.write_text(page(measured, halves_measured), encoding="utf-8")
        FLOORS.write_text(pinned(measured), encoding="utf-8")
    sys.stdout.writelines(_lines(measured))
    sys.stdout.writelines(_half(*one) for one in halves_measured.items())
