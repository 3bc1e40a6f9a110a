"""The same story in several languages: what is declared is believed within reason, the rest is guessed and marked."""

from republisher.translations.settling import parted, settle, settled_under, statements

__all__ = ["parted", "settle", "settled_under", "statements"]
