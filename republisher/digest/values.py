"""The values digests are made of: who reads, what an edition says, what is sent; frozen, like those of `model`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

from republisher.model import LanguageTag

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.model import Link, Person

LIMIT: Final = 8
"""Articles of a channel that are shown; the others are counted."""
Frequency = Literal["daily", "weekly", "monthly"]
SubscriberState = Literal["pending", "active", "unsubscribed"]
EditionState = Literal["built", "approved", "sending", "sent", "skipped"]
DeliveryState = Literal["pending", "sending", "committing", "sent", "deferred", "failed", "suppressed", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody who wants digests; all that is kept of a person."""

    address: str
    """As it was given, its domain in small letters; two that differ in case only are one person."""
    language: LanguageTag
    topics: tuple[str, ...] = ()
    """Slugs, sorted; none means every topic, as one channel."""
    frequency: Frequency = "weekly"
    state: SubscriberState = "active"
    since: datetime
    """When this state began."""
    consent: str = ""
    """How and when they agreed, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What some subscribers get alike: one language, some topics."""

    frequency: Frequency
    language: LanguageTag
    topics: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name for files and the ledger: `ko.economy.health`, `en.all`."""
        return ".".join((self.language, *(self.topics or ("all",))))

    @classmethod
    def named(cls, frequency: Frequency, key: str) -> Self:
        """Return the variant that has `key`."""
        language, *topics = key.split(".")
        named = () if topics == ["all"] else tuple(topics)
        return cls(frequency=frequency, language=LanguageTag(language), topics=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article in an edition."""

    id: str
    title: str
    summary: str
    """One or two lines of plain text, empty if there is nothing to say."""
    link: str
    """Absolute."""
    language: LanguageTag
    published: datetime
    source: str
    """Whom it is taken from."""
    also: tuple[Link, ...] = ()
    """Near-identical copies in other sources."""
    translations: tuple[Link, ...] = ()
    """The same story in other languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A channel in an edition."""

    topic: str
    """Its slug, `all` for a mixed one."""
    label: str
    """In the language of the edition."""
    page: str
    """Absolute address of the channel's page."""
    items: tuple[Item, ...]
    more: int = 0
    """Articles of the window that found no room; they are on the web."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """An edition in one variant, ready to be rendered."""

    name: str
    """Unique for its frequency: `2026-W47`, `2026-11-23`, `2026-11`."""
    variant: Variant
    since: datetime
    until: datetime
    """The window: published or first seen from `since` on, before `until`."""
    sections: tuple[Section, ...]
    introduction: str = ""
    """What an editor says first: safe HTML."""
    page: str = ""
    """Absolute address of the same digest on the web."""

    @property
    def count(self) -> int:
        """How many articles it shows; one that stands in two sections counts once."""
        return len({item.id for section in self.sections for item in section.items})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """A digest as it is sent, the same for every reader of the variant but for the reader's own links.

    `{unsubscribe}` and `{preferences}` stand in both texts where each reader's own address comes (already escaped).
    """

    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one reader, before it becomes bytes."""

    sender: Person
    to: str
    reply_to: str | None = None
    envelope_from: str
    """Where bounces go (VERP): tells the reader and the edition."""
    message_id: str
    """Deterministic from edition and reader, without the angle brackets."""
    subject: str
    html: str
    """Empty if the letter is plain text."""
    text: str
    language: LanguageTag
    list_id: str
    list_name: str
    unsubscribe: tuple[str, ...]
    """URIs, https first; each under 76 characters."""
    one_click: bool
    """Whether the first is an https endpoint that obeys RFC 8058."""
    archive: str
    """Address of the digest's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A line of the ledger: one edition to one reader."""

    edition: str
    """`weekly/2026-W47`."""
    address: str
    variant: str
    message_id: str
    state: DeliveryState
    attempts: int = 0
    reply: str = ""
    """What the server said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRecord:
    """What the ledger keeps of an edition."""

    frequency: Frequency
    name: str
    """Unique for its frequency: a second edition of that name cannot be made."""
    since: datetime
    until: datetime
    state: EditionState
    created: datetime
    articles: tuple[str, ...] = ()
    """The ids of what it shows, as it was frozen."""
    approved: str = ""
    """By whom and when, in words; empty if nobody has or nobody needs to."""

    @property
    def key(self) -> str:
        """What deliveries call it: `weekly/2026-W47`."""
        return f"{self.frequency}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """An address nothing is sent to, whatever a list of subscribers says."""

    address: str
    """Empty if the person was erased: then only a keyed hash of the address is kept, to know it again."""
    reason: str
    since: datetime
