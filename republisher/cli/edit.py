"""`republish assign`, `exclude`, `pin`, `release`, `same`, `different`: an editor decides, for good, in a file."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config, editor
from republisher.cli.show import one_article
from republisher.cli.terminal import say_json
from republisher.errors import ConfigError
from republisher.language import canonical
from republisher.overrides import HEAD, NONE, Ruling, apply, line
from republisher.settings import near
from republisher.writer import add_lines

if TYPE_CHECKING:
    import argparse

    from republisher.model import Article
    from republisher.overrides import Verb


def main(options: argparse.Namespace) -> int:
    """Add one decision, or two, to the file of overrides; the next run follows it."""
    settings = config.load(Path(options.config))
    decided = editor.overrides(settings)  # a file that cannot be read is not written to
    with app.open_store(settings) as store:
        article = one_article(options.article, store, settings)
        if article is None:
            return 1
        if options.command in {"same", "different"}:
            other = one_article(options.other, store, settings)
            if other is None:
                return 1
            rulings = [_pair(options, article, other)]
        else:
            article = replace(article, topics=apply(decided.of(article), article.topics))
            rulings = _rulings(options, article, {topic.slug for topic in app.topics(settings)})
    add_lines(settings.overrides, HEAD, "".join(map(line, rulings)))
    if options.json:
        say_json(
            {
                "article": article.id,
                "file": str(settings.overrides),
                "decisions": [{"verb": one.verb, "words": one.words} for one in rulings],
            }
        )
    elif not options.quiet:
        done = "; ".join(f"{one.verb} {', '.join(one.words)}".rstrip() for one in rulings)
        sys.stdout.write(f"“{article.title}”: {done}. Noted in {settings.overrides}; run `republish` to publish it.\n")
    return 0


def _pair(options: argparse.Namespace, article: Article, other: Article) -> Ruling:
    """Return that two articles are one story or are not; raise `ConfigError` if they are one article."""
    if other.id == article.id:
        raise ConfigError(f"“{article.title}” is meant both times — name two articles")
    return Ruling(verb=options.command, words=(other.id,), article=article.id, comment=_comment(options, article))


def _comment(options: argparse.Namespace, article: Article) -> str:
    return f"{article.title} ({datetime.now(UTC):%Y-%m-%d}{'; ' + options.reason if options.reason else ''})"


def _rulings(options: argparse.Namespace, article: Article, known: set[str]) -> list[Ruling]:
    """Return what was decided; raise `ConfigError` if it is nothing, or about what is no topic or language."""

    def ruling(verb: Verb, words: tuple[str, ...]) -> Ruling:
        return Ruling(verb=verb, words=words, article=article.id, comment=_comment(options, article))

    if options.command == "release":
        return [ruling("release", ())]
    topics = tuple(dict.fromkeys(options.topics))
    if options.command == "pin":
        topics = () if topics == (NONE,) else topics or tuple(one.topic for one in article.topics)
    for topic in topics:
        if topic not in known:
            raise ConfigError(f"there is no topic {topic!r}, only {', '.join(sorted(known))}{near(topic, known)}")
    rulings = [ruling(options.command, topics)] if topics or options.command == "pin" else []
    if options.language:
        tag = canonical(options.language)
        if tag is None:
            raise ConfigError(f"--language: {options.language!r} is not a language tag, such as ko or zh-Hant")
        rulings.append(ruling("language", (tag,)))
    if not rulings:
        raise ConfigError("say which topics, such as health — or --language, such as ko")
    return rulings
