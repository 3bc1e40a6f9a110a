"""Deciding which articles are one story in several languages, for those that changed and those it may move.

    unsettled ──► trace ──► guess ──► gather ──► decide ──► store.settle
    ids           →Trace    →Guess    →Statement →Settled   one transaction

The store marks every article that is new or changed as unsettled, in the transaction that changes it; so a run that
dies is taken up by the next. What is decided depends on what is stored, never on the order it came in: an article is
looked at again whenever one is stored, changed or withdrawn that shares a mark, an address or a statement with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from republisher import text
from republisher.editions import channel_language, names_translation
from republisher.identity import link_key
from republisher.language import canonical
from republisher.records import AS_USUAL, Grouping
from republisher.siblings import Settled, Statement, Verdicts, pair
from republisher.translations import likely
from republisher.translations.declared import claims, groups
from republisher.translations.traces import VERSION, site, trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from republisher.model import Article, Link, Sibling
    from republisher.protocols import Store
    from republisher.siblings import Carrier, Guess, Pair, Trace
    from republisher.translations.declared import Claim

_BATCH: Final = 500
_COMMON: Final = 48
"""Articles of three weeks that share a mark, from which on it says nothing."""
_MOST: Final = 200
"""Translations an article may name."""
_NOTE: Final = "translations"
"""What was decided before by the editor, by which version of the rules, and which languages shared channels."""
_PARTED: Final = "parted"
"""Under which it is noted what articles may not link to."""
_NONE: Final = Verdicts()


def statements(location: str, sets: Iterable[Sequence[Link]]) -> tuple[Statement, ...]:
    """Return what the document at `location` says: which addresses hold the same story.

    An address alone in its set is kept as well: it says that others have left it.
    """
    found = []
    for links in sets:
        members = tuple(sorted({link_key(link.href): _said(link.hreflang) for link in links}.items()))
        digest = text.digest(location, *(f"{address} {language}" for address, language in members))
        found.append(Statement(id=f"{digest} {location}", speaker=location, members=members))
    return tuple(found)


def settled_under(store: Store) -> Grouping:
    """Return which languages shared channels when translations were settled."""
    noted: dict[str, Any] = json.loads(store.note(_NOTE) or "{}")
    return Grouping(channels=noted.get("grouping", {}))


def parted(store: Store) -> dict[str, frozenset[str]]:
    """Return by article the keys of addresses it names as translations and may not link to: denied, or withdrawn."""
    noted: dict[str, list[str]] = json.loads(store.note(_PARTED) or "{}")
    return {article: frozenset(keys) for article, keys in noted.items()}


def settle(store: Store, verdicts: Verdicts = _NONE, grouping: Grouping = AS_USUAL) -> int:
    """Bring what is known of translations up to what is stored; return for how many articles that changed.

    Languages that share channels by `grouping` are one: no article has a sibling in its own.
    """
    _note(store, verdicts, grouping)
    fresh = sorted(id_ for id_, traced in store.unsettled().items() if not traced)
    for start in range(0, len(fresh), _BATCH):
        _trace(store, fresh[start : start + _BATCH], verdicts, grouping)
    pending = sorted(store.unsettled())
    if not pending:
        return 0
    guesses = _guess(store, pending, verdicts)
    known = _gather(store, _near(store, pending, guesses), verdicts)
    siblings = _decide(store, known, guesses, verdicts, grouping)
    _part(store, known, verdicts)
    before = store.siblings(siblings)
    changed = {id_: found for id_, found in siblings.items() if found != before.get(id_, ())}
    store.settle(Settled(guesses=guesses, siblings=changed), pending)
    return len(changed)


def _note(store: Store, verdicts: Verdicts, grouping: Grouping) -> None:
    """Have looked at again what the editor has decided otherwise since, and everything if rules or channels are new."""
    now: dict[str, Any] = {
        "rules": VERSION,
        "grouping": dict(sorted(grouping.channels.items())),
        "confirmed": sorted(map(list, verdicts.confirmed)),
        "denied": sorted(map(list, verdicts.denied)),
        "excluded": sorted(verdicts.excluded),
    }
    noted = store.note(_NOTE)
    if noted == (said := json.dumps(now)):
        return
    old: dict[str, Any] = json.loads(noted) if noted else now | {"confirmed": [], "denied": [], "excluded": []}
    if (old["rules"], old.get("grouping")) != (VERSION, now["grouping"]):
        store.unsettle(None)
    moved: set[str] = set()
    for before, after in ((old["confirmed"], verdicts.confirmed), (old["denied"], verdicts.denied)):
        moved.update(*({tuple(both) for both in before} ^ after))
    store.unsettle(moved | (verdicts.excluded ^ set(old["excluded"])))
    store.set_note(_NOTE, said)


def _trace(store: Store, ids: Sequence[str], verdicts: Verdicts, grouping: Grouping) -> None:
    """Keep what is left of articles without their language and what they say of others; see whom that may move."""
    stored, copies = store.stored(ids), store.copied(ids)
    gone = store.withdrawn(ids) | verdicts.excluded
    shown = {id_: stored[id_] for id_ in ids if id_ in stored and id_ not in gone}
    new = {id_: trace(one.article, one.owner, grouping) if id_ not in copies else None for id_, one in shown.items()}
    said = {id_: _said_by(one.article) for id_, one in shown.items()}
    moving = [*store.traces(ids).values(), *(one for one in new.values() if one is not None)]
    # Before and after, as a mark may become common by what came in, or rare by what went.
    store.retrace(dict.fromkeys(ids) | new, dict.fromkeys(ids) | said, _neighbours(store, moving))
    store.traced(ids, _neighbours(store, moving))


def _said_by(article: Article) -> Statement | None:
    """Return what an article says of others: the links to its translations."""
    named = {link_key(link.href): _said(link.hreflang) for link in article.links if names_translation(link)}
    return Statement(id=article.id, speaker=article.id, members=tuple(sorted(named.items())[:_MOST])) if named else None


def _said(hreflang: str | None) -> str:
    """Return a language as it is said; nothing for `x-default` and the like."""
    return (canonical(hreflang) or "") if hreflang else ""


def _neighbours(store: Store, traces: Iterable[Trace]) -> set[str]:
    """Return the articles whose guesses may follow from who has the same marks as `traces`."""
    carriers = _carriers(store)
    about = lru_cache(maxsize=None)(store.settled_about)
    return {
        carrier.article
        for one in traces
        if about(one.week)
        for mark in one.marks
        if mark.indexed
        for week in range(one.week - 2, one.week + 3)
        for carrier in carriers(mark.key, week) or ()
        if carrier.week == week
    }


def _carriers(store: Store) -> likely.Carriers:
    @lru_cache(maxsize=100_000)
    def carriers(key: str, week: int) -> tuple[Carrier, ...] | None:
        found = store.carriers(key, week, _COMMON + 1)
        return found if len(found) <= _COMMON else None

    return carriers


def _guess(store: Store, ids: Sequence[str], verdicts: Verdicts) -> dict[str, tuple[Guess, ...]]:
    """Return the best guess of each article in each other language."""
    carriers = _carriers(store)
    found: dict[str, tuple[Guess, ...]] = dict.fromkeys(ids, ())
    for start in range(0, len(ids), _BATCH):
        traces = store.traces(ids[start : start + _BATCH])
        near = {id_: likely.evidence(one, carriers) for id_, one in traces.items()}
        others = store.traces({other for candidates in near.values() for other in candidates})
        for id_, one in traces.items():
            allowed = (others[other] for other in near[id_] if pair(id_, other) not in verdicts.denied)
            compared = (likely.compare(one, other, carriers) for other in allowed)
            found[id_] = likely.choose(guess for guess in compared if guess is not None)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """All that is said of some articles, and of those that are named with them."""

    ids: frozenset[str]
    statements: tuple[Statement, ...]
    articles: dict[str, str]
    """By address."""


def _near(store: Store, ids: Iterable[str], guesses: Mapping[str, tuple[Guess, ...]]) -> set[str]:
    """Return `ids` with those they were shown with and those they are now guessed to go with."""
    known = set(ids)
    beside = {sibling.id for siblings in store.siblings(known).values() for sibling in siblings}
    return known | beside | {guess.other for found in _guesses(store, known, guesses).values() for guess in found}


def _guesses(store: Store, ids: Iterable[str], fresh: Mapping[str, tuple[Guess, ...]]) -> dict[str, tuple[Guess, ...]]:
    wanted = set(ids)
    return store.guesses(wanted - fresh.keys()) | {id_: fresh[id_] for id_ in wanted & fresh.keys()}


def _gather(store: Store, ids: Iterable[str], verdicts: Verdicts) -> _Gathered:
    """Follow what is said from `ids` on until nobody new is named."""
    found: set[str] = set()
    said: dict[str, Statement] = {}
    frontier = set(ids)
    while frontier:
        found |= frontier
        heard = store.statements(frontier, store.addresses(frontier))
        said |= {statement.id: statement for statement in heard}
        named = {*_resolved(store, heard).values()}
        speakers = {statement.id for statement in heard if statement.speaker == statement.id}
        confirmed = {id_ for both in verdicts.confirmed if frontier.intersection(both) for id_ in both}
        frontier = (named | speakers | confirmed) - found
    everything = tuple(statement for _, statement in sorted(said.items()))
    return _Gathered(ids=frozenset(found), statements=everything, articles=_resolved(store, everything))


def _resolved(store: Store, heard: Iterable[Statement]) -> dict[str, str]:
    """Return the articles at the addresses that are named; an id that is an address counts after links."""
    named = {address for statement in heard for address, _ in statement.members}
    other = {f"iri:{address.removeprefix('link:')}": address for address in named}
    ledger = store.identities([*named, *other])
    by_id = {other[key]: article for key, article in ledger.items() if key in other}
    return by_id | {address: ledger[address] for address in named if address in ledger}


def _part(store: Store, known: _Gathered, verdicts: Verdicts) -> None:
    """Note which of the addresses they name articles may not link to."""
    gone = store.withdrawn(known.articles.values()) | verdicts.excluded
    before = parted(store)
    now = {article: keys for article, keys in before.items() if article not in known.ids}
    for one in known.statements:
        named = {address: known.articles[address] for address, _ in one.members if address in known.articles}
        keys = {address for address, other in named.items() if other in gone or pair(one.id, other) in verdicts.denied}
        if keys and one.speaker == one.id:
            now[one.id] = frozenset(keys)
    if now != before:
        store.set_note(_PARTED, json.dumps({article: sorted(keys) for article, keys in sorted(now.items())}))


def _decide(
    store: Store,
    known: _Gathered,
    guesses: Mapping[str, tuple[Guess, ...]],
    verdicts: Verdicts,
    grouping: Grouping,
) -> dict[str, tuple[Sibling, ...]]:
    """Return who is shown with whom: by what is said, else by what is guessed on both sides."""
    rim = frozenset(_near(store, known.ids, guesses)) - known.ids
    mine = _guesses(store, known.ids | rim, guesses)
    partners = {guess.other for found in mine.values() for guess in found}
    theirs = _guesses(store, partners, guesses)
    named = {*known.articles.values(), *(one.id for one in known.statements)}
    named |= {id_ for id_, found in mine.items() if found}
    named |= {id_ for both in verdicts.confirmed for id_ in both}
    outlines = store.outlines((named & (known.ids | rim) | partners) - verdicts.excluded)
    languages = {
        id_: tag
        for id_, one in outlines.items()
        if id_ in known.ids and (tag := channel_language(one.language, grouping))
    }
    said = claims(known.statements, known.articles, languages, grouping)
    grouped, accepted = groups(said, languages, verdicts, _homes(store, said, outlines))
    declared = {id_: _said_siblings(id_, group, accepted, outlines) for id_, group in grouped.items()}
    # Of those nobody here spoke about, nothing that is said has changed.
    before = store.siblings(rim | partners - known.ids)
    declared |= {id_: tuple(one for one in found if one.confidence is None) for id_, found in before.items()}
    spoken = {id_: _spoken((one, *declared.get(id_, ())), grouping) for id_, one in outlines.items()}
    return {
        id_: declared.get(id_, ())
        + tuple(
            replace(outlines[guess.other], confidence=guess.confidence, reasons=guess.reasons)
            for guess in mine.get(id_, ())
            if {id_, guess.other} <= outlines.keys()
            and any(back.other == id_ for back in theirs.get(guess.other, ()))
            and not spoken[id_] & spoken[guess.other]
        )
        for id_ in known.ids | rim
    }


def _spoken(siblings: Iterable[Sibling], grouping: Grouping) -> frozenset[str]:
    """Return the languages a story is there in, as far as that is said; a guess adds only others."""
    return frozenset(tag for one in siblings if (tag := channel_language(one.language, grouping)))


def _homes(store: Store, said: Iterable[Claim], outlines: Mapping[str, Sibling]) -> dict[str, frozenset[str]]:
    """Return where the articles of which something is said come from: the sites of their addresses, their sources."""
    owners = store.owners({id_ for claim in said for id_ in (claim.one, claim.other)})
    return {
        id_: frozenset((owner, site(link)) if (link := outlines[id_].link) else (owner,))
        for id_, owner in owners.items()
    }


def _said_siblings(
    id_: str, group: Sequence[str], accepted: Mapping[Pair, tuple[str, ...]], outlines: Mapping[str, Sibling]
) -> tuple[Sibling, ...]:
    """Return the others of a group by language, each with who said so, be it by way of a third."""
    speakers = tuple(sorted({one for both, found in accepted.items() if set(both) <= set(group) for one in found}))
    siblings = (
        replace(outlines[other], said_by=accepted.get(pair(id_, other), speakers)) for other in group if other != id_
    )
    return tuple(sorted(siblings, key=lambda sibling: (sibling.language, sibling.id)))
