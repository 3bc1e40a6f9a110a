"""How right guesses are, on press releases we invented: true sets, and near misses of the same office and day."""

from __future__ import annotations

import html
from itertools import combinations
from pathlib import Path

import pytest

from newsroom import Newsroom, feed
from republisher.model import Source
from republisher.store import SqliteStore

RELEASES = Path(__file__).with_name("releases.txt").read_text(encoding="utf-8").split("\n=== ")[1:]
PRECISION = 1.0
RECALL = 0.95


def entry(release: str) -> tuple[str, str, str]:
    """Return the site, the id and the Atom entry of a release."""
    head, title, text = release.strip().split("\n", 2)
    story, language, site, moment = head.split(" | ")
    when = f"{moment.replace(' ', 'T')}:00Z"
    return (
        site,
        f"urn:example:{story}/{language}",
        (
            f'<entry xml:lang="{language}"><id>urn:example:{story}/{language}</id><title>{title}</title>'
            f"<updated>{when}</updated><published>{when}</published>"
            f'<link href="https://{site}/{language}/{story}"/>'
            f"<content>{html.escape(text)}</content></entry>"
        ),
    )


@pytest.fixture(scope="module")
def guessed() -> set[tuple[str, str]]:
    """Take everything in and return the pairs that are guessed, as stories with languages."""
    entries = [entry(release) for release in RELEASES]
    with SqliteStore(":memory:") as store:
        room = Newsroom(store, sources=(Source(key="feeds/", location="feeds/"),))
        for place in {place for place, _, _ in entries}:
            room.transport.documents[f"feeds/{place}"] = feed(*(text for site, _, text in entries if site == place))
        room.run()
        found = store.siblings([id_ for _, id_, _ in entries])
    return {
        (one.removeprefix("urn:example:"), sibling.id.removeprefix("urn:example:"))
        for one, siblings in found.items()
        for sibling in siblings
        if one < sibling.id
    }


def true() -> set[tuple[str, str]]:
    """Return the pairs that are one story."""
    names = sorted(entry(release)[1].removeprefix("urn:example:") for release in RELEASES)
    return {(one, other) for one, other in combinations(names, 2) if one.split("/")[0] == other.split("/")[0]}


def test_guesses_are_right(guessed: set[tuple[str, str]]) -> None:
    """A wrong guess is worse than none."""
    wrong = guessed - true()
    assert not wrong
    assert len(guessed & true()) / len(guessed) >= PRECISION


def test_most_sets_are_found(guessed: set[tuple[str, str]]) -> None:
    """Except where nothing but words is shared, as in a statement without a number or a name."""
    missed = true() - guessed
    assert ("statement/en", "statement/ko") in missed
    assert len(guessed & true()) / len(true()) >= RECALL, sorted(missed)
