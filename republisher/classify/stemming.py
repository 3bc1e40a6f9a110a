"""Stems (Snowball's): who types *policies* means *policy* as well, and with *vaccines* also *vaccination*."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_ALGORITHMS: Final = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "it": "italian", "nb": "norwegian",
    "nl": "dutch", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """Return the stem of `word`, in small letters, itself where there is no algorithm for its language."""
    return _stemmer(language)(word)


def has_stems(language: str) -> bool:
    """Say whether words of this language can be stemmed."""
    return language in _ALGORITHMS


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Callable[[str], str]:
    if not has_stems(language):
        return lambda word: word
    import snowballstemmer  # noqa: PLC0415  # only who has keywords of their own pays for it

    algorithm: Callable[[str], str] = snowballstemmer.stemmer(_ALGORITHMS[language]).stemWord
    return algorithm
