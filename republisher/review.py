"""The unsure: articles an editor should look at, worst first, each with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.classify.scoring import OTHER
from republisher.model import UNDETERMINED
from republisher.text import from_safe_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.classify import TopicClassifier
    from republisher.model import Article, Evidence
    from republisher.overrides import Overrides

NEAR: Final = 0.4
"""How far from the threshold a score is in doubt, up and down."""
_LANGUAGE: Final = 0.7
_GUESSED: Final = 0.3
_CONTRADICTED: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is unsure about an article."""

    weight: float
    """From 0, sure, to 1."""
    reason: str
    topic: str = ""
    """The topic in doubt; empty if it is the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """An article to be looked at."""

    article: Article
    doubts: tuple[Doubt, ...]
    """The greatest first."""

    @property
    def weight(self) -> float:
        """How unsure it is: the greatest doubt, and a little for each further one."""
        return self.doubts[0].weight + sum(doubt.weight for doubt in self.doubts[1:]) / 10


def review(articles: Iterable[Article], classifier: TopicClassifier, decided: Overrides) -> list[Unsure]:
    """Return the unsure ones of `articles`, worst first; what an editor has decided about is sure."""
    found = []
    for article in articles:
        if decided.of(article) is None:
            doubts = sorted(_doubts(article, classifier), key=lambda doubt: (-doubt.weight, doubt.topic))
            if doubts:
                found.append(Unsure(article=article, doubts=tuple(doubts)))
    found.sort(key=lambda one: (-one.weight, one.article.id))
    return found


def _doubts(article: Article, classifier: TopicClassifier) -> Iterator[Doubt]:
    yield from _language(article)
    given = {one.topic: one for one in article.topics}
    evidence = classifier.weigh_text(article.language, article.title, from_safe_html(article.content))
    for topic, reasons in evidence.items():
        if topic == OTHER:
            continue
        score = sum(one.weight for one in reasons) / classifier.threshold(topic)
        if topic not in given and score >= 1:
            why = _silenced(evidence.get(OTHER, ()))
            yield Doubt(
                weight=_CONTRADICTED,
                reason=f"not {topic}, though its words say so ({_words(reasons)}): {why}",
                topic=topic,
            )
        elif topic not in given and score > 1 - NEAR:
            yield Doubt(
                weight=_closeness(score), reason=f"just not {topic} ({score:.2f}): {_words(reasons)}", topic=topic
            )
        elif topic in given and given[topic].signal in {"lexicon", "learned"} and given[topic].score < 1 + NEAR:
            score = given[topic].score
            yield Doubt(
                weight=_closeness(score), reason=f"only just {topic} ({score:.2f}): {_words(reasons)}", topic=topic
            )
    for topic, one in given.items():
        if one.signal == "category" and topic not in evidence and evidence.keys() - {OTHER}:
            filed = one.evidence[0].surface
            yield Doubt(
                weight=_GUESSED, reason=f"{topic} only because its source files it under “{filed}”", topic=topic
            )


def _language(article: Article) -> Iterator[Doubt]:
    if article.language == UNDETERMINED:
        yield Doubt(weight=_LANGUAGE, reason="nothing tells its language")
    elif article.language_origin == "detected" and len(article.title) + len(article.content) < _SHORT:
        yield Doubt(weight=_GUESSED, reason=f"its language, {article.language}, is guessed from few words")


_SHORT: Final = 80
"""Characters of title and text from which a language is hard to tell."""


def _silenced(other: Iterable[Evidence]) -> str:
    words = _words(other)
    return (
        f"other subjects say more ({words})"
        if words
        else "its other topics say twice as much, or a single word says it"
    )


def _closeness(score: float) -> float:
    return round(max(0.0, 1 - abs(score - 1) / NEAR), 3)


def _words(reasons: Iterable[Evidence]) -> str:
    return ", ".join(dict.fromkeys(f"“{one.surface}”" for one in list(reasons)[:4]))
