"""The first straight line, from documents to stored articles; each arrow is one call.

    locate ──► fetch ──► parse ──► identify ──► normalise ──► classify ──► store.save
    Source    →Document →ParsedFeed →Identified  →Article      →Change       one transaction a document

It meets `publish` only in the store, so each can be run, tested and repeated alone. Whatever is decided is decided by
the pure functions called here. A document that fails is a value, not an exception.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from republisher import normalise as normal
from republisher import text
from republisher.editions import channel_paths
from republisher.errors import RepublisherError, SourceError
from republisher.identity import all_keys, identify
from republisher.model import Change, Failure, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from republisher.identity import Identified
    from republisher.model import Article, Document, LanguageTag, ParsedFeed, Source, Stored
    from republisher.protocols import Classifier, Parser, Progress, Store, Transport

log = logging.getLogger(__name__)
_BATCH = 500
"""Articles reclassified in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What an ingest is done with."""

    transport: Transport
    parse: Parser
    classifier: Classifier
    store: Store
    authority: str
    rules: str
    """Version of everything that gives an article its topics: the classifier and what sources were set to."""
    expected: tuple[LanguageTag, ...] = ()
    reread: bool = False
    """Look at every document again, changed or not, because the program or its configuration changed."""
    now: datetime


@dataclass(slots=True, kw_only=True)
class Tally:
    """What an ingest came to."""

    documents: int = 0
    """Read."""
    unchanged: int = 0
    """Documents that did not need to be read."""
    articles: int = 0
    """Met in the documents that were read."""
    new: int = 0
    changed: int = 0
    reclassified: int = 0
    failures: list[Failure] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """What was odd, with the location of the document."""


def ingest(sources: Sequence[Source], intake: Intake, progress: Progress) -> Tally:
    """Read every document of `sources` that may have changed and keep what it says; raise `StoreError`.

    A source that fails is noted and the next one is read.
    """
    tally = Tally()
    located = [(source, location) for source in sources for location in _locate(source, intake, tally)]
    for number, (source, location) in enumerate(located):
        progress("reading", number, len(located))
        try:
            _take_in(source, location, intake, tally)
        except SourceError as error:
            _fail(Failure(source=source, location=location, message=str(error)), intake, tally)
        except RepublisherError:
            raise
        except Exception as error:
            log.exception("%s: unexpected error", location)
            message = f"{location}: unexpected error ({error!r}) — please report it with this document"
            _fail(Failure(source=source, location=location, message=message, unexpected=True), intake, tally)
    progress("reading", len(located), len(located))
    return tally


def reclassify(sources: Sequence[Source], intake: Intake) -> int:
    """Give the articles whose topics older rules gave new ones, without parsing anything; return how many moved."""
    given = {source.key: source.topics for source in sources}
    moved = 0
    while batch := intake.store.outdated(intake.rules, _BATCH):
        changes = []
        for article, brought_by in batch:
            wanted = tuple(dict.fromkeys(topic for key in brought_by for topic in given.get(key, ())))
            topics = intake.classifier.classify(article, wanted)
            moved += {topic.topic for topic in topics} != {topic.topic for topic in article.topics}
            changed = replace(article, topics=topics)
            changes.append((changed, channel_paths(changed)))
        intake.store.reclassify(changes, intake.rules)
    return moved


def _locate(source: Source, intake: Intake, tally: Tally) -> tuple[str, ...]:
    try:
        return intake.transport.locate(source)
    except SourceError as error:
        _fail(Failure(source=source, location=source.location, message=str(error)), intake, tally)
        return ()


def _fail(failure: Failure, intake: Intake, tally: Tally) -> None:
    intake.store.fail(failure.source.key, failure.message, intake.now)
    tally.failures.append(failure)


def _take_in(source: Source, location: str, intake: Intake, tally: Tally) -> None:
    known = intake.store.validators(location)
    document = intake.transport.fetch(source, location, None if intake.reread else known)
    if document is None:
        tally.unchanged += 1
        return
    feed = intake.parse(document)
    changes, ledger, problems = _understand(document, feed, intake, tally)
    intake.store.save(document, feed.title, changes, ledger, intake.now)
    tally.documents += 1
    tally.problems += [(location, problem) for problem in (*feed.problems, *problems)]


def _understand(
    document: Document, feed: ParsedFeed, intake: Intake, tally: Tally
) -> tuple[list[Change], dict[str, str], list[Problem]]:
    source = document.source
    ledger = intake.store.identities(all_keys(feed.entries, source.key))
    found = identify(feed.entries, source.key, ledger, intake.authority)
    stored = intake.store.stored([one.id for one in found])
    context = normal.Context(
        source=source,
        feed=feed,
        location=document.location,
        expected=intake.expected,
        authority=intake.authority,
        now=intake.now,
    )
    surroundings = _surroundings(context)
    changes: list[Change] = []
    problems: list[Problem] = []
    for one in found:
        old = stored.get(one.id)
        entry = text.digest(repr(one.entry), surroundings)
        if old and old.entry == entry:
            continue
        article, odd = normal.normalise(one, context, old.article if old else None)
        problems += odd
        if old and not _speaks(source, article, old):
            continue
        tally.new += old is None
        tally.changed += old is not None and replace(old.article, topics=()) != article
        changes.append(_change(article, source, entry, intake))
    tally.articles += len(found)
    return changes, _ledger(found), problems


def _surroundings(context: normal.Context) -> str:
    """Return a digest of all that an article is made from besides its entry."""
    head = replace(context.feed, entries=(), problems=(), updated=None)
    return text.digest(repr((normal.VERSION, head, context.source, context.expected)))


def _speaks(source: Source, article: Article, old: Stored) -> bool:
    """Tell whether `source` may replace what is stored: the first source may, another one only with a newer version."""
    return source.key == old.owner or article.updated > old.article.updated


def _ledger(found: Iterable[Identified]) -> dict[str, str]:
    return {key: one.id for one in found for key in one.keys}


def _change(article: Article, source: Source, entry: str, intake: Intake) -> Change:
    classified = replace(article, topics=intake.classifier.classify(article, source.topics))
    return Change(
        article=classified, source=source.key, entry=entry, rules=intake.rules, channels=channel_paths(classified)
    )
