"""`republish`: the main job."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config
from republisher.cli.terminal import progress_bar, say_json, table, talkative

if TYPE_CHECKING:
    import argparse

    from republisher.app import Outcome


def main(options: argparse.Namespace) -> int:
    """Take in, publish, and say what came of it; silent in cron unless something is wrong."""
    settings = config.load(Path(options.config))
    logging.basicConfig(level=logging.INFO if options.verbose else logging.CRITICAL, format="%(message)s")
    outcome = app.run(settings, datetime.now(UTC), progress_bar(options))
    _complain(outcome)
    if options.json:
        say_json(_facts(outcome))
    elif talkative(options, os.environ):  # noqa: TID251  # this is the command line
        sys.stdout.write(_summary(outcome, settings, verbose=options.verbose))
    return int(outcome.failed)


def _complain(outcome: Outcome) -> None:
    for failure in outcome.tally.failures if outcome.tally else ():
        sys.stderr.write(f"republish: {failure.message}\n")
    for sentence in outcome.issue.kept if outcome.issue else ():
        sys.stderr.write(f"republish: {sentence}\n")


def _summary(outcome: Outcome, settings: config.Config, *, verbose: bool) -> str:
    tally, issue, run = outcome.tally, outcome.issue, outcome.run
    if tally is None or issue is None:
        return f"Nothing has changed: {outcome.articles} articles, nothing written ({run.seconds:.2f} s).\n"
    odd = (f"{location}: {problem.where}: {problem.message}\n" for location, problem in tally.problems)
    lines = [*(odd if verbose else ()), _grid(outcome.channels)]
    written = f"{len(issue.written)} of {issue.files} files written to {settings.output}"
    if not issue.written:
        written = f"nothing written, all {issue.files} files in {settings.output} are up to date"
    removed = f", {len(issue.removed)} removed" if issue.removed else ""
    lines.append(
        f"\n{tally.documents} documents read, {tally.unchanged} unchanged, {len(tally.failures)} failed;"
        f" {tally.articles} articles in: {tally.new} new, {tally.changed} changed, {tally.reclassified} moved;"
        f"\n{written}{removed} ({run.seconds:.2f} s).\n"
    )
    if tally.problems and not verbose:
        lines.append(f"{len(tally.problems)} oddities in the sources; `republish parse PLACE` lists those of each.\n")
    return "".join(lines)


def _grid(channels: dict[str, int]) -> str:
    """Return how many articles there are of each topic in each language."""
    topics = sorted({path.rpartition("/")[2] for path in channels}, key=lambda slug: (slug != "all", slug))
    languages = sorted({path.rpartition("/")[0] for path in channels if "/" in path})
    if not topics:
        return "No articles.\n"
    rows = [
        [topic, channels.get(topic, 0), *(channels.get(f"{language}/{topic}", 0) for language in languages)]
        for topic in topics
    ]
    return table(rows, head=["topic", "articles", *languages])


def _facts(outcome: Outcome) -> dict[str, object]:
    tally, issue, run = outcome.tally, outcome.issue, outcome.run
    return {
        "started": run.started.isoformat(),
        "seconds": run.seconds,
        "documents": {"read": run.documents, "unchanged": tally.unchanged if tally else None, "failed": run.failed},
        "articles": {
            "stored": outcome.articles,
            "in": tally.articles if tally else 0,
            "new": run.new,
            "changed": run.changed,
            "moved": tally.reclassified if tally else 0,
        },
        "channels": outcome.channels,
        "files": {
            "written": list(issue.written) if issue else [],
            "removed": list(issue.removed) if issue else [],
            "kept": list(issue.kept) if issue else [],
        },
        "failures": [
            {"source": failure.source.key, "location": failure.location, "message": failure.message}
            for failure in (tally.failures if tally else ())
        ],
        "problems": [
            {"location": location, "code": problem.code, "where": problem.where, "message": problem.message}
            for location, problem in (tally.problems if tally else ())
        ],
    }
