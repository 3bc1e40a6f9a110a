"""What goes back and forth: documents asked for, articles stored and placed, files written, runs and what they met.

Values like those of `model`, for the lines, the store and the command; nothing here does anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from republisher.errors import SourceError
    from republisher.model import Article, Document, LanguageTag, Source, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document to be asked for."""

    source: Source
    location: str
    known: Validators | None = None
    """What it was like when it was last stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking for a document: itself, an error, or neither if it has not changed."""

    wanted: Wanted
    document: Document | None = None
    error: SourceError | None = None
    gone: bool = False
    """The server says it will not come back (410)."""
    validators: Validators | None = None
    """What to remember of a document that has not changed, if it differs from what was known."""
    fresh_for: float = 0
    """Seconds the server says its answer holds (RFC 9111 §4.2.1)."""
    retry_after: float = 0
    """Seconds the server wants to be left in peace (RFC 9110 §10.2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What became of a document that could not be used."""

    source: Source
    location: str
    message: str
    unexpected: bool = False
    """A bug of ours rather than a fault of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as the store keeps it."""

    article: Article
    owner: str
    """The key of the source that speaks for it: the first one that brought it."""
    entry: str
    """Digest of the entry it was made from; the same entry need not be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An article to be saved."""

    article: Article
    source: str
    entry: str
    """Digest of the entry it was made from."""
    rules: str
    """Version of the rules that gave it its topics."""
    channels: tuple[str, ...]
    """Paths of the channels that carry it."""
    sketch: tuple[int, ...] = ()
    """What near-identical copies are found by."""
    copy_of: str | None = None
    """Id of the article it is a near-identical copy of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """That a channel carries an article, in the live feed or in an archive document."""

    article: str
    state: str
    """Digest of the article and its topics: what is shown of it."""
    size: int = 0
    """Bytes it is stored in; about what it takes in a feed."""
    archive: int | None = None
    """Number of the archive document, None while it is in the live feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file as it was last written."""

    path: str
    """Relative to the output directory, with `/`."""
    state: str
    """Digest of everything it was made from."""
    modified: int
    """Nanoseconds since the epoch."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source fares."""

    key: str
    title: str | None
    articles: int
    newest: datetime | None
    """When its newest article was published."""
    read: datetime | None
    """When a document of it was last read."""
    failing_since: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one run met at one location; not kept where nothing had changed."""

    source: str
    location: str
    outcome: Literal["read", "failed", "gone"]
    entries: int = 0
    new: int = 0
    changed: int = 0
    seconds: float = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run, for the history."""

    started: datetime
    seconds: float
    documents: int
    new: int
    changed: int
    failed: int
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which languages share channels, as the publisher wishes; what is not named here goes as usual."""

    channels: Mapping[LanguageTag, LanguageTag] = field(default_factory=dict)
    """By language, that of the channels its articles go to; the nearest tag counts (RFC 4647 §3.4)."""

    def __repr__(self) -> str:
        """Say the same for the same grouping, in whatever order it was written."""
        return f"Grouping({sorted(self.channels.items())})"


AS_USUAL = Grouping()
