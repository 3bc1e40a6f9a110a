"""The seams: one job each, its errors documented, a fake of at most thirty lines in `tests/fakes.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from republisher.model import (
        Article,
        Assignment,
        Document,
        Edition,
        ParsedFeed,
        Source,
        Validators,
    )

Parser = Callable[["Document"], "ParsedFeed"]
"""Pure; raises `ParseError` and nothing else, whatever the bytes are."""

Renderer = Callable[["Edition"], bytes]
"""Pure: the same edition gives the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A row of the output table."""

    name: str
    ending: str
    """With its dot; nginx, Apache and Caddy know the media type by it."""
    media_type: str
    render: Renderer


class Transport(Protocol):
    """Where documents come from."""

    def locate(self, source: Source) -> tuple[str, ...]:
        """Return the locations of the documents `source` stands for, sorted; raise `FetchError` if there are none."""

    def fetch(self, source: Source, location: str, known: Validators | None) -> Document | None:
        """Return the document at `location`, or None if `known` shows it unchanged; raise `FetchError`."""


class Classifier(Protocol):
    """What finds the topics of an article."""

    version: str
    """Changes whenever the same article could get another answer."""

    def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[Assignment, ...]:
        """Return the topics of `article`, best first; `given` are those its source was set to. Pure."""
