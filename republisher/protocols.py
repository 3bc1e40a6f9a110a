"""The seams: one job each, its errors documented, a fake of at most thirty lines in `tests/fakes.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from republisher.health import Trouble
    from republisher.model import (
        Article,
        Assignment,
        Channel,
        Document,
        Edition,
        ParsedFeed,
        Sibling,
        Source,
        Validators,
    )
    from republisher.records import Answer, Change, Placement, Published, Run, SourceStatus, Stored, Visit, Wanted
    from republisher.schedule import SourceState
    from republisher.siblings import Carrier, Guess, Settled, Statement, Trace

Parser = Callable[["Document"], "ParsedFeed"]
"""Pure; raises `ParseError` and nothing else, whatever the bytes are."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of it are done, and how many there are."""

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
    archived: bool = False
    """Whether older articles are published in archive documents of this format too (RFC 5005 §4)."""


class Transport(Protocol):
    """Where documents come from."""

    def locate(self, source: Source) -> tuple[str, ...]:
        """Return the locations of the documents `source` stands for, sorted; raise `FetchError` if there are none."""

    def fetch_all(self, wanted: Sequence[Wanted]) -> Iterator[Answer]:
        """Yield an answer for each of `wanted`, in their order; what cannot be had is an answer with an error."""


class Classifier(Protocol):
    """What finds the topics of an article."""

    version: str
    """Changes whenever the same article could get another answer."""

    def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[Assignment, ...]:
        """Return the topics of `article`, best first; `given` are those its source was set to. Pure."""


class Pages(Protocol):
    """What makes the pages people read; pure, like every renderer."""

    def article(self, article: Article) -> bytes:
        """Return the page that is the home of `article`."""

    def channel(self, edition: Edition) -> bytes:
        """Return the page of a channel."""

    def sources(self, statuses: Sequence[SourceStatus], troubles: Sequence[Trouble]) -> bytes:
        """Return the page that says where articles come from, and how those places fare."""

    def index(self, channels: Sequence[Channel], counts: Mapping[str, int]) -> bytes:
        """Return the landing page; `counts` are articles by channel path."""


