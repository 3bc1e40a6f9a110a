"""Languages by the names they have in themselves (CLDR)."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from republisher.language import fallbacks
from republisher.model import LanguageTag

_IN_CLDR = {"tl": "fil"}
"""Languages CLDR keeps under another tag."""


def autonym(language: str) -> str:
    """Return the name a language has in itself, the tag if nobody knows."""
    for tag in fallbacks(LanguageTag(language)):
        try:
            locale = Locale.parse(_IN_CLDR.get(tag, tag.replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            continue
        return locale.get_display_name(locale) or tag
    return language
