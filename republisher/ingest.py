"""The first straight line, from documents to stored articles; each arrow is one call.

    locate ──► fetch_all ──► parse ──► identify ──► normalise ──► classify ──► compare ──► store.save
    Source     →Answer       →ParsedFeed →Identified →Article                  →Change     one transaction a document

It meets `publish` only in the store, so each can be run, tested and repeated alone. Whatever is decided is decided by
the pure functions called here. A document that fails is a value, not an exception. Documents are fetched side by side
but taken in in their order, so that nothing depends on which server answers first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from republisher.editions import channel_paths
from republisher.errors import RepublisherError, SourceError
from republisher.model import Problem, Source, Validators
from republisher.records import Failure, Visit, Wanted
from republisher.schedule import Hints, Pace, SourceState, declared, failed, gone, is_due, succeeded
from republisher.sources import effective
from republisher.text import legal
from republisher.translations import statements
from republisher.understand import BROKEN, Mind, filed, spoken, understand
from republisher.urls import host, is_web, matches, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from republisher.model import Article, Document
    from republisher.protocols import Parser, Progress, Store, Transport
    from republisher.records import Answer

log = logging.getLogger(__name__)
DEFAULT_PACE = Pace()
_BATCH = 500
"""Articles reclassified in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What an ingest is done with."""

    transport: Transport
    parse: Parser
    mind: Mind
    pace: Pace = DEFAULT_PACE
    reread: bool = False
    """Look at every document again, changed or not, because the program or its configuration changed."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What an ingest came to."""

    documents: int = 0
    """Read."""
    unchanged: int = 0
    """Documents that did not need to be read."""
    waiting: int = 0
    """Documents it was not yet time to ask for."""
    articles: int = 0
    """Met in the documents that were read."""
    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    reclassified: int = 0
    failures: list[Failure] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """What was odd, with the location of the document."""
    visits: list[Visit] = field(default_factory=list)
    paces: dict[str, SourceState] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    """Keys of the sources that were asked for something."""


def ingest(sources: Sequence[Source], intake: Intake, progress: Progress) -> Tally:
    """Read every document of `sources` that may have changed and keep what it says; raise `StoreError`.

    A source that fails is noted and the next one is read. Subscription lists are read first, and what they newly name
    is read in the same run; what they no longer name is not read any more, and its articles stay.
    """
    tally, store = Tally(), intake.mind.store
    done: set[str] = set()
    waiting = [source for source in sources if store.members(source.key)] or list(sources)
    while waiting:
        done |= {source.key for source in waiting}
        known = frozenset(done | {source.key for source in effective(sources, store)})
        _read(waiting, replace(intake, mind=replace(intake.mind, sources=known)), tally, progress)
        waiting = [source for source in effective(sources, store) if source.key not in done]
    store.set_paces(tally.paces)
    store.recover(sorted(tally.reached - {failure.source.key for failure in tally.failures}))
    return tally


def reclassify(sources: Sequence[Source], mind: Mind) -> int:
    """Give the articles whose topics older rules gave new ones, without parsing anything; return how many moved."""
    file, moved = refiling(sources, mind), 0
    while batch := mind.store.outdated(mind.rules, _BATCH):
        changes = []
        copied = mind.store.copied(article.id for article in batch)
        for article in batch:
            changed = file(article)
            moved += channel_paths(changed, mind.grouping) != channel_paths(article, mind.grouping)
            changes.append((changed, () if article.id in copied else channel_paths(changed, mind.grouping)))
        mind.store.reclassify(changes, mind.rules)
    return moved


def refiling(sources: Sequence[Source], mind: Mind) -> Callable[[Article], Article]:
    """Return what gives a stored article the language and the topics it has by what `mind` knows now."""
    given = topics_given(sources, mind.store)
    return lambda article: filed(spoken(article, mind), given(article), mind)


def topics_given(sources: Sequence[Source], store: Store) -> Callable[[Article], tuple[str, ...]]:
    """Return what says which topics the sources that brought an article were set to."""
    set_to = {source.key: source.topics for source in effective(sources, store)}

    def given(article: Article) -> tuple[str, ...]:
        return tuple(dict.fromkeys(topic for key in store.sources_of(article.id) for topic in set_to.get(key, ())))

    return given


def honour_opt_outs(mind: Mind) -> int:
    """Withdraw the stored articles of those who opted out; return how many."""
    if not mind.opt_out:
        return 0
    ids = [article for article, link in mind.store.links() if matches(link, mind.opt_out)]
    return mind.store.withdraw(ids, "opted out", mind.now)


def _read(sources: Sequence[Source], intake: Intake, tally: Tally, progress: Progress) -> None:
    wanted = _each_once(one for source in sources for one in _wanted(source, intake, tally))
    for number, answer in enumerate(intake.transport.fetch_all(wanted)):
        progress("reading", number, len(wanted))
        began = perf_counter()
        visit, ttl = _receive(answer, intake, tally)
        location = answer.wanted.location
        tally.reached.add(answer.wanted.source.key)
        if is_web(location):
            tally.paces[location] = _paced(answer, visit, ttl, intake)
        if visit is not None:
            tally.visits.append(replace(visit, seconds=round(perf_counter() - began, 4)))
    progress("reading", len(wanted), len(wanted))


