"""What of an article survives translation: numbers, names in Latin letters, links, pictures and attachments."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from republisher import text
from republisher.editions import channel_language
from republisher.identity import address
from republisher.records import AS_USUAL
from republisher.siblings import Mark, Trace
from republisher.translations.numbers import numbers, weight
from republisher.urls import host, is_web

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.model import Article
    from republisher.records import Grouping

VERSION: Final = 1
"""Raised when the same article would leave another trace."""
_MOST: Final = 40
"""Marks of a kind that are kept, those that say most."""
_SAMPLE: Final = 20_000
"""Characters of a text that are looked at."""
_HREF = re.compile(r'<a\b[^<>]*?\bhref="([^"<>]+)"')
_SRC = re.compile(r'<(?:img|audio|video|source)\b[^<>]*?\bsrc="([^"<>]+)"')
_BARE = re.compile(r"https?://[^\s<>()\"'，。、）】]+", re.ASCII)
_SIZE = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w+$)")
"""What WordPress adds to the name of a picture it has made smaller."""
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9]*(?:-[A-Za-zÀ-ɏ0-9]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;•○–·“\"'«(\[]\s*)$")
_UNITS: Final = frozenset("km cm mm kg ha mw kw gb tb mb am pm usd krw eur www http https html com".split())
_HAN = re.compile("[\u3400-\u9fff]")
_SYLLABLE = re.compile("[\u3040-\u30ff\uac00-\ud7a3]")
_SHORT_LABEL: Final = 3
_TELLING: Final = 0.4
"""What a number must say for articles to be looked up by it."""
_LEAST: Final = 3
"""Letters of a name."""


def trace(article: Article, owner: str, grouping: Grouping = AS_USUAL) -> Trace | None:
    """Return what is left of `article`, which the source `owner` brought; None if nobody knows its language."""
    language = channel_language(article.language, grouping)
    if language is None:
        return None
    words = f"{article.title}\n{text.from_safe_html(article.content) or article.summary}"[:_SAMPLE]
    return Trace(
        id=article.id,
        language=language,
        published=article.published,
        family=family(article, owner),
        topics=tuple(sorted(assignment.topic for assignment in article.topics)),
        length=_length(words),
        marks=(
            *_pictures(article),
            *_links(article, words),
            *_numbers(words, article.language),
            *_names(words, article),
        ),
    )


def family(article: Article, owner: str) -> str:
    """Return the site an article comes from: that of its address, else of its feed, else the folder of its file."""
    places = (article.link, article.origin.alternate, article.origin.self_link, owner)
    named = next((name for place in places if place and (name := site(place))), None)
    return named or owner.rpartition("/")[0] or owner


def site(place: str) -> str:
    """Return the site of an address, whatever stands before its domain: `fr.example.org` is `example.org`."""
    labels = host(place).split(".")
    second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= _SHORT_LABEL  # noqa: PLR2004
    return ".".join(labels[-3:] if second_level else labels[-2:])


def _length(words: str) -> int:
    """Return how many letters of an alphabet a text is worth: a Chinese character is worth three, a syllable two."""
    letters = sum(map(str.isalpha, words))
    return letters if words.isascii() else letters + 2 * len(_HAN.findall(words)) + len(_SYLLABLE.findall(words))


def _best(found: Iterable[Mark]) -> list[Mark]:
    unique = {mark.value: mark for mark in found}
    return sorted(unique.values(), key=lambda mark: (-mark.weight, mark.value))[:_MOST]


def _pictures(article: Article) -> list[Mark]:
    places = [unescape(place) for place in _SRC.findall(article.content)]
    places += [link.href for link in article.links if link.rel == "enclosure"]
    places += [article.thumbnail.url] if article.thumbnail else []
    return _best(
        Mark(kind="picture", value=_SIZE.sub("", address(place)), weight=2.0) for place in places if is_web(place)
    )


def _links(article: Article, words: str) -> list[Mark]:
    places = [*map(unescape, _HREF.findall(article.content)), *(one.rstrip(".,;:!?") for one in _BARE.findall(words))]
    return _best(
        Mark(kind="link", value=address(place), weight=1.2)
        for place in places
        if is_web(place) and place != article.link and _leads_somewhere(place)
    )


def _leads_somewhere(place: str) -> bool:
    """Tell whether an address is more than the front page of a site, or of one of its languages."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return False
    return len(parts.path.strip("/")) > 5 or bool(parts.query)  # noqa: PLR2004  # `zh-tw` is a language


def _numbers(words: str, language: str) -> list[Mark]:
    found = {value: weight(value) for value in numbers(_BARE.sub(" ", words), language)}
    return _best(
        Mark(kind="number", value=value, weight=said, indexed=said >= _TELLING) for value, said in found.items()
    )


def _names(words: str, article: Article) -> list[Mark]:
    """Return names and acronyms: what is in Latin letters at all, or in capitals if everything is in Latin letters."""
    words = _BARE.sub(" ", words)
    letters = sum(map(str.isalpha, words))
    latin = sum(len(word) for word in _LATIN_WORD.findall(words)) > letters // 2
    authors = {_folded(author.name) for author in article.authors}
    return _best(
        Mark(kind="name", value=name, weight=0.5 if telling else 0.35)
        for word, telling in _candidates(words, latin=latin)
        if (name := _folded(word)) not in _UNITS and name not in authors
    )


def _candidates(words: str, *, latin: bool) -> Iterator[tuple[str, bool]]:
    """Yield names, and whether they could hardly be common words."""
    for match in _LATIN_WORD.finditer(words):
        word = match.group()
        if latin and word.islower() and word.isalpha():
            continue
        before = words[max(match.start() - 3, 0) : match.start()]
        if _is_telling(word) or (not latin and len(word) >= _LEAST):
            yield word, True
        elif len(word) > _LEAST and word[0].isupper() and not _BEGINS.search(before):
            yield word, False


def _is_telling(word: str) -> bool:
    """Tell whether a word is an acronym, a trade name or a code: `WHO`, `BioNTech`, `COVID-19`."""
    return len(word) > 1 and (word.isupper() or any(sign.isupper() or sign.isdigit() for sign in word[1:]))


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()
