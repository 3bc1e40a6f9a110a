"""From what a document says to what is to be stored: identified, normalised, classified, compared with what is there.

Looks things up in the store and writes nothing; the caller saves the result in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from republisher import normalise as normal
from republisher import overrides, text
from republisher.editions import channel_paths
from republisher.identity import address, all_keys, identify
from republisher.likeness import ENOUGH, likeness, sequences, sketch
from republisher.model import LanguageTag, Link
from republisher.overrides import NOTHING, Overrides
from republisher.records import AS_USUAL, Change, Grouping
from republisher.urls import is_web, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from republisher.classify import Example, TopicClassifier
    from republisher.identity import Identified
    from republisher.model import Article, Document, Entry, ParsedFeed, Problem, Source
    from republisher.protocols import Classifier, Store
    from republisher.records import Stored


BROKEN = frozenset(("truncated", "too-big"))
"""Problems of documents that do not say all they should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What understanding is done with."""

    classifier: Classifier
    store: Store
    overrides: Overrides = NOTHING
    authority: str
    site: str = ""
    """Where what we publish is."""
    sources: frozenset[str] = frozenset()
    """Keys of the sources there are now; an article whose source is gone may be spoken for by another one."""
    rules: str
    """Version of everything that gives an article its topics and channels: classifier, sources, grouping."""
    expected: tuple[LanguageTag, ...] = ()
    grouping: Grouping = AS_USUAL
    """Which languages share channels."""
    opt_out: tuple[str, ...] = ()
    """Hosts and addresses whose articles are not wanted by those who wrote them."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a document came to."""

    changes: tuple[Change, ...]
    """Articles to be written."""
    ledger: dict[str, str]
    """Every key met and the article it stands for."""
    withdrawn: tuple[str, ...]
    """Articles the source has taken back."""
    articles: int
    new: int
    changed: int
    refile: tuple[str, ...]
    """Articles another source speaks for, which get topics from this one."""
    problems: tuple[Problem, ...]


def understand(document: Document, feed: ParsedFeed, mind: Mind) -> Understood:
    """Return what follows from `feed`; raise `StoreError`.

    What breaks off may end in half an article, so it brings new articles but does not replace any.
    """
    broken = any(problem.code in BROKEN for problem in feed.problems)
    source, store = document.source, mind.store
    ledger = store.identities(all_keys(feed.entries, _name(source)))
    found = _wanted(identify(feed.entries, _name(source), ledger, mind.authority), ledger, mind)
    stored = store.stored([one.id for one in found])
    context = normal.Context(
        source=source,
        feed=feed,
        location=document.location,
        expected=mind.expected,
        authority=mind.authority,
        site=mind.site,
        now=mind.now,
    )
    surroundings = _surroundings(context)
    changes: dict[str, Change] = {}
    problems: list[Problem] = []
    new = changed = 0
    for one in found:
        old = stored.get(one.id)
        entry = text.digest(repr(one.entry), repr(_to_come(one.entry, mind.now)), surroundings)
        if old and (old.entry == entry or broken):
            continue
        article, odd = normal.normalise(one, context, old.article if old else None)
        article = spoken(article, mind)
        problems += odd
        if old and not _speaks(source, article, old, mind):
            continue
        new += old is None
        changed += old is not None and replace(old.article, topics=()) != article
        for change in _compare(article, source, entry, mind):
            changes[change.article.id] = change
    return Understood(
        changes=tuple(changes.values()),
        ledger={key: one.id for one in found for key in one.keys},
        withdrawn=_withdrawn(feed, source, mind),
        articles=len(found),
        new=new,
        changed=changed,
        refile=tuple(one.id for one in found if source.topics and one.id in stored and one.id not in changes),
        problems=tuple(problems),
    )


def filed(article: Article, given: tuple[str, ...], mind: Mind) -> Article:
    """Return `article` with its topics: what an editor decided, then what the classifier finds."""
    topics = mind.classifier.classify(article, given)
    return replace(article, topics=overrides.apply(mind.overrides.of(article), topics))


def spoken(article: Article, mind: Mind) -> Article:
    """Return `article` in the language an editor says it is in, in its own where that word was taken back."""
    decision = mind.overrides.of(article)
    own = article.own_language or f"{article.language} {article.language_origin}"
    if decision and decision.language:
        return replace(article, language=decision.language, language_origin="editor", own_language=own)
    if article.language_origin != "editor":
        return article
    tag, origin = own.split()
    return replace(article, language=LanguageTag(tag), language_origin=origin, own_language="")


