"""Who signed an entry of a text dump: the words before its title, which follow the entry before without a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from republisher.model import Person
from republisher.text import plain

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_URL_AT_END = re.compile(r"(?:^|(?<=\s))https?://\S+$")
_URL = re.compile(r"https?://\S+")
_GENERATOR = re.compile(
    r"(?:WordPress|Drupal|Joomla!?|Blogger|Ghost|Hugo|Jekyll|Medium|Tistory|TYPO3)(?:[ /]v?\d[\d.]*)?(?!\S)",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?:[.!?…。！？؟۔][\"'”’»)\]]*|[”’»」』\"]|\]\]>|</\w+>|[ \t\u3000](?=[ \t\u3000]))\s+(?:\d{1,6}\s+)?(?=\S)"
)
"""The end of a sentence, a quotation or markup, or what is left of a blank line; perhaps with a number of comments."""
_COUNT = re.compile(r"\d{1,6}\s+(?=\S)")
_COUNT_INSIDE = re.compile(r"(?<=\s)\d{1,6}\s+(?=\S)")
_NOT_A_NAME = re.compile(r"[.!?…:;。，,\"”»]$|^[□■○●◦•▪▫▶▷–—*·-]\s|[<>]")
_WORDS: Final = 6
_LETTERS: Final = 80
_NEAR: Final = 500
_WORD = re.compile(r"(?<!\S)\S")


class Signed(NamedTuple):
    """The text of an entry, and who signed the next one."""

    text: str
    author: Person | None = None


def split(
    texts: Iterable[str], first: Person | None, known: Iterable[str] = (), *, rich: bool = False
) -> Iterator[Signed]:
    """Take the signature off the end of each text; names found once are recognised in running text.

    In `rich` dumps a lone number before a name is the comment count of the entry before.
    """
    names = {*((first.name,) if first else ()), *known}
    for text in texts:
        signed = _split(text.rstrip(), names, rich=rich)
        if signed.author:
            names.add(signed.author.name)
        yield signed


def _split(text: str, known: Container[str], *, rich: bool) -> Signed:
    url = _URL_AT_END.search(text, max(0, len(text) - _NEAR))
    if url:
        text = text[: url.start()].rstrip()
    place = _place(text, known, rich=rich)
    if place is None:
        return Signed(f"{text} {url.group()}" if url else text)
    return Signed(text[:place].rstrip(), Person(name=plain(text[place:]), uri=url.group() if url else None))


def _place(text: str, known: Container[str], *, rich: bool) -> int | None:
    """Return where the name at the end of `text` begins."""
    line = text.rfind("\n") + 1
    near = max(line, len(text) - _NEAR)
    breaks = [match.end() for match in _BREAK.finditer(text, near)]
    familiar = [
        word.start() for word in _WORD.finditer(text, max(0, len(text) - _LETTERS)) if text[word.start() :] in known
    ]
    for place in familiar:
        if place in breaks or not place:
            return place
    count = _COUNT.match(text, line)
    start = count.end() if count else line
    if line and _is_name(text[start:]):
        return start
    if familiar:
        return familiar[0]
    if rich:
        breaks += (match.end() for match in _COUNT_INSIDE.finditer(text, near))
    start = max(breaks, default=start)
    return start if _is_name(text[start:]) else None


def _is_name(text: str) -> bool:
    return bool(text) and len(text) <= _LETTERS and len(text.split()) <= _WORDS and not _NOT_A_NAME.search(text)


def undated(text: str) -> tuple[str, str | None, Person | None]:
    """Return the names of the feed, its generator and the first author, from a head without a date.

    The author is what stands in its last line, or all there is, unless that is too long for a name.
    """
    text = text.strip()
    url = _URL_AT_END.search(text)
    names, _, rest = (text[: url.start()] if url else text).rstrip().rpartition("\n")
    generator = _GENERATOR.match(rest)
    name = rest[generator.end() :].strip() if generator else rest.strip()
    if not _is_name(name):
        return text, None, None
    person = Person(name=plain(name), uri=url.group() if url else None)
    return names, generator.group() if generator else None, person


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
