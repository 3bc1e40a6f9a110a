"""Standards of one language: Brazilian and European Portuguese, British and American English.

They are told apart only for whoever wants channels of their own for them, and only where the spelling leaves no doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher.language.tags import primary
from republisher.language.words import spellings, tokens

if TYPE_CHECKING:
    from collections.abc import Collection

    from republisher.model import LanguageTag

_CLEAR = 2
"""How many times the words of one standard must outnumber those of another."""


def variant(text: str, among: Collection[LanguageTag]) -> LanguageTag | None:
    """Return which of the standards `among`, all of one language, `text` is written in, None if nothing tells."""
    used = tokens(text)
    language = {primary(tag) for tag in among}
    counts = {tag: len(used & words) for tag, words in spellings().items() if primary(tag) in language}
    for tag in among:
        rivals = max((count for other, count in counts.items() if other != tag), default=0)
        if counts.get(tag, 0) >= max(1, _CLEAR * rivals):
            return tag
    return None