class Translations(Protocol):
    """What is known of the same story in several languages; every method raises `StoreError` when the store fails."""

    def unsettled(self) -> dict[str, bool]:
        """Return the articles to be looked at, and whether their traces are those of now."""

    def unsettle(self, ids: Iterable[str] | None) -> None:
        """Have articles looked at again; without `ids`, all of them."""

    def declare(self, location: str, statements: Sequence[Statement]) -> None:
        """Keep what the document at `location` says; of the same addresses it is its last word, others stay."""

    def retrace(
        self, traces: Mapping[str, Trace | None], statements: Mapping[str, Statement | None], also: Iterable[str]
    ) -> None:
        """Replace traces, and what articles say of others; `also` are articles to be looked at because of that."""

    def traced(self, ids: Iterable[str], also: Iterable[str]) -> None:
        """Note that the traces of articles are those of now, and have others looked at because of that."""

    def traces(self, ids: Iterable[str]) -> dict[str, Trace]:
        """Return the traces of those of `ids` that leave any."""

    def settled_about(self, week: int) -> bool:
        """Tell whether any article of these weeks need not be looked at."""

    def carriers(self, key: str, week: int, limit: int) -> tuple[Carrier, ...]:
        """Return at most `limit` articles of a week and those beside it that have a mark."""

    def addresses(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the articles by every address they were ever known at."""

    def statements(self, ids: Iterable[str], addresses: Iterable[str]) -> tuple[Statement, ...]:
        """Return what the articles say, and what anybody says of the addresses."""

    def guesses(self, ids: Iterable[str]) -> dict[str, tuple[Guess, ...]]:
        """Return the best guess of each of `ids` in each language."""

    def siblings(self, ids: Iterable[str]) -> dict[str, tuple[Sibling, ...]]:
        """Return the same stories in other languages, by article, of those of `ids` that have any."""

    def outlines(self, ids: Iterable[str]) -> dict[str, Sibling]:
        """Return those of `ids` that are stored and were not withdrawn, as they are shown beside another article."""

    def owners(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the keys of the sources that speak for those of `ids` that are stored."""

    def translated(self) -> dict[str, str]:
        """Return every article that is there in other languages, with a digest of what is shown of that."""

    def settle(self, settled: Settled, done: Iterable[str]) -> None:
        """Keep what was decided; `done` need not be looked at again."""


class Store(Translations, Protocol):
    """Where articles stay; every method raises `StoreError` when the store fails."""

    def identities(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the article ids the ledger holds for those of `keys` it knows."""

    def stored(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Return those of `ids` that are stored."""

    def at_home(self) -> tuple[tuple[str, str, str], ...]:
        """Return id, page name and a digest of what is shown of every article whose home is our page."""

    def outdated(self, rules: str, limit: int) -> tuple[Article, ...]:
        """Return at most `limit` articles whose topics other `rules` gave."""

    def sources_of(self, article: str) -> tuple[str, ...]:
        """Return the keys of the sources that brought `article`, the first one first."""

    def reclassify(self, changes: Sequence[tuple[Article, tuple[str, ...]]], rules: str) -> None:
        """Give articles their new topics and language and the channels that follow from them; nothing else changes."""

    def validators(self, location: str) -> Validators | None:
        """Return what told the document at `location` apart when it was last stored, if it ever was."""

    def save(
        self, document: Document, title: str | None, changes: Iterable[Change], ledger: Mapping[str, str], now: datetime
    ) -> None:
        """Keep what came out of `document`, all or nothing; `ledger` maps every key met to its article."""

    def remember(self, source: str, location: str, validators: Validators) -> None:
        """Remember new validators of a document whose content is the stored one."""

    def recover(self, sources: Iterable[str]) -> None:
        """End the failures of those `sources` of which everything was had again."""

    def fail(self, source: str, message: str, now: datetime) -> None:
        """Remember that `source` failed, and since when."""

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Return how every source fares that was ever read, by key."""

    def members(self, source: str) -> tuple[Source, ...] | None:
        """Return the feeds the subscription list `source` named when it was last read; None if it is no list."""

    def set_members(self, source: str, members: Iterable[Source]) -> None:
        """Remember which feeds the subscription list `source` names now."""

    def pace(self, location: str) -> SourceState | None:
        """Return what is remembered of the requests to `location`."""

    def set_paces(self, paces: Mapping[str, SourceState]) -> None:
        """Remember requests, by location."""

    def alike(self, sketch: Sequence[int]) -> tuple[Article, ...]:
        """Return the articles that share a part of `sketch` and are no copies themselves, the first stored first."""

    def outdate(self, names: Iterable[str]) -> None:
        """Have the topics of articles looked at again in this run; they are named by id, link or page."""

    def copies(self, article: str) -> tuple[str, ...]:
        """Return the ids of the articles that are listed with `article` as its near-identical copies."""

    def copied(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of `ids` that are listed as copies of another article."""

    def withdraw(self, ids: Iterable[str], reason: str, now: datetime) -> int:
        """Take articles out of every channel for good; return how many were still there."""

    def withdrawn(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of `ids` that were withdrawn."""

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield id and link of every article that has a home of its own and was not withdrawn."""

    def channels(self) -> dict[str, int]:
        """Return the number of articles in each channel that has any."""

    def live(self, channel: str) -> tuple[Placement, ...]:
        """Return what is in no archive document of `channel`, newest first."""

    def archived(self, channel: str, number: int) -> tuple[Placement, ...]:
        """Return what archive document `number` of `channel` carries, newest first."""

    def archives(self, channel: str) -> tuple[int, ...]:
        """Return the numbers of the archive documents of `channel`, oldest first."""

    def archive(self, channel: str, number: int, articles: Sequence[str]) -> None:
        """Move `articles` from the live feed of `channel` into its archive document `number`."""

    def published(self) -> dict[str, Published]:
        """Return every file as it was last written, by path."""

    def record(self, written: Iterable[Published], removed: Iterable[str]) -> None:
        """Remember which files were written and which are gone."""

    def note(self, key: str) -> str | None:
        """Return what was noted under `key`."""

    def set_note(self, key: str, value: str) -> None:
        """Note `value` under `key`."""

    def add_run(self, run: Run, visits: Iterable[Visit] = ()) -> None:
        """Remember a run and what it met."""


class Output(Protocol):
    """Where published files go; every method raises `PublishError` when it cannot."""

    def intact(self, file: Published) -> bool:
        """Tell whether a published file is still as it was written."""

    def read(self, path: str) -> bytes | None:
        """Return what stands at `path` now, None if nothing does."""

    def write(self, files: Iterable[tuple[str, bytes]]) -> tuple[tuple[Published, ...], tuple[str, ...]]:
        """Bring files into place; return what stands there now, and the paths that were really written."""

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away."""
