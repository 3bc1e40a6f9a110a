"""Rules: topics a user gives to articles by category, address, author or title.

Every condition of a rule must hold, and one of the words of each condition is enough.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from republisher.classify.categories import key_of
from republisher.classify.matching import UNSPACED
from republisher.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from republisher.model import Article, Rule

WEIGHT = 3.0
_SCHEME = re.compile("^https?://", re.IGNORECASE)


def ruled(article: Article, rules: Iterable[Rule]) -> Iterator[tuple[str, Evidence]]:
    """Yield each topic the rules give `article`, and why."""
    for rule in rules:
        reasons = [_reason(article, words, find) for words, find in _conditions(rule) if words]
        if reasons and all(reasons):
            surface = "; ".join(reasons)
            for topic in rule.topics:
                yield topic, Evidence(term=rule.name, surface=surface, place="rule", weight=WEIGHT)


def _conditions(rule: Rule) -> Iterator[tuple[tuple[str, ...], Callable[[Article, str], str]]]:
    yield rule.categories, _category
    yield rule.addresses, _address
    yield rule.authors, _author
    yield rule.titles, _title


def _reason(article: Article, words: tuple[str, ...], find: Callable[[Article, str], str]) -> str:
    return next(filter(None, (find(article, word) for word in words)), "")


def _category(article: Article, word: str) -> str:
    wanted = key_of(word)
    named = (name for category in article.categories for name in (category.term, category.label) if name)
    return next((name for name in named if key_of(name) == wanted), "")


def _address(article: Article, pattern: str) -> str:
    """Return the article's address if it begins with `pattern` (`*` for anything), whatever its scheme."""
    link = article.link or ""
    wanted = re.escape(_SCHEME.sub("", pattern)).replace(r"\*", ".*")
    return link if link and re.match(wanted, _SCHEME.sub("", link), re.IGNORECASE | re.DOTALL) else ""


def _author(article: Article, word: str) -> str:
    wanted = word.casefold().strip()
    return next(
        (one.name for one in article.authors if wanted in (one.name.casefold(), (one.email or "").casefold())), ""
    )


def _title(article: Article, word: str) -> str:
    """Return `word` as it stands in the title: as a whole word, or its beginning if it ends in `*`."""
    divided = article.language.split("-")[0] not in UNSPACED
    wanted = re.escape(word.removesuffix("*"))
    found = re.search(
        (r"(?<!\w)" if divided else "") + wanted + (r"(?!\w)" if divided and not word.endswith("*") else ""),
        article.title,
        re.IGNORECASE,
    )
    return found[0] if found else ""
