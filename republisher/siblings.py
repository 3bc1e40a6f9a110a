"""What is known of articles that may tell the same story in several languages; values for the store and its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.model import Sibling

Kind = Literal["number", "name", "link", "picture"]
Pair = tuple[str, str]
"""Two article ids, the smaller first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """That somebody says some addresses hold one story in several languages."""

    id: str
    """The article that says so of itself and others, or a digest of what a document says."""
    speaker: str
    """The article, or the location of the document."""
    members: tuple[tuple[str, str], ...]
    """Keys of addresses as the ledger has them, each with the language it is said to be in, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something in an article that a translator leaves as it is."""

    kind: Kind
    value: str
    weight: float
    """How much it says, before it is known how many others have it."""
    indexed: bool = True
    """Whether articles are looked up by it; small numbers and years are in too many."""

    @property
    def key(self) -> str:
        """What it is looked up by."""
        return f"{self.kind} {self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is left of an article when its language is taken away."""

    id: str
    language: str
    """That of its channel: regions are one, scripts are not."""
    published: datetime
    family: str
    """The site it comes from, without what tells its languages apart."""
    topics: tuple[str, ...]
    length: int
    """Letters, those of scripts that need fewer for the same counted more."""
    marks: tuple[Mark, ...]

    @property
    def week(self) -> int:
        """Number of the week it was published in, since the epoch."""
        return int(self.published.timestamp()) // (7 * 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """That an article has a mark."""

    article: str
    language: str
    week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The article in another language that one is most probably the same story as."""

    article: str
    other: str
    language: str
    """Of the other one."""
    confidence: float
    """From 0 to 1."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was decided about some articles, all of it to be kept at once."""

    guesses: dict[str, tuple[Guess, ...]]
    """By article: its best guess in each language."""
    siblings: dict[str, tuple[Sibling, ...]]
    """By article; without any, it stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What the editor has decided; it always holds."""

    confirmed: frozenset[Pair] = frozenset()
    """The same story, whatever anybody says."""
    denied: frozenset[Pair] = frozenset()
    """Not the same story, whatever anybody says."""
    excluded: frozenset[str] = frozenset()
    """Articles that are not shown, so that none may point to them."""


def pair(one: str, other: str) -> Pair:
    """Return two article ids as they are kept."""
    return (one, other) if one < other else (other, one)
