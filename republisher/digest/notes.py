"""An editor's notes beside an edition: what is said first, what comes first, what is left out, and that it may go.

The file is made with the edition, lists its articles, and is read again until the edition is sent.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from republisher.errors import ConfigError
from republisher.language import fallbacks
from republisher.settings import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from republisher.model import Article, LanguageTag

_HEAD: Final = """\
# {name}: what an editor wants before it goes. Save this file and run `republish digest build` to see it.
#
# first         articles that come first under their heading, in this order
# drop          articles that are left out
# subject       instead of the headlines, by language
# introduction  what is said before the articles, by language, in Markdown; links as [words](https://…)
#
# Articles are named by the ids listed below, or by their addresses.

first = []
drop = []

[subject]
# en = "Water, week by week"

[introduction]
# en = \"\"\"
# Dear readers, …
# \"\"\"

# The articles there are:
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What an editor noted about an edition."""

    first: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    subjects: Mapping[str, str] = field(default_factory=dict)
    """By language."""
    introductions: Mapping[str, str] = field(default_factory=dict)
    """By language, in Markdown."""

    def subject(self, language: LanguageTag) -> str:
        """Return the subject in `language` or the nearest language there is one in, empty if there is none."""
        return _nearest(self.subjects, language)

    def introduction(self, language: LanguageTag) -> str:
        """Return the introduction in `language`, likewise."""
        return _nearest(self.introductions, language)


def _nearest(texts: Mapping[str, str], language: LanguageTag) -> str:
    return next((texts[tag] for tag in fallbacks(language) if tag in texts), "")


def read(lines: str, place: str) -> Notes:
    """Return what the file `place` says; raise `ConfigError` with every problem in it."""
    try:
        tables = tomllib.loads(lines.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: is not valid TOML: {error} — texts need quotes, lists square brackets") from error
    problems: list[str] = []
    root = Table(tables, "", problems)
    subject, introduction = root.table("subject"), root.table("introduction")
    notes = Notes(
        first=root.texts("first"),
        drop=root.texts("drop"),
        subjects={tag: subject.text(tag, "") for tag in subject.keys},
        introductions={tag: introduction.text(tag, "") for tag in introduction.keys},
    )
    for table in (subject, introduction, root):
        table.finish()
    if problems:
        raise ConfigError(*(f"{place}: {problem}" for problem in problems))
    return notes


def blank(name: str, articles: Iterable[Article]) -> str:
    """Return the file an editor begins with: nothing noted, every article named."""
    listed = "".join(f"#   {article.id}   {article.language}   {article.title}\n" for article in articles)
    return _HEAD.format(name=name) + listed
