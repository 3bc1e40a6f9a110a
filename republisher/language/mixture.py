"""Texts in several languages: which ones, and which passage is in which.

Press offices put a translation below the original, or an English title above a text in their own language. Passages are
told apart by their letters, and where those are the same, by their small words; detectors only confirm what was found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from republisher.language.detection import near, recognised
from republisher.language.scripts import WEIGHTS, letters_of, scripts_of
from republisher.language.tags import primary
from republisher.language.words import evidence
from republisher.model import UNDETERMINED

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator, Sequence

    from republisher.model import LanguageTag

_READ = 6_000
"""Characters after which a text has shown what it is written in."""
_SENTENCE = re.compile(r"(?<=[.!?。！？؟।።])\s+")
_PASSAGE = 120
"""Characters up to which sentences of one block are looked at together."""
_TAIL = 300
_LEAST = 60
"""Letters of another language that are more than a quotation."""
_SHARE = 0.2
"""Of a text that must be in another language for it to count."""
_FIRST = 1.5
"""What the part that comes first counts: a translation below an original may be longer and is still a translation."""
_FOREIGN = 3.0
"""Points by which the words of a passage must speak for another language than that of the article."""


def mixture(main: LanguageTag, title: str, text: str) -> tuple[LanguageTag, tuple[LanguageTag, ...]]:
    """Return the language of the larger part of an article taken to be in `main`, and the others it contains."""
    if main == UNDETERMINED or not _suspicious(main, title, text):
        return main, ()
    groups: dict[str, list[str]] = {}
    for passage in _passages(text):
        groups.setdefault(_group(main, passage), []).append(passage)
    parts = {group: "\n".join(passages) for group, passages in groups.items()}
    least = max(_LEAST, _SHARE * sum(map(_size, parts.values())))
    sizes = {main: 0.0}
    for order, (group, part) in enumerate(parts.items()):
        if group == "" or _size(part) >= least:
            tag = _confirmed(main, group, part)
            sizes[tag] = sizes.get(tag, 0) + _size(part) * (1 if order else _FIRST)
    tag = _confirmed(main, _group(main, title), title)
    sizes[tag] = sizes.get(tag, 0) + _size(title)
    largest = max(sizes, key=lambda tag: sizes[tag])
    return largest, tuple(tag for tag in sizes if tag != largest and sizes[tag])


def _confirmed(main: LanguageTag, group: str, part: str) -> LanguageTag:
    """Return the language of a part that seems to be in another one than `main`, if a detector finds a far one too."""
    tag = recognised(part) if group else main
    return tag if tag != UNDETERMINED and tag not in near(main) and primary(tag) != primary(main) else main


def apart(languages: Sequence[LanguageTag], title: str, text: str) -> Iterator[tuple[LanguageTag, str, str]]:
    """Yield for each of `languages` the title, if it is in it, and the passages that are; every passage once."""
    if len(languages) == 1:
        yield languages[0], title, text
        return
    chosen = [(_nearest(languages, passage), passage) for passage in _passages(text, len(text))]
    titled = _nearest(languages, title)
    for language in languages:
        passages = "\n".join(passage for tag, passage in chosen if tag == language)
        if passages or titled == language:
            yield language, title if titled == language else "", passages


def _suspicious(main: LanguageTag, title: str, text: str) -> bool:
    """Say whether letters, or the words of the title or the end, are hardly those of `main`; cheap, as asked of all."""
    letters = letters_of(text[:_READ])
    if _alien(letters, main) >= _SHARE * _weighed(letters) > 0:
        return True
    return any(_group(main, passage) for passage in (title, text[:_READ][-_TAIL:]) if passage)


def _group(main: LanguageTag, passage: str) -> str:
    """Return the script or the language that sets `passage` apart from a text in `main`, empty if nothing does."""
    letters = letters_of(passage)
    if 2 * _alien(letters, main) > _weighed(letters):
        return max(letters.keys() - scripts_of(main), key=lambda script: (letters[script], script))
    if "Latn" not in letters:
        return ""
    said = evidence(passage)
    best = max(said, key=lambda tag: (said[tag], tag), default="")
    own = max((points for tag, points in said.items() if tag in {main, primary(main), *near(main)}), default=0.0)
    return best if best and said[best] >= own + _FOREIGN else ""


def _nearest(languages: Iterable[LanguageTag], passage: str) -> LanguageTag:
    """Return which of `languages` a passage is in: by its letters first, then by its words, the first one in doubt."""
    letters, said = letters_of(passage), evidence(passage)
    return max(
        languages,
        key=lambda tag: (
            2 * _alien(letters, tag) <= _weighed(letters),
            max(said.get(tag, 0.0), said.get(primary(tag), 0.0)),
        ),
    )


def _passages(text: str, most: int = _READ) -> Iterator[str]:
    """Yield sentences in the order they come, short ones of one block together."""
    for block in text[:most].split("\n"):
        passage = ""
        for sentence in _SENTENCE.split(block):
            if passage and len(passage) + len(sentence) > _PASSAGE:
                yield passage
                passage = ""
            passage = f"{passage} {sentence}" if passage else sentence
        if passage:
            yield passage


def _weighed(letters: Counter[str]) -> int:
    return sum(count * WEIGHTS.get(script, 1) for script, count in letters.items())


def _alien(letters: Counter[str], tag: LanguageTag) -> int:
    """Return the weight of the letters that are none of the language `tag`."""
    own = scripts_of(tag)
    return sum(count * WEIGHTS.get(script, 1) for script, count in letters.items() if script not in own)


def _size(passage: str) -> int:
    return _weighed(letters_of(passage))
