"""The classifier: what the user ruled, what the source filed, what the words say; in this order, each with evidence."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

from republisher.classify import lexicon, scoring, topics
from republisher.classify.categories import CategoryMap
from republisher.classify.learning import MOST, SHORT_OF, Example, Learned, correct, words_of
from republisher.classify.matching import Matcher
from republisher.classify.rules import WEIGHT, ruled
from republisher.language import apart, fallbacks, is_latin
from republisher.model import Assignment, Evidence
from republisher.text import digest, from_safe_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from republisher.classify.learning import Weights
    from republisher.model import Article, LanguageTag, Rule, TopicSpec

Signal = Literal["rule", "category", "lexicon", "learned"]

ALGORITHM: Final = 3
"""Raised whenever the code, not the data, would give the same article another answer."""
CATEGORY_WEIGHT: Final = 2.0
_SHOWN: Final = 8
"""Learned words that are told for a topic."""
_LONGEST: Final = 20_000
"""Characters after which a text has said what it is about."""
_ORDER: Final[tuple[Signal, ...]] = ("rule", "category", "lexicon", "learned")
_EVERY: Final = "*"
_BORROWED: Final = "en"
"""What Latin letters in a text of another script are: `COVID-19`, `Budget 2026:`, `IPO`."""
_NEAR: Final = {"arz": "ar", "ary": "ar", "bs": "hr", "cnr": "sr", "nn": "nb", "prs": "fa", "yue": "zh"}
"""Languages read by the lexicon of a near one, for want of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A text, and what its words say."""

    code: str
    """Of the lexicon it was read by."""
    title: str
    text: str
    reasons: Mapping[str, list[scoring.Reason]]
    """By topic, and for other subjects."""
    chosen: tuple[tuple[str, float], ...]
    """The topics there is enough reason for, with their scores, best first."""

    def tell(self, topic: str) -> tuple[Evidence, ...]:
        return scoring.tell(self.reasons.get(topic, ()), f"{self.title}\n{self.text}", self.code)


class TopicClassifier:
    """Finds the topics of articles in every language; a lexicon is loaded when its language first occurs."""

    def __init__(
        self, specs: Sequence[TopicSpec] = (), rules: Sequence[Rule] = (), learned: Learned | None = None
    ) -> None:
        self._specs = tuple(specs)
        self._rules = tuple(rules)
        self.learned = learned or Learned()
        known = (*topics.shipped_specs(), *self._specs)
        self._categories = CategoryMap(known)
        self._thresholds = {spec.slug: spec.threshold for spec in known}
        self._own = frozenset(spec.slug for spec in self._specs) - {spec.slug for spec in topics.shipped_specs()}
        self._languages = lexicon.languages()
        self._matchers: dict[str, Matcher] = {}
        self.version = _version(self._specs, self._rules, self.learned)

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[TopicSpec, ...], tuple[Rule, ...], Learned]]:
        """Travel to other processes as what it is made from; automata are built where they are used."""
        return type(self), (self._specs, self._rules, self.learned)

    def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[Assignment, ...]:
        """Return the topics of `article`, best first; `given` are those its source was set to."""
        found: list[tuple[str, Signal, Evidence]] = [
            (topic, "rule", Evidence(term="source", surface=topic, place="rule", weight=WEIGHT)) for topic in given
        ]
        found.extend((topic, "rule", evidence) for topic, evidence in ruled(article, self._rules))
        for topic, word in self._categories.find(article.categories):
            evidence = Evidence(term=word, surface=word, place="category", weight=CATEGORY_WEIGHT)
            found.append((topic, "category", evidence))
        spoken = self._spoken(article)
        return tuple(sorted(_joined(found, spoken, self._thresholds), key=_rank))

    def _spoken(self, article: Article) -> tuple[Assignment, ...]:
        """Return the topics the words of `article` speak for, each part of it read in its own language."""
        languages = tuple(dict.fromkeys((article.language, *article.other_languages)))
        best: dict[str, Assignment] = {}
        for language, title, text in apart(languages, article.title, from_safe_html(article.content)):
            for one in self.classify_text(language, title, text):
                if one.topic not in best or one.score > best[one.topic].score:
                    best[one.topic] = one
        return tuple(best.values())

    def classify_text(self, language: LanguageTag, title: str, text: str) -> tuple[Assignment, ...]:
        """Return the topics the words of any text in `language` speak for, best first."""
        read = self._read(language, title, text)
        weights = self.learned.weights.get(read.code)
        if weights:
            return self._corrected(read, weights)
        return tuple(
            Assignment(topic=topic, score=score, signal="lexicon", evidence=read.tell(topic))
            for topic, score in read.chosen
        )

    def weigh_text(self, language: LanguageTag, title: str, text: str) -> dict[str, tuple[Evidence, ...]]:
        """Return all that speaks for a topic, enough or not, heaviest first; `other` for none of ours."""
        read = self._read(language, title, text)
        return {topic: read.tell(topic) for topic in read.reasons}

    def threshold(self, topic: str) -> float:
        """Return what the evidence for `topic` must add up to."""
        return self._thresholds.get(topic, 1.0)

    def example(self, article: Article, topics: frozenset[str]) -> Example:
        """Return what is to be learned from `article` if an editor says it has `topics`."""
        read = self._read(article.language, article.title, from_safe_html(article.content))
        scores = {topic: self._score(topic, read) for topic in read.reasons if topic != scoring.OTHER}
        return Example(language=read.code, title=read.title, text=read.text, topics=topics, scores=scores)

    def _read(self, language: LanguageTag, title: str, text: str) -> _Read:
        matcher, code = self._matcher(language)
        title, text = (unicodedata.normalize("NFC", part[:_LONGEST]) for part in (title, text))
        reasons = scoring.weigh(title, text, code, matcher.find(f"{title}\n{text}"))
        chosen = scoring.choose(reasons, len(text), self._thresholds, self._own)
        return _Read(code=code, title=title, text=text, reasons=reasons, chosen=chosen)

    def _score(self, topic: str, read: _Read) -> float:
        """Return what the lexicon says for `topic`: at most `SHORT_OF` if that is not enough for it."""
        given = dict(read.chosen).get(topic)
        if given is not None:
            return min(given, MOST)
        least = sum(one.weight for one in read.reasons.get(topic, ())) / self.threshold(topic)
        return round(min(least, SHORT_OF), 3)

    def _corrected(self, read: _Read, weights: Mapping[str, Weights]) -> tuple[Assignment, ...]:
        """Return the topics of a text with what was learned from corrections added to what the lexicon says."""
        chosen, found = dict(read.chosen), []
        words = words_of(read.code, read.title, read.text)
        for topic in dict.fromkeys((*chosen, *weights)):
            learned: tuple[Evidence, ...] = ()
            score = chosen.get(topic, 0.0)
            if topic in weights:
                score, parts = correct(weights[topic], self._score(topic, read), words)
                learned = tuple(
                    Evidence(term=word, surface=surface, place="learned", weight=round(amount, 3))
                    for word, surface, amount in parts[:_SHOWN]
                    if amount > 0
                )
            if score >= 1:
                signal: Signal = "lexicon" if topic in chosen else "learned"
                evidence = (*read.tell(topic), *learned)
                found.append(Assignment(topic=topic, score=round(score, 3), signal=signal, evidence=evidence))
        return tuple(sorted(found, key=lambda one: (-one.score, one.topic)))

    def _matcher(self, language: LanguageTag) -> tuple[Matcher, str]:
        """Return what finds terms in `language`, and the code of the lexicon it uses."""
        chain = fallbacks(language)
        code = next((tag for tag in chain if tag in self._languages), _NEAR.get(chain[-1], chain[-1]))
        key = "|".join((code, *chain))
        if key not in self._matchers:
            terms = [*lexicon.shipped(code), *lexicon.from_specs(self._specs, (*chain, _EVERY), code)]
            if code in self._languages and not is_latin(chain[-1]):
                terms += lexicon.shipped(_BORROWED)
            self._matchers[key] = Matcher(terms, code, self._own)
        return self._matchers[key], code


def _joined(
    found: list[tuple[str, Signal, Evidence]], spoken: tuple[Assignment, ...], thresholds: dict[str, float]
) -> Iterator[Assignment]:
    """Yield one assignment per topic, by its strongest signal and with all its evidence."""
    by_words = {one.topic: one for one in spoken}
    for topic in dict.fromkeys((*(one[0] for one in found), *by_words)):
        parts = sorted((one for one in found if one[0] == topic), key=lambda one: _ORDER.index(one[1]))
        words = by_words.get(topic)
        if words and not parts:
            yield words
            continue
        evidence = dict.fromkeys((*(one for _, _, one in parts), *(words.evidence if words else ())))
        score = sum(one.weight for _, _, one in parts) / thresholds.get(topic, 1.0) + (words.score if words else 0.0)
        yield Assignment(topic=topic, score=round(score, 3), signal=parts[0][1], evidence=tuple(evidence))


def _rank(assignment: Assignment) -> tuple[int, float, str]:
    return _ORDER.index(assignment.signal), -assignment.score, assignment.topic


def _version(specs: tuple[TopicSpec, ...], rules: tuple[Rule, ...], learned: Learned) -> str:
    """Return a digest of everything an answer depends on."""
    own = (
        repr((spec.slug, sorted(spec.keywords.items()), sorted(spec.exclude.items()), spec.threshold, spec.categories))
        for spec in specs
    )
    data = (f"{language}\n{lexicon.source(language)}" for language in lexicon.languages())
    return digest(
        str(ALGORITHM), topics.source(), *data, *own, *map(repr, rules), learned.dump() if learned.weights else ""
    )
