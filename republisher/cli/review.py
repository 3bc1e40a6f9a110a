"""`republish review`: what an editor should look at, worst first, with the commands that settle it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config, editor
from republisher.cli.show import day
from republisher.cli.terminal import progress_bar, say_json
from republisher.errors import ConfigError
from republisher.language import canonical
from republisher.review import review

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from republisher.model import Article
    from republisher.review import Unsure
    from republisher.store import SqliteStore


def main(options: argparse.Namespace) -> int:
    """List the unsure; nothing is changed."""
    settings = config.load(Path(options.config))
    decided = editor.overrides(settings)
    if options.topic and options.topic not in {topic.slug for topic in app.topics(settings)}:
        raise ConfigError(f"--topic: there is no topic {options.topic!r}")
    with app.open_store(settings) as store:
        classifier = editor.classifier_of(settings, store, decided)
        found = review(_articles(options, store), classifier, decided)
    if options.topic:
        found = [one for one in found if any(doubt.topic == options.topic for doubt in one.doubts)]
    shown = found[: options.limit] if options.limit else found
    if options.json:
        say_json([_facts(one) for one in shown])
    elif shown:
        sys.stdout.write("\n".join(map(_told, shown)))
        sys.stdout.write(
            f"\n{len(found)} articles are unsure, the first {len(shown)} are listed.\n"
            if len(found) > len(shown)
            else ""
        )
    elif not options.quiet:
        sys.stdout.write("No article is unsure.\n")
    return 0


def _articles(options: argparse.Namespace, store: SqliteStore) -> Iterator[Article]:
    since = day(options.since) if options.since else None
    tag = canonical(options.language) if options.language else None
    if options.language and tag is None:
        raise ConfigError(f"--language: {options.language!r} is not a language tag, such as ko or zh-Hant")
    show, number = progress_bar(options), store.channels().get("all", 0)
    for done, article in enumerate(store.select(channel="all", since=since)):
        show("reviewing", done, number)
        if tag is None or article.language == tag or article.language.startswith(f"{tag}-"):
            yield article
    show("reviewing", number, number)


def _told(one: Unsure) -> str:
    article = one.article
    topics = ", ".join(topic.topic for topic in article.topics) or "no topic"
    lines = [
        f"{article.title}",
        f"  {article.published:%Y-%m-%d}, {article.language}, {topics}; {article.link or 'our page'}",
        *(f"  {doubt.weight:4.2f}  {doubt.reason}" for doubt in one.doubts),
    ]
    if not any(doubt.topic for doubt in one.doubts):
        lines.append(f"  → republish assign {shlex.quote(article.id)} --language TAG   such as ko")
    doubtful = next((doubt.topic for doubt in one.doubts if doubt.topic), "")
    if doubtful:
        verb = "exclude" if doubtful in {topic.topic for topic in article.topics} else "assign"
        name = shlex.quote(article.id)
        lines.append(f"  → republish {verb} {name} {doubtful}   or, if it is right: republish pin {name}")
    return "\n".join(lines) + "\n"


def _facts(one: Unsure) -> dict[str, object]:
    article = one.article
    return {
        "id": article.id,
        "title": article.title,
        "link": article.link,
        "language": article.language,
        "published": article.published.isoformat(),
        "topics": [topic.topic for topic in article.topics],
        "unsure": round(one.weight, 3),
        "doubts": [
            {"weight": doubt.weight, "topic": doubt.topic or None, "reason": doubt.reason} for doubt in one.doubts
        ],
    }