def _wanted(source: Source, intake: Intake, tally: Tally) -> list[Wanted]:
    """Return the documents of `source` it is time to ask for."""
    mind = intake.mind
    if matches(source.location, mind.opt_out):
        return []
    try:
        locations = intake.transport.locate(source)
    except SourceError as error:
        tally.visits.append(_fail(source, source.location, str(error), intake, tally))
        return []
    found = []
    for location in locations:
        if is_web(location) and not is_due(mind.store.pace(location), mind.now):
            tally.waiting += 1
            continue
        # What others serve is not asked for in vain: only if what is set for this very source has changed.
        afresh = intake.reread and (not is_web(location) or mind.store.note(_noted(source)) != repr(source))
        known = None if afresh else mind.store.validators(location)
        found.append(Wanted(source=source, location=location, known=known))
    return found


def _each_once(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Leave each document to one source, to the one that names it alone before one that names many, with all topics."""
    found: dict[str, Wanted] = {}
    for one in wanted:
        other = found.setdefault(one.location, one)
        if other is not one:
            nearer = one if one.location.endswith(one.source.location.removeprefix("./")) else other
            topics = tuple(dict.fromkeys((*other.source.topics, *one.source.topics)))
            found[one.location] = replace(nearer, source=replace(nearer.source, topics=topics))
    return list(found.values())


def _noted(source: Source) -> str:
    return f"source {source.key}"


def _receive(answer: Answer, intake: Intake, tally: Tally) -> tuple[Visit | None, int]:
    """Take in what came of asking for a document; return what to remember of it, and the minutes its feed asks for."""
    source, location = answer.wanted.source, answer.wanted.location
    if answer.gone:
        message = f"{shown(location)}: its server says it is gone for good — remove the source, or find its new address"
        return replace(_fail(source, location, message, intake, tally), outcome="gone"), 0
    if answer.error is not None:
        return _fail(source, location, str(answer.error), intake, tally), 0
    if answer.document is None:
        if answer.validators is not None:
            intake.mind.store.remember(source.key, location, answer.validators)
        tally.unchanged += 1
        return None, 0
    try:
        return _take_in(answer.document, location, intake, tally)
    except SourceError as error:
        return _fail(source, location, str(error), intake, tally), 0
    except RepublisherError:
        raise
    except Exception as error:
        log.exception("%s: unexpected error", shown(location))
        message = f"{shown(location)}: unexpected error ({error!r}) — please report it with this document"
        return _fail(source, location, message, intake, tally, unexpected=True), 0


def _take_in(document: Document, location: str, intake: Intake, tally: Tally) -> tuple[Visit, int]:
    mind, source = intake.mind, document.source
    feed = intake.parse(document)
    result = understand(document, feed, mind)
    kept = replace(document, location=location)
    if any(problem.code in BROKEN for problem in feed.problems):
        kept = replace(kept, validators=Validators())  # to be read again, whole
    if feed.translations:
        mind.store.declare(location, statements(location, feed.translations))
    mind.store.save(kept, feed.title, result.changes, result.ledger, mind.now)
    if result.withdrawn:
        tally.withdrawn += mind.store.withdraw(result.withdrawn, "taken back by its source", mind.now)
    if feed.sources or mind.store.members(source.key):
        mind.store.set_members(source.key, feed.sources)
    if mind.store.note(_noted(source)) != repr(source):
        mind.store.set_note(_noted(source), repr(source))
    tally.documents += 1
    tally.articles += result.articles
    tally.new += result.new
    tally.changed += result.changed
    tally.problems += [(shown(location), problem) for problem in (*feed.problems, *result.problems)]
    if result.refile:
        mind.store.outdate(result.refile)
    broken = next((problem.message for problem in feed.problems if problem.code in BROKEN), None)
    if broken is not None:
        message = f"{shown(location)}: {broken}; {len(feed.entries)} entries were read — fetch or save it again"
        return _fail(source, location, message, intake, tally), feed.ttl or 0
    visit = Visit(
        source=source.key,
        location=location,
        outcome="read",
        entries=len(feed.entries),
        new=result.new,
        changed=result.changed,
    )
    return visit, feed.ttl or 0


def _fail(
    source: Source, location: str, message: str, intake: Intake, tally: Tally, *, unexpected: bool = False
) -> Visit:
    message = legal(message)
    intake.mind.store.fail(source.key, message, intake.mind.now)
    tally.failures.append(Failure(source=source, location=location, message=message, unexpected=unexpected))
    return Visit(source=source.key, location=location, outcome="failed", message=message)


def _paced(answer: Answer, visit: Visit | None, ttl: int, intake: Intake) -> SourceState:
    """Return when to ask for the document again."""
    now, pace = intake.mind.now, intake.pace
    state = intake.mind.store.pace(answer.wanted.location) or SourceState()
    if answer.gone:
        return gone(state, now)
    if visit is not None and visit.outcome == "failed":
        hints = Hints(retry_after=timedelta(seconds=answer.retry_after))
        return failed(state, host=host(answer.wanted.location), hints=hints, pace=pace, now=now)
    hints = Hints(declared=declared(ttl=ttl, fresh_for=answer.fresh_for))
    changed = bool(visit and visit.new + visit.changed)
    return succeeded(state, changed=changed, hints=hints, pace=pace, now=now)
