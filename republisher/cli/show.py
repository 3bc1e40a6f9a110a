"""`republish list`, `explain` and `status`: what is stored, and why it is where it is."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from republisher import app, config, editor
from republisher.cli import translations
from republisher.cli.terminal import say_json, table
from republisher.editions import channel_language, channel_paths
from republisher.errors import ConfigError, RepublisherError
from republisher.health import letter, troubles
from republisher.language import canonical
from republisher.urls import shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from republisher.health import Record, Trouble
    from republisher.model import Article, Assignment
    from republisher.records import Run, SourceStatus, Visit
    from republisher.store import SqliteStore

_ORIGINS = {
    "editor": "an editor says so",
    "entry": "the article says so itself",
    "feed": "its feed says so",
    "source": "the configuration says so for its source",
    "script": "its letters leave no doubt",
    "detected": "recognised from its words",
    "unknown": "nothing says so, and the words do not tell",
}
_SIGNALS = {
    "editor": "an editor says so",
    "rule": "the configuration says so",
    "category": "the source filed it there",
    "lexicon": "its words",
    "learned": "what was learned from editors' decisions",
}


def main(options: argparse.Namespace) -> int:
    """Show what was asked for."""
    settings = config.load(Path(options.config))
    with app.open_store(settings) as store:
        return {"list": _list, "explain": _explain, "status": _status}[options.command](options, store, settings)


def _list(options: argparse.Namespace, store: SqliteStore, settings: config.Config) -> int:
    since = day(options.since) if options.since else None
    topics = {"all", *(topic.slug for topic in app.topics(settings))}
    if options.topic not in topics:
        raise ConfigError(f"--topic: there is no topic {options.topic!r}, only {', '.join(sorted(topics))}")
    articles = tuple(
        store.select(channel=_channel(options, settings), source=options.source, since=since, limit=options.limit or -1)
    )
    if options.json:
        say_json([_facts(article, settings) for article in articles])
    elif articles:
        rows = [
            (
                f"{article.published:%Y-%m-%d}",
                article.language,
                ", ".join(topic.topic for topic in article.topics) or "–",
                article.title,
            )
            for article in articles
        ]
        sys.stdout.write(table(rows, head=("published", "language", "topics", "title")))
    elif not options.quiet:
        sys.stderr.write("republish: no article fits; `republish status` says what there is\n")
    return 0


def _channel(options: argparse.Namespace, settings: config.Config) -> str:
    if not options.language:
        return str(options.topic)
    tag = canonical(options.language)
    language = channel_language(tag, settings.grouping) if tag else None
    if language is None:
        raise ConfigError(f"--language: {options.language!r} is not a language tag, such as ko or zh-Hant")
    return f"{language}/{options.topic}"


def day(value: str) -> datetime:
    """Return the moment a day begins; raise `ConfigError`."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ConfigError(f"--since: {value!r} is not a day, such as 2026-11-01") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def one_article(word: str, store: SqliteStore, settings: config.Config) -> Article | None:
    """Return the article a user means, or None after saying which ones fit; raise `RepublisherError` if none does."""
    page = word.strip().removesuffix(".html").removeprefix(f"{settings.site.url}articles/").removeprefix("articles/")
    found = (store.find(page) or store.find(word.strip())) if page else ()
    if not found:
        raise RepublisherError(f"no article is called {word!r} — `republish list` shows what there is")
    if len(found) == 1:
        return found[0]
    sys.stderr.write(f"republish: {len(found)} articles fit; say which one by its id:\n")
    sys.stdout.write(table([(article.id, article.title) for article in found]))
    return None


def _explain(options: argparse.Namespace, store: SqliteStore, settings: config.Config) -> int:
    article = one_article(options.article, store, settings)
    if article is None:
        return 1
    decision = editor.overrides(settings).of(article)
    others = store.siblings([article.id]).get(article.id, ())
    facts = _facts(article, settings) | {
        "decisions": [asdict(ruling) for ruling in decision.rulings] if decision else [],
        "in_doubt": _doubts(article, store, settings),
        "brought_by": [shown(key) for key in store.sources_of(article.id)],
        "copies": [link.href for link in article.copies],
        "withdrawn": bool(store.withdrawn([article.id])),
        "copy": bool(store.copied([article.id])),
        "translations": translations.facts(article, others),
    }
    if options.json:
        say_json(facts)
    else:
        sys.stdout.write(_explanation(article, facts, translations.lines(article, others)))
    return 0


def _explanation(article: Article, facts: dict[str, Any], others: Iterable[str]) -> str:
    channels = ", ".join(facts["channels"])
    if facts["withdrawn"]:
        channels = "none: it was withdrawn"
    elif facts["copy"]:
        channels = "none: it is a near-identical copy, listed with the article that came first"
    lines = [
        article.title,
        f"  id         {article.id}",
        f"  address    {article.link or 'articles/' + article.slug + '.html (our page is its home)'}",
        f"  source     {article.origin.title}: {', '.join(facts['brought_by'])}",
        f"  published  {article.published:%Y-%m-%d %H:%M} UTC, updated {article.updated:%Y-%m-%d %H:%M} UTC",
        f"  language   {article.language}: {_ORIGINS.get(article.language_origin, article.language_origin)}"
        + (f"; part of it is in {', '.join(article.other_languages)}" if article.other_languages else ""),
        f"  channels   {channels}",
        *(f"  also in    {link.title}: {link.href}" for link in article.copies),
        *others,
    ]
    lines += [f"  decided    line {one['number']}: {_decided(one)}" for one in facts["decisions"]]
    if not article.topics:
        lines.append("  topics     none: no rule, no category and not enough words of any topic")
    for assignment in article.topics:
        lines += _reasons(assignment)
    lines += [f"  in doubt   {reason}" for reason in facts["in_doubt"]]
    return "\n".join(lines) + "\n"


