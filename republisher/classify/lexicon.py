"""Lexicons: for each language the words that speak for a topic, in files a native speaker can read and correct.

A file has a section per topic and in it up to four lists of terms divided by commas, which may go on over indented
lines; `#` starts a comment:

    [health]
    strong: vaccin, hospital
    normal: clinic
    weak:   treatment
    mask:   healthy profits
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from republisher.classify.folding import fold
from republisher.classify.stemming import has_stems, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.model import TopicSpec

_SHORTEST: Final = 3
"""Letters other forms of a keyword must share with it."""
WEIGHTS: Final = {"strong": 2.0, "normal": 1.0, "weak": 0.5, "mask": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, the beginning of a word or a phrase that speaks for a topic."""

    topic: str
    written: str
    """As it stands in the lexicon, with its marks."""
    folded: str
    """What is looked for."""
    weight: float
    """0 for a mask: other terms of its topic do not count where it stands."""
    whole: bool = False
    """Matches whole words only (`$`)."""
    inside: bool = False
    """Matches anywhere inside a word (`~`)."""
    capitals: bool = False
    """Matches in capitals only, because it is written so: AIDS is no aid."""
    stem: str = ""
    """Matches only words of this stem."""
    rest: tuple[str, ...] = ()
    """How the next words begin, where words of a phrase may have any ending (`*`); `folded` is what stands before."""

    @property
    def sample(self) -> str:
        """A text that consists of it."""
        return self.written.removeprefix("~").removesuffix("$").replace("*", "")


def make_term(topic: str, written: str, weight: float, language: str) -> Term:
    """Return the term that `written`, with its marks, means in a lexicon of `language`."""
    bare = unicodedata.normalize("NFC", written.removeprefix("~").removesuffix("$"))
    folded, *rest = (fold(part, language).text for part in bare.removesuffix("*").split("* "))
    return Term(
        topic=topic,
        written=written,
        folded=folded,
        rest=tuple(rest),
        weight=weight,
        whole=written.endswith("$"),
        inside=written.startswith("~"),
        capitals=len(bare) > 1 and bare.isupper(),
    )


def parse(lines: str, language: str) -> tuple[Term, ...]:
    """Return the terms of a lexicon file; raise `ValueError` with the line that cannot be read."""
    return tuple(make_term(topic, term, WEIGHTS[strength], language) for topic, strength, term in _entries(lines))


def _entries(lines: str) -> Iterator[tuple[str, str, str]]:
    """Yield topic, strength and term as they stand in the file."""
    topic = strength = ""
    for number, line in enumerate(lines.splitlines(), 1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        if content.startswith("[") and content.endswith("]"):
            topic, strength = content[1:-1].strip(), ""
            continue
        if not line[0].isspace():
            strength, _, content = content.partition(":")
        if not topic or strength not in WEIGHTS:
            raise ValueError(f"line {number}: expected [topic], strong:, normal:, weak: or mask:, found {line!r}")
        for term in content.split(","):
            if term.strip():
                yield topic, strength, term.strip()


def languages() -> tuple[str, ...]:
    """Return the languages we have a lexicon of, sorted."""
    return tuple(sorted(file.name.removesuffix(".txt") for file in _folder().iterdir() if file.name.endswith(".txt")))


def shipped(language: str) -> tuple[Term, ...]:
    """Return the terms of the lexicon of `language`, none if there is none."""
    return parse(source(language), language)


def from_specs(specs: Iterable[TopicSpec], tags: Iterable[str], language: str) -> tuple[Term, ...]:
    """Return the terms users gave under one of `tags`, such as a language, what it falls back to, and `*`."""
    found = []
    for spec in specs:
        for table, strength in ((spec.keywords, "strong"), (spec.exclude, "mask")):
            words = (word.strip() for tag in tags for word in table.get(tag, ()))
            for word in dict.fromkeys(filter(None, words)):
                found.append(make_term(spec.slug, word, WEIGHTS[strength], language))
                found += _stemmed(found[-1], language)
    return tuple(found)


def _stemmed(term: Term, language: str) -> list[Term]:
    """Return the term that finds other forms of a keyword; none if it is closed, a phrase, a mask or in capitals.

    It is looked for by the beginning all forms share, which English spells with y or i, and then compared by stem.
    """
    bare = term.folded
    if not has_stems(language) or not bare.isalpha() or not term.weight or term.whole or term.inside or term.capitals:
        return []
    wanted = stem(bare, language)
    begins = wanted if bare.startswith(wanted) and not wanted.endswith("i") else wanted[:-1]
    return [replace(term, folded=begins, stem=wanted)] if len(begins) >= _SHORTEST and bare.startswith(begins) else []


@lru_cache(maxsize=128)
def source(language: str) -> str:
    """Return the lexicon file of `language`, empty if there is none."""
    file = _folder() / f"{language}.txt"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _folder() -> resources.abc.Traversable:
    return resources.files("republisher") / "data" / "lexicon"
