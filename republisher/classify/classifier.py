"""The classifier: what the user ruled, what the source filed, what the words say; in this order, each with evidence."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal, Self

from republisher.classify import lexicon, scoring, topics
from republisher.classify.categories import CategoryMap
from republisher.classify.matching import Matcher
from republisher.language import fallbacks, is_latin
from republisher.model import Assignment, Evidence
from republisher.text import digest, from_safe_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from republisher.model import Article, LanguageTag, TopicSpec

Signal = Literal["rule", "category", "lexicon"]

ALGORITHM: Final = 1
"""Raised whenever the code, not the data, would give the same article another answer."""
RULE_WEIGHT: Final = 3.0
CATEGORY_WEIGHT: Final = 2.0
_READ: Final = 20_000
"""Characters after which a text has said what it is about."""
_ORDER: Final[tuple[Signal, ...]] = ("rule", "category", "lexicon")
_EVERY: Final = "*"
_BORROWED: Final = "en"
"""What Latin letters in a text of another script are: `COVID-19`, `Budget 2026:`, `IPO`."""
_NEAR: Final = {"arz": "ar", "ary": "ar", "bs": "hr", "cnr": "sr", "nn": "nb", "prs": "fa", "yue": "zh"}
"""Languages read by the lexicon of a near one, for want of their own."""


class TopicClassifier:
    """Finds the topics of articles in every language; a lexicon is loaded when its language first occurs."""

    def __init__(self, specs: Sequence[TopicSpec] = ()) -> None:
        self._specs = tuple(specs)
        known = (*topics.shipped_specs(), *self._specs)
        self._categories = CategoryMap(known)
        self._thresholds = {spec.slug: spec.threshold for spec in known}
        self._languages = lexicon.languages()
        self._matchers: dict[str, Matcher] = {}
        self.version = _version(self._specs)

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[TopicSpec, ...]]]:
        """Travel to other processes as the specs alone; automata are built where they are used."""
        return type(self), (self._specs,)

    def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[Assignment, ...]:
        """Return the topics of `article`, best first; `given` are those its source was set to."""
        found: list[tuple[str, Signal, Evidence]] = [
            (topic, "rule", Evidence(term="source", surface=topic, place="rule", weight=RULE_WEIGHT)) for topic in given
        ]
        for topic, word in self._categories.find(article.categories):
            evidence = Evidence(term=word, surface=word, place="category", weight=CATEGORY_WEIGHT)
            found.append((topic, "category", evidence))
        for one in self.classify_text(article.language, article.title, from_safe_html(article.content)):
            found.extend((one.topic, "lexicon", evidence) for evidence in one.evidence)
        return tuple(sorted(_joined(found, self._thresholds), key=_rank))

    def classify_text(self, language: LanguageTag, title: str, text: str) -> tuple[Assignment, ...]:
        """Return the topics the words of any text in `language` speak for, best first."""
        matcher, code = self._matcher(language)
        title, text = (unicodedata.normalize("NFC", part[:_READ]) for part in (title, text))
        hits = matcher.find(f"{title}\n{text}")
        return scoring.choose(scoring.weigh(title, text, code, hits), len(text), self._thresholds)

    def _matcher(self, language: LanguageTag) -> tuple[Matcher, str]:
        """Return what finds terms in `language`, and the code of the lexicon it uses."""
        chain = fallbacks(language)
        code = next((tag for tag in chain if tag in self._languages), _NEAR.get(chain[-1], chain[-1]))
        key = "|".join((code, *chain))
        if key not in self._matchers:
            terms = [*lexicon.shipped(code), *_user_terms(self._specs, chain, code)]
            if code in self._languages and not is_latin(chain[-1]):
                terms += lexicon.shipped(_BORROWED)
            self._matchers[key] = Matcher(terms, code)
        return self._matchers[key], code


def _user_terms(specs: Sequence[TopicSpec], chain: tuple[LanguageTag, ...], code: str) -> Iterator[lexicon.Term]:
    """Yield the terms users gave for a language or what it falls back to, or for every language."""
    for spec in specs:
        for table, strength in ((spec.keywords, "strong"), (spec.exclude, "mask")):
            words = (word.strip() for tag in (*chain, _EVERY) for word in table.get(tag, ()))
            for word in dict.fromkeys(filter(None, words)):
                yield lexicon.make_term(spec.slug, word, lexicon.WEIGHTS[strength], code)


def _joined(found: list[tuple[str, Signal, Evidence]], thresholds: dict[str, float]) -> Iterator[Assignment]:
    """Yield one assignment per topic, by its strongest signal and with all its evidence."""
    ordered = sorted(found, key=lambda one: one[0])
    for topic, group in groupby(ordered, key=lambda one: one[0]):
        parts = sorted(group, key=lambda one: _ORDER.index(one[1]))
        evidence = tuple(dict.fromkeys(one for _, _, one in parts))
        score = sum(one.weight for one in evidence) / thresholds.get(topic, 1.0)
        yield Assignment(topic=topic, score=round(score, 3), signal=parts[0][1], evidence=evidence)


def _rank(assignment: Assignment) -> tuple[int, float, str]:
    return _ORDER.index(assignment.signal), -assignment.score, assignment.topic


def _version(specs: tuple[TopicSpec, ...]) -> str:
    """Return a digest of everything an answer depends on."""
    own = (
        repr((spec.slug, sorted(spec.keywords.items()), sorted(spec.exclude.items()), spec.threshold, spec.categories))
        for spec in specs
    )
    data = (f"{language}\n{lexicon.source(language)}" for language in lexicon.languages())
    return digest(str(ALGORITHM), topics.source(), *data, *own)