def _decided(ruling: dict[str, Any]) -> str:
    words = " ".join((ruling["verb"], ", ".join(ruling["words"]))).strip()
    return f"{words} ({ruling['comment']})" if ruling["comment"] else words


def _doubts(article: Article, store: SqliteStore, settings: config.Config) -> list[str]:
    """Return what `republish review` would say of `article`."""
    from republisher.review import review  # noqa: PLC0415  # slow to import

    decided = editor.overrides(settings)
    found = review([article], editor.classifier_of(settings, store, decided), decided)
    return [doubt.reason for one in found for doubt in one.doubts]


def _reasons(assignment: Assignment) -> list[str]:
    head = (
        f"  topic      {assignment.topic}: {_SIGNALS[assignment.signal]}, score {assignment.score:.2f} (from 1.00 on)"
    )
    reasons = (
        f"             {evidence.weight:5.2f}  “{evidence.surface}” in the {evidence.place}"
        + (f" (as “{evidence.term}”)" if evidence.term.lower() != evidence.surface.lower() else "")
        for evidence in assignment.evidence
    )
    return [head, *reasons]


def _facts(article: Article, settings: config.Config) -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "link": article.link,
        "page": None if article.link else f"articles/{article.slug}.html",
        "language": article.language,
        "language_origin": article.language_origin,
        "other_languages": article.other_languages,
        "published": article.published.isoformat(),
        "updated": article.updated.isoformat(),
        "authors": [author.name for author in article.authors],
        "source": {"id": article.origin.id, "title": article.origin.title},
        "channels": channel_paths(article, settings.grouping),
        "topics": [
            {
                "topic": assignment.topic,
                "score": assignment.score,
                "signal": assignment.signal,
                "evidence": [
                    {name: getattr(evidence, name) for name in ("term", "surface", "place", "weight")}
                    for evidence in assignment.evidence
                ],
            }
            for assignment in article.topics
        ],
    }


def _status(options: argparse.Namespace, store: SqliteStore, settings: config.Config) -> int:
    records, now = app.records(settings, store), datetime.now(UTC)
    found = troubles(records, now)
    if options.mail:
        sys.stdout.write(letter(found, settings.site.title))
        return int(bool(found))
    paused = _paused(records, store)
    runs = store.runs(20 if options.runs else 1)
    channels = store.channels()
    if options.json:
        say_json(
            {
                "sources": [_source_facts(record, found) for record in records],
                "paused": [shown(status.key) for status in paused],
                "articles": channels.get("all", 0),
                "channels": channels,
                "runs": [_run_facts(run, visits) for run, visits in runs],
            }
        )
        return int(bool(found))
    lines = [f"{channels.get('all', 0)} articles in {len(channels)} channels, published to {settings.output}\n"]
    lines += [_fares(record, found) for record in records]
    lines += [f"  {shown(status.key)}: no longer in its list, {status.articles} articles kept\n" for status in paused]
    for run, visits in runs:
        lines.append(f"{run.started:%Y-%m-%d %H:%M} UTC  {_run_line(run)}\n")
        lines += [f"    {_visit_line(visit)}\n" for visit in visits if options.runs]
    sys.stdout.write("".join(lines))
    return int(bool(found))


def _paused(records: Sequence[Record], store: SqliteStore) -> list[SourceStatus]:
    """Return the sources articles came from that are not read any more."""
    current = {record.source.key for record in records}
    return [
        status
        for status in store.statuses()
        if status.key not in current and status.articles and not status.key.startswith(app.PUBLISHED)
    ]


def _fares(record: Record, found: Sequence[Trouble]) -> str:
    name, status = shown(record.source.location), record.status
    mine = [trouble.message for trouble in found if trouble.source == name]
    if mine:
        return "".join(f"  {name}: {message}\n" for message in mine)
    if status is None or status.read is None:
        return f"  {name}: not read yet\n"
    return f"  {name}: in order, {status.articles} articles, last read {status.read:%Y-%m-%d %H:%M} UTC\n"


def _source_facts(record: Record, found: Sequence[Trouble]) -> dict[str, object]:
    name, status = shown(record.source.location), record.status
    return {
        "source": name,
        "title": status.title if status else None,
        "articles": status.articles if status else 0,
        "newest": _iso(status.newest if status else None),
        "read": _iso(status.read if status else None),
        "failing_since": _iso(status.failing_since if status else None),
        "error": status.error if status else None,
        "troubles": [{"kind": one.kind, "message": one.message} for one in found if one.source == name],
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _run_line(run: Run) -> str:
    return (
        f"{run.documents} documents read, {run.failed} failed, {run.new} articles new, {run.changed} changed,"
        f" {run.written} files written ({run.seconds:.2f} s)"
    )


def _visit_line(visit: Visit) -> str:
    if visit.outcome != "read":
        return visit.message
    return (
        f"{shown(visit.location)}: {visit.entries} entries, {visit.new} new, {visit.changed} changed"
        f" ({visit.seconds * 1000:.0f} ms)"
    )


def _run_facts(run: Run, visits: Sequence[Visit]) -> dict[str, object]:
    names = ("seconds", "documents", "new", "changed", "failed", "written")
    kept = ("outcome", "entries", "new", "changed", "seconds", "message")
    return (
        {"started": run.started.isoformat()}
        | {name: getattr(run, name) for name in names}
        | {
            "visits": [
                {"location": shown(one.location)} | {name: getattr(one, name) for name in kept} for one in visits
            ]
        }
    )