def corrections(
    articles: Iterable[Article],
    decided: Overrides,
    classifier: TopicClassifier,
    given: Callable[[Article], tuple[str, ...]],
) -> tuple[Example, ...]:
    """Return what there is to learn from the `articles` editors decided about; `given` are the topics of sources."""
    found = ((article, decided.of(article)) for article in articles)
    return tuple(
        classifier.example(
            article,
            frozenset(one.topic for one in overrides.apply(decision, classifier.classify(article, given(article)))),
        )
        for article, decision in found
        if decision and (decision.assigned or decision.excluded or decision.pinned)
    )


def _name(source: Source) -> str:
    """Return what ids that are no IRIs are scoped by; it outlives a change from http to https."""
    return address(source.key) if is_web(source.key) else source.key


def _wanted(found: Iterable[Identified], ledger: Mapping[str, str], mind: Mind) -> tuple[Identified, ...]:
    """Leave out what was withdrawn, under whatever id it comes back, and what its authors opted out of."""
    ours = [
        one
        for one in found
        if not any(link.rel == "alternate" and matches(link.href, mind.opt_out) for link in one.entry.links)
    ]
    known = {
        one.id: {
            one.id,
            *(ledger[key] for key in one.keys if key in ledger and key.startswith(("id:", "iri:", "words:"))),
        }
        for one in ours
    }
    withdrawn = mind.store.withdrawn(set().union(*known.values()))
    return tuple(one for one in ours if not known[one.id] & withdrawn)


def _withdrawn(feed: ParsedFeed, source: Source, mind: Mind) -> tuple[str, ...]:
    """Return the articles of ours the source has taken back (RFC 6721); nobody can take back another's."""
    keys = [f"id:{withdrawal.id}" for withdrawal in feed.withdrawn]
    known = mind.store.identities(keys + [f"id:{_name(source)}|{withdrawal.id}" for withdrawal in feed.withdrawn])
    stored = mind.store.stored(set(known.values()))
    return tuple(sorted(id_ for id_, kept in stored.items() if kept.owner == source.key))


def _surroundings(context: normal.Context) -> str:
    """Return a digest of all that an article is made from besides its entry."""
    head = replace(context.feed, entries=(), withdrawn=(), translations=(), problems=(), updated=None, ttl=None)
    return text.digest(repr((normal.VERSION, head, context.source, context.expected)))


def _speaks(source: Source, article: Article, old: Stored, mind: Mind) -> bool:
    """Tell whether `source` may replace what is stored: its own article, a newer version, an article without a source.

    Of two equally new versions that of the source whose key comes first counts, whichever is read first.
    """
    if source.key == old.owner or old.owner not in mind.sources:
        return True
    return (article.updated, old.owner) > (old.article.updated, source.key)


def _to_come(entry: Entry, now: datetime) -> bool:
    """Tell whether a date of `entry` cannot be yet; it is looked at again when it can."""
    return any(date is not None and date > now for date in (entry.published, entry.updated))


def _compare(article: Article, source: Source, entry: str, mind: Mind) -> tuple[Change, ...]:
    """Return what to write for `article`: itself, and the one it is a copy of, which lists it from now on."""
    found = sequences(article.title, text.from_safe_html(article.content))
    keys = sketch(found)
    first = _first(article, source, found, keys, mind) if keys else None
    change = Change(
        article=filed(article, source.topics, mind),
        source=source.key,
        entry=entry,
        rules=mind.rules,
        channels=(),
        sketch=keys,
        copy_of=first.article.id if first else None,
    )
    if first is None:
        return (replace(change, channels=channel_paths(change.article, mind.grouping)),)
    listing = replace(
        first.article,
        copies=tuple(sorted({*first.article.copies, _listed(article)}, key=lambda link: (link.title or "", link.href))),
    )
    return change, Change(
        article=listing,
        source=first.owner,
        entry=first.entry,
        rules=mind.rules,
        channels=channel_paths(listing, mind.grouping),
        sketch=sketch(sequences(listing.title, text.from_safe_html(listing.content))),
    )


def _first(article: Article, source: Source, found: frozenset[int], keys: tuple[int, ...], mind: Mind) -> Stored | None:
    """Return the stored article of another source that `article` is a near-identical copy of."""
    if mind.store.copies(article.id) or article.link is None:
        return None
    alike = [
        (likeness(found, sequences(other.title, text.from_safe_html(other.content))), other.id)
        for other in mind.store.alike(keys)
        if other.id != article.id and other.language == article.language
    ]
    close = [id_ for share, id_ in alike if share >= ENOUGH]
    stored = mind.store.stored(close)
    return next((stored[id_] for id_ in close if stored[id_].owner != source.key), None)


def _listed(article: Article) -> Link:
    return Link(href=article.link or "", rel="related", title=article.origin.title)
