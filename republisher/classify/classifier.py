"""The classifier: what the user ruled, what the source filed, what the words say; in this order, each with evidence."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, Literal, Self

from republisher.classify import lexicon, scoring, topics
from republisher.classify.categories import CategoryMap
from republisher.classify.learning import MOST, SHORT_OF, Example, Learned, correct, words_of
from republisher.classify.matching import Matcher
from republisher.classify.rules import WEIGHT, ruled
from republisher.language import fallbacks, is_latin
from republisher.model import Assignment, Evidence
from republisher.text import digest, from_safe_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from republisher.classify.learning import Weights
    from republisher.model import Article, LanguageTag, Rule, TopicSpec

Signal = Literal["rule", "category", "lexicon", "learned"]

ALGORITHM: Final = 2
"""Raised whenever the code, not the data, would give the same article another answer."""
CATEGORY_WEIGHT: Final = 2.0
_SHOWN: Final = 8
"""Learned words that are told for a topic."""
_READ: Final = 20_000
"""Characters after which a text has said what it is about."""
_ORDER: Final[tuple[Signal, ...]] = ("rule", "category", "lexicon", "learned")
_EVERY: Final = "*"
_BORROWED: Final = "en"
"""What Latin letters in a text of another script are: `COVID-19`, `Budget 2026:`, `IPO`."""
_NEAR: Final = {"arz": "ar", "ary": "ar", "bs": "hr", "cnr": "sr", "nn": "nb", "prs": "fa", "yue": "zh"}
"""Languages read by the lexicon of a near one, for want of their own."""


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
        spoken = self.classify_text(article.language, article.title, from_safe_html(article.content))
        return tuple(sorted(_joined(found, spoken, self._thresholds), key=_rank))

    def classify_text(self, language: LanguageTag, title: str, text: str) -> tuple[Assignment, ...]:
        """Return the topics the words of any text in `language` speak for, best first."""
        evidence = self.weigh_text(language, title, text)
        chosen = scoring.choose(evidence, len(text[:_READ]), self._thresholds, self._own)
        code = self._matcher(language)[1]
        weights = self.learned.weights.get(code)
        return chosen if not weights else self._corrected(chosen, evidence, weights, words_of(code, title, text))

    def threshold(self, topic: str) -> float:
        """Return what the evidence for `topic` must add up to."""
        return self._thresholds.get(topic, 1.0)

    def weigh_text(self, language: LanguageTag, title: str, text: str) -> dict[str, list[Evidence]]:
        """Return all that speaks for a topic, enough or not, heaviest first; `other` for none of ours."""
        matcher, code = self._matcher(language)
        title, text = (unicodedata.normalize("NFC", part[:_READ]) for part in (title, text))
        return scoring.weigh(title, text, code, matcher.find(f"{title}\n{text}"))

    def example(self, article: Article, topics: frozenset[str]) -> Example:
        """Return what is to be learned from `article` if an editor says it has `topics`."""
        text = from_safe_html(article.content)
        evidence = self.weigh_text(article.language, article.title, text)
        chosen = scoring.choose(evidence, len(text[:_READ]), self._thresholds, self._own)
        scores = {topic: self._score(topic, chosen, evidence) for topic in evidence if topic != scoring.OTHER}
        code = self._matcher(article.language)[1]
        return Example(language=code, title=article.title, text=text, topics=topics, scores=scores)

    def _score(self, topic: str, chosen: Iterable[Assignment], evidence: Mapping[str, Sequence[Evidence]]) -> float:
        """Return what the lexicon says for `topic`: at most `SHORT_OF` if that is not enough for it."""
        given = next((one.score for one in chosen if one.topic == topic), None)
        if given is not None:
            return min(given, MOST)
        least = sum(one.weight for one in evidence.get(topic, ())) / self._thresholds.get(topic, 1.0)
        return round(min(least, SHORT_OF), 3)

    def _corrected(
        self,
        chosen: tuple[Assignment, ...],
        evidence: Mapping[str, Sequence[Evidence]],
        weights: Mapping[str, Weights],
        words: Mapping[str, tuple[str, float]],
    ) -> tuple[Assignment, ...]:
        """Return what becomes of the `chosen` topics, and which are added, by what was learned from corrections."""
        kept = [one for one in chosen if one.topic not in weights]
        known = {one.topic for one in chosen}
        for topic in weights:
            score, parts = correct(weights[topic], self._score(topic, chosen, evidence), words)
            if score >= 1:
                learned = (
                    Evidence(term=word, surface=surface, place="learned", weight=round(amount, 3))
                    for word, surface, amount in parts[:_SHOWN]
                    if amount > 0
                )
                signal: Signal = "lexicon" if topic in known else "learned"
                reasons = (*evidence.get(topic, ()), *learned)
                kept.append(Assignment(topic=topic, score=round(score, 3), signal=signal, evidence=reasons))
        return tuple(sorted(kept, key=lambda one: (-one.score, one.topic)))

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
