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

from republisher import __version__, text
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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from republisher.classify import Learned, TopicClassifier
    from republisher.config import Config
    from republisher.health import Record
    from republisher.ingest import Intake, Tally
    from republisher.model import Article, Topic
    from republisher.overrides import Overrides
    from republisher.protocols import Progress
    from republisher.publish import Issue, Press
    from republisher.records import Answer
    from republisher.render.html import HtmlPages
    from republisher.siblings import Verdicts
    from republisher.transport.values import HttpSettings
    from republisher.understand import Mind

_PACKAGE = Path(__file__).parent
_READ = "read"
"""Note: the stamp every document was read under; another stamp means that all of them are looked at again."""
PUBLISHED = "published before: "
"""What the names of sources begin with that are our own feeds, read after the store was lost."""
_LEARNED = "learned"
"""Note: what was learned from editors' decisions, after a digest of what from."""
_DECIDED = "decided"
"""Note: what editors had decided when articles were last filed."""
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


def overrides(config: Config, *, strict: bool = True) -> Overrides:
    """Return what editors decided; raise `ConfigError` if their file cannot be followed.

    Unless it is to be `strict`, topics that are not in `config` are let pass.
    """
    from republisher.overrides import Overrides, parse  # noqa: PLC0415

    try:
        lines = config.overrides.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Overrides()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{config.overrides}: cannot be read ({error}) — save it as UTF-8, readable for us"
        ) from error
    known = {topic.slug for topic in topics(config)}
    return parse(lines, str(config.overrides), known if strict else None)


def classifier_of(config: Config, store: SqliteStore, decided: Overrides, *, keep: bool = False) -> TopicClassifier:
    """Return what finds topics, with what was learned from editors' decisions unless that is switched off.

    What was learned is noted in the store if it is to be kept, and taken from there while nothing of it has changed.
    """
    from republisher.classify import TopicClassifier  # noqa: PLC0415

    plain = TopicClassifier(config.topics, config.rules)
    if not config.learn or not decided.rulings:
        return plain
    return TopicClassifier(config.topics, config.rules, _learned(config, store, decided, plain, keep=keep))


def named(store: SqliteStore, names: Iterable[str]) -> dict[str, Article]:
    """Return the articles that have these names: ids, pages, or addresses however they are written."""
    from republisher.identity import link_key  # noqa: PLC0415

    keys = {name: link_key(name) for name in names if is_web(name)}
    ledger = store.identities(keys.values())
    found = {article.id: article for article in store.named({*names, *ledger.values()})}
    by_name = {name: one for one in found.values() for name in (one.id, one.link, one.slug) if name}
    return {
        name: article
        for name in names
        if (article := by_name.get(name) or found.get(ledger.get(keys.get(name, ""), ""))) is not None
    }


def _learned(config: Config, store: SqliteStore, decided: Overrides, plain: TopicClassifier, *, keep: bool) -> Learned:
    from republisher.classify import Learned, learn  # noqa: PLC0415
    from republisher.ingest import topics_given  # noqa: PLC0415
    from republisher.understand import corrections  # noqa: PLC0415

    articles = tuple({one.id: one for one in named(store, decided.names()).values()}.values())
    given = topics_given(config.sources, store)
    stamp = text.digest(
        plain.version, decided.dump(), *(repr((one.language, one.title, one.content, given(one))) for one in articles)
    )
    known, _, dumped = (store.note(_LEARNED) or "").partition(" ")
    if known == stamp:
        return Learned.load(dumped)
    found = learn(corrections(articles, decided, plain, given))
    if keep:
        store.set_note(_LEARNED, f"{stamp} {found.dump()}")
    return found


def filing(config: Config, store: SqliteStore, now: datetime) -> Callable[[Article], Article]:
    """Return what would file a stored article anew by the topics and rules of `config`."""
    from republisher.ingest import refiling  # noqa: PLC0415

    decided = overrides(config, strict=False)
    return refiling(config.sources, _mind(config, store, classifier_of(config, store, decided), decided, now))


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

    decided = overrides(config)
    mind = _mind(config, store, classifier_of(config, store, decided, keep=True), decided, now)
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
    _note_decisions(store, decided)
    tally.reclassified = ingest.reclassify(config.sources, mind)
    # What came in, or changed its language, may teach otherwise than what was there when this run began.
    mind = _mind(config, store, classifier_of(config, store, decided, keep=True), decided, now)
    tally.reclassified += ingest.reclassify(config.sources, mind)
    tally.withdrawn += ingest.honour_opt_outs(mind) if intake.reread else 0
    settle(store, _verdicts(store, decided), config.grouping)
    store.set_note(_READ, stamp)
    issue = publish.publish(press(config, store, stamp, now), progress)
    return tally, issue


def _mind(config: Config, store: SqliteStore, classifier: TopicClassifier, decided: Overrides, now: datetime) -> Mind:
    from republisher.understand import Mind  # noqa: PLC0415

    return Mind(
        classifier=classifier,
        store=store,
        overrides=decided,
        authority=config.site.authority,
        site=config.site.url,
        rules=text.digest(
            classifier.version, repr(config.grouping), *(repr((source.key, source.topics)) for source in config.sources)
        ),
        expected=config.expected,
        grouping=config.grouping,
        opt_out=config.opt_out,
        now=now,
    )


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


def _verdicts(store: SqliteStore, decided: Overrides) -> Verdicts:
    """Return which articles editors say are one story, or are not; their last word about two counts."""
    from republisher.siblings import Verdicts, pair  # noqa: PLC0415

    pairs = decided.pairs()
    articles = named(store, [name for _, one, other in pairs for name in (one, other)])
    ids = {name: article.id for name, article in articles.items()}
    said = {pair(ids[one], ids[other]): verb for verb, one, other in pairs if one in ids and other in ids}
    return Verdicts(
        confirmed=frozenset(both for both, verb in said.items() if verb == "same"),
        denied=frozenset(both for both, verb in said.items() if verb == "different"),
    )


def _note_decisions(store: SqliteStore, decided: Overrides) -> None:
    """Have those articles filed again about which editors decided something new since the last run."""
    from republisher.overrides import Overrides  # noqa: PLC0415

    before = Overrides.load(store.note(_DECIDED))
    changed = decided.changed(before)
    store.outdate({*changed, *(article.id for article in named(store, changed).values())})
    store.set_note(_DECIDED, decided.dump())


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


def _pages(config: Config, known: tuple[Topic, ...]) -> HtmlPages:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # noqa: PLC0415

    from republisher.classify import everything  # noqa: PLC0415
    from republisher.messages import Catalogues  # noqa: PLC0415
    from republisher.render.html import HtmlPages  # noqa: PLC0415

    folders = [folder for folder in (config.templates, resource("templates")) if folder]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    catalogues = Catalogues(tuple(folder / "messages" for folder in folders))
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
