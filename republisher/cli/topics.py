"""`republish topics try`, `check` and `learn`: the words topics are found by, before and behind what is published."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from republisher import app, config, editor
from republisher.cli.terminal import progress_bar, say_json, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from republisher.classify.lint import Remark
    from republisher.model import Article

_STRONGEST = 12
"""Words of a topic that are told without `--explain`."""


def main(options: argparse.Namespace) -> int:
    """Do what was asked; nothing is changed."""
    settings = config.load(Path(options.config))
    return {"try": _try, "check": _check, "learn": _learn}[options.command](options, settings)


def _try(options: argparse.Namespace, settings: config.Config) -> int:
    """Classify what is stored by other topics, and say what would move."""
    topics, rules = config.load_topics(Path(options.file), settings)
    other = replace(settings, topics=topics, rules=rules)
    moved: list[tuple[Article, list[str], list[str]]] = []
    with app.open_store(settings) as store:
        show, number = progress_bar(options), store.channels().get("all", 0)
        now = datetime.now(UTC)
        file_now, file_then = editor.filing(settings, store, now), editor.filing(other, store, now)
        for done, article in enumerate(store.select(channel="all")):
            show("trying", done, number)
            before, after = ([one.topic for one in each.topics] for each in (file_now(article), file_then(article)))
            if set(before) != set(after):
                moved.append((article, [t for t in after if t not in before], [t for t in before if t not in after]))
        show("trying", number, number)
    if options.json:
        say_json(
            [
                {"id": article.id, "title": article.title, "language": article.language, "gains": gains, "loses": loses}
                for article, gains, loses in moved
            ]
        )
        return 0
    rows = [
        (
            " ".join([*(f"+{topic}" for topic in gains), *(f"-{topic}" for topic in loses)]),
            article.language,
            article.title,
        )
        for article, gains, loses in moved
    ]
    sys.stdout.write(table(rows) if rows else "")
    sys.stdout.write(f"{len(moved)} of {number} articles would move; nothing is changed.\n")
    return 0


def _check(options: argparse.Namespace, settings: config.Config) -> int:
    """Look for mistakes; exit status 1 if there are any."""
    remarks = list(_shipped() if options.shipped else _own(settings))
    lost: list[str] = []
    if not options.shipped:
        decided = editor.overrides(settings)
        with app.open_store(settings) as store:
            known = editor.named(store, decided.names())
        lost = [name for name in decided.names() if name not in known]
    if options.json:
        facts = ("language", "topic", "term", "message")
        say_json({"words": [{name: getattr(one, name) for name in facts} for one in remarks], "overrides": lost})
    else:
        for one in remarks:
            sys.stdout.write(f"{one.topic} ({one.language}): “{one.term}” {one.message}\n")
        for name in lost:
            sys.stdout.write(f"{settings.overrides}: no article is called {name} — it may come yet, or mend the line\n")
        if not (remarks or lost) and not options.quiet:
            sys.stdout.write("Nothing is odd.\n")
    return int(bool(remarks or lost))


def _own(settings: config.Config) -> Iterator[Remark]:
    """Yield what is odd about the keywords of the configuration, beside the shipped words of the same language."""
    from republisher.classify import lexicon  # noqa: PLC0415
    from republisher.classify.lint import lint  # noqa: PLC0415
    from republisher.classify.topics import shipped_specs  # noqa: PLC0415

    shipped = {spec.slug for spec in shipped_specs()}
    languages = {tag for spec in settings.topics for tag in (*spec.keywords, *spec.exclude)}
    for language in sorted(languages):
        code = "en" if language == "*" else language.split("-")[0]
        for spec in settings.topics:
            own = [term for term in lexicon.from_specs((spec,), (language,), code) if not term.stem]
            written = {term.written for term in own}
            beside = lexicon.shipped(code) if spec.slug in shipped else ()  # a topic of one's own stands alone
            for remark in lint((*beside, *own), code):
                if remark.topic == spec.slug and remark.term in written:
                    yield remark


def _shipped() -> Iterator[Remark]:
    from republisher.classify import lexicon  # noqa: PLC0415
    from republisher.classify.lint import lint  # noqa: PLC0415

    for language in lexicon.languages():
        yield from lint(lexicon.shipped(language), language)


def _learn(options: argparse.Namespace, settings: config.Config) -> int:
    """Say what was learned in which language."""
    decided = editor.overrides(settings)
    with app.open_store(settings) as store:
        learned = editor.classifier_of(settings, store, decided).learned
    if options.json:
        say_json({"on": settings.learn, "corrections": learned.corrections, "weights": _weights(learned.weights)})
        return 0
    from republisher.classify.learning import LEAST  # noqa: PLC0415

    if not settings.learn:
        sys.stdout.write("Learning is switched off (editor.learn); what editors decide still counts.\n")
        return 0
    for language, number in sorted(learned.corrections.items()):
        wanting = "" if number >= LEAST else f"; nothing is learned from fewer than {LEAST}"
        sys.stdout.write(f"{language}: {number} corrections{wanting}\n")
        for topic, weights in sorted(learned.weights.get(language, {}).items()):
            words = sorted(weights.words.items(), key=lambda one: (-abs(one[1]), one[0]))
            told = words if options.explain else words[:_STRONGEST]
            sys.stdout.write(
                f"  {topic}: {weights.trust:.0%} of the lexicon's score counts; {len(words)} words learned\n"
            )
            for word, weight in told:
                sys.stdout.write(f"    {weight:+.3f}  {word}\n")
    if not learned.corrections:
        sys.stdout.write("Nothing is learned: editors have not decided about any stored article yet.\n")
    return 0


def _weights(weights: Any) -> dict[str, object]:  # noqa: ANN401  # of Learned
    return {
        language: {topic: {"trust": one.trust, "words": dict(one.words)} for topic, one in topics.items()}
        for language, topics in weights.items()
    }
