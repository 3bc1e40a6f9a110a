"""The composition root: a configuration becomes wired objects, and they are let run. It decides nothing else.

Whatever is slow to import is imported where it is needed: most runs of a cron job find that nothing has changed, and
those should cost little more than starting Python.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from republisher import __version__, editor, text
from republisher.errors import ConfigError, SourceError
from republisher.fetch import FileTransport, Transports
from republisher.model import Source
from republisher.records import Run, Wanted
from republisher.schedule import Pace, is_due
from republisher.sources import effective
from republisher.store import SqliteStore
from republisher.urls import is_web
from republisher.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from jinja2 import Environment

    from republisher.config import Config
    from republisher.health import Record
    from republisher.ingest import Intake, Tally
    from republisher.messages import Catalogues
    from republisher.model import Topic
    from republisher.protocols import Progress
    from republisher.publish import Issue, Press
    from republisher.records import Answer
    from republisher.render.html import HtmlPages
    from republisher.transport.values import HttpSettings

_PACKAGE = Path(__file__).parent
_READ = "read"
"""Note: the stamp every document was read under; another stamp means that all of them are looked at again."""
PUBLISHED = "published before: "
"""What the names of sources begin with that are our own feeds, read after the store was lost."""
_GENERATOR = b">republisher</generator>"
FINISHED = "finished"
"""Note: the stamp of the last run that came to its end; empty while a run is at work, and after one that died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to; `tally` and `issue` are None if nothing had changed since the last one."""

    tally: Tally | None
    issue: Issue | None
    run: Run
    articles: int
    channels: dict[str, int]
    """Articles by channel path."""

    @property
    def failed(self) -> bool:
        """Whether anything went wrong that somebody should look at."""
        return bool((self.tally and self.tally.failures) or (self.issue and self.issue.kept))


def resource(name: str) -> Path:
    """Return where the shipped folder `name` is: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def open_store(config: Config, *, writing: bool = False) -> SqliteStore:
    """Open the store of `config`; raise `StoreError`, and `LockedError` if another run is writing."""
    return SqliteStore(str(config.store), writing=writing)


def topics(config: Config) -> tuple[Topic, ...]:
    """Return the shipped topics with those of `config`."""
    from republisher.classify import load_topics  # noqa: PLC0415

    return load_topics(config.topics)


def run(config: Config, now: datetime, progress: Progress) -> Outcome:
    """Take in what has changed and publish what follows from it; raise `StoreError`, `PublishError`."""
    began = perf_counter()
    with open_store(config, writing=True) as store:
        stamp = _stamp(config)
        tally, issue = None, None
        end = _end(config, stamp)
        if store.note(FINISHED) != end or _anything_new(config, store, now):
            tally, issue = _work(config, store, stamp, now, progress)
            if not issue.kept:
                store.set_note(FINISHED, end)
        result = Run(
            started=now,
            seconds=round(perf_counter() - began, 3),
            documents=tally.documents if tally else 0,
            new=tally.new if tally else 0,
            changed=tally.changed if tally else 0,
            failed=len(tally.failures) if tally else 0,
            written=len(issue.written) if issue else 0,
        )
        store.add_run(result, tally.visits if tally else ())
        channels = store.channels()
        return Outcome(tally=tally, issue=issue, run=result, articles=channels.get("all", 0), channels=channels)


def records(config: Config, store: SqliteStore) -> tuple[Record, ...]:
    """Return what is remembered of every source there is."""
    from republisher.health import Record  # noqa: PLC0415

    known = {status.key: status for status in store.statuses()}
    found = []
    for source in effective(config.sources, store):
        pace, validators = store.pace(source.location), store.validators(source.location)
        found.append(
            Record(
                source=source,
                status=known.get(source.key),
                dates=store.dates(source.key),
                visits=store.visits(source.location),
                moved_to=validators.permanent if validators else "",
                gone=bool(pace and pace.paused),
            )
        )
    return tuple(found)


def _anything_new(config: Config, store: SqliteStore, now: datetime) -> bool:
    """Tell whether there is something to ask for, or a published file is not as it was left; costs a stat for each."""
    files, writer = FileTransport(config.base), Writer(config.output)
    try:
        for source in effective(config.sources, store):
            if is_web(source.location):
                if is_due(store.pace(source.location), now):
                    return True
                continue
            for location in files.locate(source):
                if files.changed(Wanted(source=source, location=location, known=store.validators(location))):
                    return True
    except SourceError:
        return True
    return not all(writer.intact(file) for file in store.published().values())


