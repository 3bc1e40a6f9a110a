"""Old or new, never between: a run that dies or meets a full disk at any call leaves every file whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from republisher.cli import main

HERE = Path(__file__).parent


def feed(*titles: str) -> str:
    """Return a feed of short articles, one of them new with each title."""
    entries = (
        f"<entry><id>urn:example:{number}</id><title>{title}</title><updated>2026-03-0{number}T09:00:00Z</updated>"
        f"<content>{title}, more vaccine for every hospital.</content></entry>"
        for number, title in enumerate(titles, 1)
    )
    head = "<id>urn:example:feed</id><title>Province</title><updated>2026-03-04T09:00:00Z</updated>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">{head}{"".join(entries)}</feed>'


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish a feed, then correct one of its articles and add another."""
    folder = tmp_path / "start"
    source = folder / "feeds" / "province.atom"
    source.parent.mkdir(parents=True)
    source.write_text(feed("Vaccine arrives"), encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main(["init", "--quiet", "--source", "feeds", "--site-url", "https://feeds.example.org/"]) == 0
    assert main(["--quiet"]) == 0
    source.write_text(feed("Vaccine has arrived", "Hospital opens"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("how", ["kill", "full"])
def test_every_file_is_old_or_new_and_the_next_run_mends_the_rest(published: Path, tmp_path: Path, how: str) -> None:
    """Killed by SIGKILL, or refused by a full disk, at each state-changing call in turn."""
    command = [sys.executable, str(HERE / "sweep.py"), str(published), str(tmp_path), how]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=300).stdout)
    assert result["wrong"] == []
    assert result["changed"] >= 15
    assert result["calls"] > 2 * result["changed"]
