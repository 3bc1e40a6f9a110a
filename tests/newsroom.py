"""A newsroom for tests: a store in memory, a fake world around it, and the two lines to be run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from builders import NOON, site, topics
from fakes import FakeClassifier, FakeOutput, FakeTransport
from republisher.editions import Words
from republisher.ingest import Intake, Tally, honour_opt_outs, ingest, reclassify
from republisher.model import Article, Channel, Edition, Source
from republisher.parse import parse
from republisher.publish import Issue, Press, publish
from republisher.records import AS_USUAL, Grouping
from republisher.render import make_feed_formats, render_opml
from republisher.siblings import Verdicts
from republisher.translations import settle
from republisher.understand import Mind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from republisher.health import Trouble
    from republisher.records import SourceStatus
    from republisher.store import SqliteStore

ATOM = "{http://www.w3.org/2005/Atom}"
START = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


def entry(
    number: int, title: str = "News of health", *, updated: str = "2026-03-04T09:00:00Z", language: str = "en"
) -> str:
    """Return an Atom entry; `number` makes its id and its hour."""
    return (
        f'<entry xml:lang="{language}"><id>urn:example:{number}</id><title>{title} {number}</title>'
        f"<updated>{updated}</updated><published>2026-03-{1 + number // 24:02}T{number % 24:02}:00:00Z</published>"
        f'<link href="https://source.example/{number}"/>'
        f'<content type="html">&lt;p&gt;Text {number}.&lt;/p&gt;</content></entry>'
    )


def feed(*entries: str) -> bytes:
    """Return an Atom document."""
    head = "<id>urn:feed</id><title>Source</title><updated>2026-03-04T09:00:00Z</updated>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'.encode()


class PlainPages:
    """Pages that hold little more than names."""

    def article(self, article: Article) -> bytes:
        return f"<article>{article.title}".encode()

    def channel(self, edition: Edition) -> bytes:
        return f"<h1>{edition.channel.title}{[article.title for article in edition.articles]}".encode()

    def sources(self, statuses: Sequence[SourceStatus], troubles: Sequence[Trouble]) -> bytes:
        return f"{[status.title for status in statuses]} {troubles}".encode()

    def index(self, channels: Sequence[Channel], counts: Mapping[str, int]) -> bytes:
        return f"{[channel.path for channel in channels]} {counts}".encode()


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def list_of_channels(channels: Sequence[Channel], moment: datetime) -> bytes:
    """Return the real subscription list."""
    return render_opml("Site", channels, site(), moment)


@dataclass
class Newsroom:
    """A store in memory with a fake world around it."""

    store: SqliteStore
    transport: FakeTransport = field(default_factory=lambda: FakeTransport({}))
    output: FakeOutput = field(default_factory=FakeOutput)
    classifier: FakeClassifier = field(default_factory=FakeClassifier)
    sources: tuple[Source, ...] = (Source(key="feeds/", location="feeds/"),)
    opt_out: tuple[str, ...] = ()
    grouping: Grouping = AS_USUAL
    verdicts: Verdicts = field(default_factory=Verdicts)
    now: datetime = START
    opml: Callable[[Sequence[Channel], datetime], bytes] = field(default_factory=lambda: list_of_channels)

    def take_in(self, *, reread: bool = False) -> Tally:
        mind = Mind(
            classifier=self.classifier,
            store=self.store,
            authority="feeds.example.org,2026",
            rules=self.classifier.version + repr(self.grouping) + repr(self.sources),
            grouping=self.grouping,
            opt_out=self.opt_out,
            now=self.now,
        )
        intake = Intake(transport=self.transport, parse=parse, mind=mind, reread=reread)
        tally = ingest(self.sources, intake, quiet)
        tally.reclassified = reclassify(self.sources, mind)
        tally.withdrawn += honour_opt_outs(mind)
        settle(self.store, self.verdicts, self.grouping)
        return tally

    def publish(self, state: str = "1") -> Issue:
        press = Press(
            store=self.store,
            output=self.output,
            formats=make_feed_formats(site(), topics()),
            pages=PlainPages(),
            opml=self.opml,
            site=site(),
            topics=topics(),
            words=Words(everything={"en": "All articles"}, all_languages="all languages"),
            began=NOON,
            state=state,
        )
        return publish(press, quiet)

    def run(self) -> tuple[Tally, Issue]:
        return self.take_in(), self.publish()

    def ids(self, path: str) -> list[str]:
        tree = etree.fromstring(self.output.files[path])
        return [str(one.findtext(f"{ATOM}id")) for one in tree.iter(f"{ATOM}entry")]

    def facts(self, path: str) -> list[tuple[str, ...]]:
        """Return id and dates of the articles a feed carries."""
        tree = etree.fromstring(self.output.files[path])
        fields = [f"{ATOM}{name}" for name in ("id", "published", "updated")]
        return [tuple(str(one.findtext(name)) for name in fields) for one in tree.iter(f"{ATOM}entry")]
