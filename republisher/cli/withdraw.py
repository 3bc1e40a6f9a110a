"""`republish withdraw`: an editor takes an article out, for good."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config
from republisher.cli.show import one_article

if TYPE_CHECKING:
    import argparse


def main(options: argparse.Namespace) -> int:
    """Withdraw one article; the next run takes it out of every feed and page."""
    settings = config.load(Path(options.config))
    with app.open_store(settings, writing=True) as store:
        article = one_article(options.article, store, settings)
        if article is None:
            return 1
        store.withdraw([article.id], options.reason or "withdrawn by an editor", datetime.now(UTC))
        store.set_note(app.FINISHED, "")
    if not options.quiet:
        sys.stdout.write(f"“{article.title}” is withdrawn; run `republish` to take it out of what is published.\n")
    return 0
