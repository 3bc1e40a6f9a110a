"""Who signed an entry of a text dump: the words before its title, which follow the entry before without a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from republisher.model import Person
from republisher.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_URL_AT_END = re.compile(r"(?:^|(?<=\s))https?://\S+$")
_URL = re.compile(r"https?://\S+")
_GENERATOR = re.compile(
    r"(?:WordPress|Drupal|Joomla!?|Blogger|Ghost|Hugo|Jekyll|Medium|Tistory|TYPO3)(?:[ /]v?\d[\d.]*)?(?!\S)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?:[.!?…。！？؟۔][\"'”’»)\]]*|\]\]>|</\w+>)\s+(?:\d{1,6}\s+)?(?=\S)")
"""The end of a sentence or of markup, perhaps with the number of comments behind it."""
_COUNT = re.compile(r"\d{1,6}\s+(?=\S)")
_NOT_A_NAME = re.compile(r"[.!?…:;。，,\"”»]$|^[□■○●◦•▪▫▶▷–—*·-]\s|[<>]")
_WORDS: Final = 6
_LETTERS: Final = 80


class Signed(NamedTuple):
    """The text of an entry, and who signed the next one."""

    text: str
    author: Person | None = None


def split(texts: Iterable[str], first: Person | None, known: Iterable[str] = ()) -> list[Signed]:
    """Take the signature off the end of each text; names found once are recognised in running text."""
    names = dict.fromkeys((*((first.name,) if first else ()), *sorted(known)))
    found = []
    for text in texts:
        signed = _split(text.rstrip(), tuple(names))
        if signed.author:
            names.setdefault(signed.author.name)
        found.append(signed)
    return found


def _split(text: str, known: tuple[str, ...]) -> Signed:
    url = _URL_AT_END.search(text)
    if url:
        text = text[: url.start()].rstrip()
    place = _place(text, known)
    if place is None:
        return Signed(f"{text} {url.group()}" if url else text)
    return Signed(text[:place].rstrip(), Person(name=plain(text[place:]), uri=url.group() if url else None))


def _place(text: str, known: tuple[str, ...]) -> int | None:
    """Return where the name at the end of `text` begins."""
    line = text.rfind("\n") + 1
    breaks = [match.end() for match in _BREAK.finditer(text, max(line, len(text) - 500))]
    for name in known:
        if text.endswith(name) and (len(text) - len(name) in breaks or len(text) == len(name)):
            return len(text) - len(name)
    count = _COUNT.match(text, line)
    start = count.end() if count else line
    if line and _is_name(text[start:]):
        return start
    for name in known:
        if text.endswith(f" {name}"):
            return len(text) - len(name)
    start = breaks[-1] if breaks else start
    return start if _is_name(text[start:]) else None


def _is_name(text: str) -> bool:
    return bool(text) and len(text) <= _LETTERS and len(text.split()) <= _WORDS and not _NOT_A_NAME.search(text)


def last_line(text: str) -> tuple[str, str]:
    """Part a head without a date into its names and the line its first author stands in."""
    names, _, rest = text.rstrip().rpartition("\n")
    return (names, rest) if names else (rest, "")


def opening(text: str) -> tuple[str | None, str | None, Person | None]:
    """Return the feed's id, its generator and the first author, from what follows the date of the feed."""
    text = text.strip()
    at_end = _URL_AT_END.search(text)
    uri = at_end.group() if at_end else None
    text = text[: at_end.start()].rstrip() if at_end else text
    other = _URL.search(text)
    text = _URL.sub(" ", text).strip()
    generator, name = _generator_and_name(text)
    if not name:
        return uri, generator, None
    return other.group() if other else None, generator, Person(name=name, uri=uri)


def _generator_and_name(text: str) -> tuple[str | None, str]:
    if match := _GENERATOR.match(text):
        return match.group(), plain(text[match.end() :])
    generator, _, name = text.rpartition("\n") if "\n" in text else text.partition(" ")
    return (plain(generator), plain(name)) if name else (None, plain(generator))
