"""The digest desk: makes editions, shows them to the editor, publishes them, hands letters to the post.

    due ──► collect ──► compose ──► render ──► folder      `digest build`, as often as the editor likes
    freeze ──► publish ──► ledger.prepare ──► send         `digest send`, once

An edition's window is fixed when it is first built; its articles and texts are frozen when it is sent. It is in the
ledger from the first moment, so there can be no second one of its name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from republisher.digest.compose import Frame, compose, edition_name, window
from republisher.digest.notes import Notes, blank, read
from republisher.digest.values import Delivery, EditionRecord, Variant
from republisher.editions import article_language, channel_language
from republisher.records import AS_USUAL, Grouping
from republisher.text import digest as digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from republisher.digest.ledger import Ledger
    from republisher.digest.render import DigestPages
    from republisher.digest.values import Bodies, Digest, Frequency, Subscriber
    from republisher.model import Article, Site, Topic
    from republisher.store import SqliteStore

NOTES = "edition.toml"
"""The editor's file in an edition's folder."""
_REMEMBERED = 8
"""Editions back, whose articles are not shown again although they may have come to us anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What editions are made with."""

    ledger: Ledger
    store: SqliteStore
    pages: DigestPages
    rest: Callable[[str], str]
    """Returns in a language what articles without a topic stand under."""
    site: Site
    topics: tuple[Topic, ...]
    grouping: Grouping = AS_USUAL
    limit: int
    folder: Path
    """Where editions are put for the editor, each in a folder of its own."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An edition as it would be sent now."""

    record: EditionRecord
    digests: Mapping[str, Digest]
    """By variant."""
    bodies: Mapping[str, Bodies]
    readers: Mapping[str, tuple[Subscriber, ...]]
    """Who gets which variant; nobody gets an empty one."""
    articles: tuple[Article, ...]

    @property
    def count(self) -> int:
        """How many readers it has."""
        return sum(map(len, self.readers.values()))


def build(desk: Desk, frequency: Frequency) -> Issue:
    """Make the edition that is due, or that is being prepared, again; an empty one is recorded as skipped.

    Raise `ConfigError` if the editor's notes cannot be read.
    """
    record = _record(desk, frequency)
    issue = _issue(desk, record)
    if record.state in {"built", "approved"} and not issue.digests:
        desk.ledger.set_edition_state(record.key, "skipped")
        return replace(issue, record=replace(record, state="skipped"))
    return issue


def _record(desk: Desk, frequency: Frequency) -> EditionRecord:
    """Return the edition that is not sent yet, or a new one with the next window."""
    known = desk.ledger.editions(frequency)
    name = edition_name(frequency, desk.now)
    waiting = next((one for one in known if one.state in {"built", "approved"} or one.name == name), None)
    if waiting:
        return waiting
    previous = max((one.until for one in known), default=None)
    since, until = window(frequency, previous, desk.now)
    record = EditionRecord(frequency=frequency, name=name, since=since, until=until, state="built", created=desk.now)
    desk.ledger.add_edition(record)
    return record


def _issue(desk: Desk, record: EditionRecord) -> Issue:
    articles = _articles(desk, record)
    readers = _readers(desk.ledger.subscribers(), record.frequency, desk.grouping)
    notes = _notes(desk.folder / record.frequency / record.name / NOTES)
    frame = Frame(
        name=record.name,
        since=record.since,
        until=record.until,
        site=desk.site,
        topics=desk.topics,
        notes=notes,
        limit=desk.limit,
    )
    digests = {}
    for variant in sorted(readers, key=lambda one: one.key):
        spoken = [one for one in articles if article_language(one, desk.grouping) == variant.language]
        made = compose(variant, spoken, desk.rest(variant.language), frame)
        if made.sections:
            digests[variant.key] = made
    return Issue(
        record=record,
        digests=digests,
        bodies={key: desk.pages.bodies(one, notes.subject(one.variant.language)) for key, one in digests.items()},
        readers={variant.key: some for variant, some in readers.items() if variant.key in digests},
        articles=articles,
    )


def _articles(desk: Desk, record: EditionRecord) -> tuple[Article, ...]:
    """Return what came in the window and was published not long before it, less what was shown already."""
    shown = {
        id_
        for edition in desk.ledger.editions(record.frequency)[:_REMEMBERED]
        for id_ in edition.articles
        if edition.key != record.key
    }
    earliest = window(record.frequency, None, record.since)[0]
    found = [one for one in desk.store.came(record.since, record.until, earliest) if one.id not in shown]
    others = desk.store.siblings([one.id for one in found])
    return tuple(replace(one, translations=others.get(one.id, ())) for one in found)


def _readers(
    subscribers: Iterable[Subscriber], frequency: Frequency, grouping: Grouping
) -> dict[Variant, tuple[Subscriber, ...]]:
    """Return who gets which variant, in the order of their addresses."""
    found: dict[Variant, list[Subscriber]] = {}
    for one in subscribers:
        language = channel_language(one.language, grouping)
        if one.state == "active" and one.frequency == frequency and language:
            variant = Variant(frequency=frequency, language=language, topics=tuple(sorted(one.topics)))
            found.setdefault(variant, []).append(one)
    return {variant: tuple(some) for variant, some in found.items()}


def _notes(file: Path) -> Notes:
    return read(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else Notes()


def files(issue: Issue, pages: DigestPages) -> Iterable[tuple[str, bytes]]:
    """Yield what the editor is shown: the notes if there are none yet, and each variant as HTML, text and subject."""
    place = f"{issue.record.frequency}/{issue.record.name}"
    yield f"{place}/{NOTES}", blank(issue.record.name, issue.articles).encode()
    for key, one in issue.digests.items():
        yield f"{place}/{key}.html", pages.page(one)
        yield f"{place}/{key}.txt", f"{issue.bodies[key].subject}\n\n{issue.bodies[key].text}".encode()


def deliveries(issue: Issue, mark: Callable[[str], str]) -> tuple[Delivery, ...]:
    """Return a line of the ledger for each reader; the Message-ID follows from the edition and the reader's `mark`.

    Who knows an address must not be able to make its Message-ID: a bounce is believed by it.
    """
    record = issue.record
    return tuple(
        Delivery(
            edition=record.key,
            address=reader.address,
            variant=key,
            message_id=f"{digest_of(record.key, mark(reader.address))}@{issue.digests[key].page.split('/')[2]}",
            state="pending",
        )
        for key, readers in issue.readers.items()
        for reader in readers
    )


def frozen(issue: Issue) -> Sequence[str]:
    """Return the ids of the articles an edition shows."""
    return sorted({item.id for one in issue.digests.values() for section in one.sections for item in section.items})
