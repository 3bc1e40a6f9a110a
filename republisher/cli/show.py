"""`republish list`, `explain` and `status`: what is stored, and why it is where it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config
from republisher.cli.terminal import say_json, table
from republisher.editions import channel_language, channel_paths
from republisher.errors import ConfigError, RepublisherError
from republisher.language import canonical

if TYPE_CHECKING:
    import argparse

    from republisher.model import Article, Assignment, Run, SourceStatus
    from republisher.store import SqliteStore

_ORIGINS = {
    "entry": "the article says so itself",
    "feed": "its feed says so",
    "source": "the configuration says so for its source",
    "script": "its letters leave no doubt",
    "detected": "recognised from its words",
    "unknown": "nothing says so, and the words do not tell",
}
_SIGNALS = {"rule": "the configuration says so", "category": "the source filed it there", "lexicon": "its words"}


def main(options: argparse.Namespace) -> int:
    """Show what was asked for."""
    settings = config.load(Path(options.config))
    with app.open_store(settings) as store:
        return {"list": _list, "explain": _explain, "status": _status}[options.command](options, store, settings)


def _list(options: argparse.Namespace, store: SqliteStore, _: config.Config) -> int:
    since = _day(options.since) if options.since else None
    articles = tuple(
        store.select(channel=_channel(options), source=options.source, since=since, limit=options.limit or -1)
    )
    if options.json:
        say_json([_facts(article) for article in articles])
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


def _channel(options: argparse.Namespace) -> str:
    if not options.language:
        return str(options.topic)
    tag = canonical(options.language)
    language = channel_language(tag) if tag else None
    if language is None:
        raise ConfigError(f"--language: {options.language!r} is not a language tag, such as ko or zh-Hant")
    return f"{language}/{options.topic}"


def _day(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ConfigError(f"--since: {value!r} is not a day, such as 2026-11-01") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _explain(options: argparse.Namespace, store: SqliteStore, settings: config.Config) -> int:
    word = options.article.strip().removesuffix(".html").removeprefix(f"{settings.site.url}articles/")
    found = store.find(word.removeprefix("articles/")) or store.find(options.article.strip())
    if not found:
        raise RepublisherError(f"no article is called {options.article!r} — `republish list` shows what there is")
    if len(found) > 1:
        sys.stderr.write(f"republish: {len(found)} articles fit; say which one by its id:\n")
        sys.stdout.write(table([(article.id, article.title) for article in found]))
        return 1
    article = found[0]
    if options.json:
        say_json(_facts(article) | {"brought_by": store.sources_of(article.id)})
    else:
        sys.stdout.write(_explanation(article, store.sources_of(article.id)))
    return 0


def _explanation(article: Article, sources: tuple[str, ...]) -> str:
    lines = [
        article.title,
        f"  id         {article.id}",
        f"  address    {article.link or 'articles/' + article.slug + '.html (our page is its home)'}",
        f"  source     {article.origin.title}: {', '.join(sources)}",
        f"  published  {article.published:%Y-%m-%d %H:%M} UTC, updated {article.updated:%Y-%m-%d %H:%M} UTC",
        f"  language   {article.language}: {_ORIGINS.get(article.language_origin, article.language_origin)}",
        f"  channels   {', '.join(channel_paths(article))}",
    ]
    if not article.topics:
        lines.append("  topics     none: no rule, no category and not enough words of any topic")
    for assignment in article.topics:
        lines += _reasons(assignment)
    return "\n".join(lines) + "\n"


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


def _facts(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "link": article.link,
        "page": None if article.link else f"articles/{article.slug}.html",
        "language": article.language,
        "language_origin": article.language_origin,
        "published": article.published.isoformat(),
        "updated": article.updated.isoformat(),
        "authors": [author.name for author in article.authors],
        "source": {"id": article.origin.id, "title": article.origin.title},
        "channels": channel_paths(article),
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
    known = {status.key: status for status in store.statuses()}
    channels, runs = store.channels(), store.runs(20 if options.runs else 1)
    failing = [status for status in known.values() if status.error and _configured(status, settings)]
    if options.json:
        say_json(
            {
                "sources": [_source_facts(status, settings) for status in known.values()],
                "articles": channels.get("all", 0),
                "channels": channels,
                "runs": [_run_facts(run) for run in runs],
            }
        )
        return int(bool(failing))
    lines = [f"{channels.get('all', 0)} articles in {len(channels)} channels, published to {settings.output}\n"]
    lines += [_fares(source.location, known.get(source.key)) for source in settings.sources]
    lines += [f"{run.started:%Y-%m-%d %H:%M} UTC  {_run_line(run)}\n" for run in runs]
    sys.stdout.write("".join(lines))
    return int(bool(failing))


def _configured(status: SourceStatus, settings: config.Config) -> bool:
    return any(source.key == status.key for source in settings.sources)


def _fares(location: str, status: SourceStatus | None) -> str:
    if status is None:
        return f"  {location}: not read yet\n"
    if status.error:
        return f"  {location}: failing since {status.failing_since:%Y-%m-%d %H:%M} UTC: {status.error}\n"
    return f"  {location}: in order, {status.articles} articles, last read {status.read:%Y-%m-%d %H:%M} UTC\n"


def _source_facts(status: SourceStatus, settings: config.Config) -> dict[str, object]:
    return {
        "source": status.key,
        "title": status.title,
        "configured": _configured(status, settings),
        "articles": status.articles,
        "read": status.read.isoformat() if status.read else None,
        "failing_since": status.failing_since.isoformat() if status.failing_since else None,
        "error": status.error,
    }


def _run_line(run: Run) -> str:
    return (
        f"{run.documents} documents read, {run.failed} failed, {run.new} articles new, {run.changed} changed,"
        f" {run.written} files written ({run.seconds:.2f} s)"
    )


def _run_facts(run: Run) -> dict[str, object]:
    names = ("seconds", "documents", "new", "changed", "failed", "written")
    return {"started": run.started.isoformat()} | {name: getattr(run, name) for name in names}
