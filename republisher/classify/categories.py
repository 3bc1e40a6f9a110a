"""Categories: which of our topics a source means by the words and codes it files an article under."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.model import Category, TopicSpec

_CODE = re.compile(r"(?:.*/|(?:medtop|subj):)?([0-9]{8})")
"""An IPTC code as it is written: `medtop:07000000`, its URL, or the number alone; the old subject codes agree."""
_SIGN = re.compile("[\\s!-/:-@\\[-`{-~\u00b7\u2010-\u2015\u2018\u2019\u200c\u3001\u30fb]+")
"""Not `\\W`, which takes the vowel signs of Indic scripts for signs."""
_DIVIDER = re.compile(r"\s*[/|>›»;,]\s*")
_ACCENT = re.compile("[\u0300-\u036f]")


class CategoryMap:
    """Finds the topics of categories; a word must be the whole category, or the whole of a part of it."""

    def __init__(self, specs: Iterable[TopicSpec]) -> None:
        self._topics: dict[str, set[str]] = {}
        for spec in specs:
            for word in spec.categories:
                self._topics.setdefault(key_of(word), set()).add(spec.slug)
        self._topics.pop("", None)

    def find(self, categories: Iterable[Category]) -> Iterator[tuple[str, str]]:
        """Yield topic and category, each pair once, in the order of the categories."""
        seen: set[tuple[str, str]] = set()
        for category in categories:
            for written in filter(None, (category.term, category.label)):
                for topic in self._of(written):
                    if (topic, category.term) not in seen:
                        seen.add((topic, category.term))
                        yield topic, category.term

    def _of(self, written: str) -> list[str]:
        topics = self._topics.get(key_of(written), set())
        if not topics:
            parts = _DIVIDER.split(written)
            topics = topics.union(*(self._topics.get(key_of(part), set()) for part in parts))
        return sorted(topics)


def key_of(word: str) -> str:
    """Return `word` without what differs between the ways of writing it: case, accents, hyphens, spaces, `&`."""
    code = _CODE.fullmatch(word.strip())
    if code:
        return code[1]
    flat = unicodedata.normalize("NFKD", word.replace("&", " and ")).casefold()
    return _SIGN.sub(" ", _ACCENT.sub("", flat)).strip()
