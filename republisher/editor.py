"""The editor's part of the composition: what was decided, what is learned from it, and what files articles by both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher import text
from republisher.errors import ConfigError
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from republisher.classify import Learned, TopicClassifier
    from republisher.config import Config
    from republisher.model import Article
    from republisher.overrides import Overrides
    from republisher.siblings import Verdicts
    from republisher.store import SqliteStore
    from republisher.understand import Mind

_LEARNED = "learned"
"""Note: what was learned from editors' decisions, after a digest of what from."""
_DECIDED = "decided"
"""Note: what editors had decided when articles were last filed."""


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
    from republisher.classify import load_topics  # noqa: PLC0415

    known = {topic.slug for topic in load_topics(config.topics)}
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
    return refiling(config.sources, mind_of(config, store, classifier_of(config, store, decided), decided, now))


def mind_of(config: Config, store: SqliteStore, classifier: TopicClassifier, decided: Overrides, now: datetime) -> Mind:
    """Return what understanding is done with; its rules change whenever an article could be filed otherwise."""
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


def verdicts_of(store: SqliteStore, decided: Overrides) -> Verdicts:
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


def note_decisions(store: SqliteStore, decided: Overrides) -> None:
    """Have those articles filed again about which editors decided something new since the last run."""
    from republisher.overrides import Overrides  # noqa: PLC0415

    before = Overrides.load(store.note(_DECIDED))
    changed = decided.changed(before)
    store.outdate({*changed, *(article.id for article in named(store, changed).values())})
    store.set_note(_DECIDED, decided.dump())