def _work(config: Config, store: SqliteStore, stamp: str, now: datetime, progress: Progress) -> tuple[Tally, Issue]:
    from republisher import ingest, publish  # noqa: PLC0415
    from republisher.parse import parse  # noqa: PLC0415
    from republisher.translations import settle  # noqa: PLC0415

    decided = editor.overrides(config)
    mind = editor.mind_of(config, store, editor.classifier_of(config, store, decided, keep=True), decided, now)
    intake = ingest.Intake(
        transport=Transports(FileTransport(config.base), partial(_ask_web, config, now)),
        parse=parse,
        mind=mind,
        pace=Pace(least=timedelta(minutes=config.web.least_minutes), most=timedelta(hours=config.web.most_hours)),
        reread=store.note(_READ) != stamp,
    )
    store.set_note(FINISHED, "")
    if not store.published():
        _recover(config, intake, progress)
    tally = ingest.ingest(config.sources, intake, progress)
    editor.note_decisions(store, decided)
    tally.reclassified = ingest.reclassify(config.sources, mind)
    # What came in, or changed its language, may teach otherwise than what was there when this run began.
    mind = editor.mind_of(config, store, editor.classifier_of(config, store, decided, keep=True), decided, now)
    tally.reclassified += ingest.reclassify(config.sources, mind)
    tally.withdrawn += ingest.honour_opt_outs(mind) if intake.reread else 0
    settle(store, editor.verdicts_of(store, decided), config.grouping)
    store.set_note(_READ, stamp)
    issue = publish.publish(press(config, store, stamp, now), progress)
    return tally, issue


def _end(config: Config, stamp: str) -> str:
    """Return what a run that comes to its end was done under; costs no more than reading what editors decided."""
    try:
        return text.digest(stamp, config.overrides.read_bytes().hex())
    except FileNotFoundError:
        return stamp
    except OSError as error:
        raise ConfigError(
            f"{config.overrides}: cannot be read ({error.strerror}) — check its owner and rights"
        ) from error


def _recover(config: Config, intake: Intake, progress: Progress) -> None:
    """Take in what was published before, if the store that knew it is lost; whatever is amiss there is left alone."""
    from republisher.ingest import ingest  # noqa: PLC0415

    feeds = [config.output / "all.atom", *sorted((config.output / "archive" / "all").glob("*.atom"))]
    ours = [feed for feed in feeds if feed.is_file() and _GENERATOR in feed.read_bytes()[:4096]]
    if ours:
        ingest([Source(key=f"{PUBLISHED}{feed.name}", location=str(feed)) for feed in ours], intake, progress)


def _ask_web(config: Config, now: datetime, wanted: Sequence[Wanted]) -> Iterator[Answer]:
    from republisher.web import ask  # noqa: PLC0415

    return ask(http_settings(config), now, wanted)


def http_settings(config: Config | None = None) -> HttpSettings:
    """Return how the web is asked, with or without a configuration."""
    from republisher.transport.values import HttpSettings  # noqa: PLC0415

    if config is None:
        return HttpSettings(version=__version__, site="")
    return HttpSettings(
        version=__version__,
        site=config.site.url,
        contact=config.site.author.email or "",
        total=config.web.seconds,
        concurrency=config.web.hosts,
        private_hosts=config.web.private_hosts,
        proxy=config.web.proxy,
    )


def press(config: Config, store: SqliteStore, stamp: str, now: datetime) -> Press:
    """Return what publishing is done with."""
    from republisher.editions import Words  # noqa: PLC0415
    from republisher.health import troubles  # noqa: PLC0415
    from republisher.publish import Press  # noqa: PLC0415
    from republisher.render import make_feed_formats, render_opml  # noqa: PLC0415

    known = topics(config)
    formats = make_feed_formats(config.site, known)
    pages = _pages(config, known)
    return Press(
        store=store,
        output=Writer(config.output),
        formats=formats,
        pages=replace(pages, formats=formats),
        opml=lambda channels, modified: render_opml(config.site.title, channels, config.site, modified),
        site=config.site,
        topics=known,
        words=Words(
            everything=pages.everything,
            all_languages=pages.translate(config.site.language).gettext("All languages"),
            newest=lambda language: str(pages.translate(language).gettext("Newest articles")),
        ),
        sources=effective(config.sources, store),
        troubles=troubles(records(config, store), now),
        began=config.began,
        state=stamp,
    )


def templates(config: Config) -> tuple[Environment, Catalogues]:
    """Return the templates and the words of pages and mail, the user's before the shipped ones."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # noqa: PLC0415

    from republisher.messages import Catalogues  # noqa: PLC0415

    folders = [folder for folder in (config.templates, resource("templates")) if folder]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment, Catalogues(tuple(folder / "messages" for folder in folders))


def _pages(config: Config, known: tuple[Topic, ...]) -> HtmlPages:
    from republisher.classify import everything  # noqa: PLC0415
    from republisher.render.html import HtmlPages  # noqa: PLC0415

    environment, catalogues = templates(config)
    return HtmlPages(
        environment=environment,
        translate=catalogues.translations,
        site=config.site,
        topics=known,
        grouping=config.grouping,
        everything=everything().names,
        formats=(),
    )


def _stamp(config: Config) -> str:
    """Return a digest of all that may show in what is published, besides articles."""
    if config.templates and not config.templates.is_dir():
        raise ConfigError(f"{config.path}: output.templates names no folder: {config.templates}")
    folders = [_PACKAGE, resource("templates"), *([config.templates] if config.templates else [])]
    files = sorted(line for folder in folders for line in _listing(str(folder)))
    return text.digest(__version__, config.digest, *files)


def _listing(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _listing(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
