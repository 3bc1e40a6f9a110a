"""Languages are recognised in eight words, on texts of our own writing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from republisher.language import decide
from republisher.language.tags import primary

TEXTS = sorted((Path(__file__).parent / "texts").glob("*.jsonl"))
UNSPACED = {"ja", "km", "my", "th", "zh"}
FLOOR = 0.98


def beginning(language: str, text: str) -> str:
    """Return the first eight words of `text`, or about as much where words are not told apart."""
    return text[:20] if language in UNSPACED else " ".join(text.split()[:8])


def share(file: Path) -> float:
    """Return how many of the texts in `file` are recognised; Norwegian of both kinds and both Chinese count as one."""
    language = file.stem.split("-")[0]
    articles = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    beginnings = [beginning(language, f"{article['title']} {article['text']}") for article in articles]
    found = [primary(decide((), text, "")[0]) for text in beginnings]
    return sum(one == language or (one, language) == ("nn", "nb") for one in found) / len(found)


@pytest.mark.skipif(not TEXTS, reason="there are no texts of ours yet")
def test_eight_words_are_enough() -> None:
    """The mean over all languages stays where it was measured."""
    shares = {file.stem: share(file) for file in TEXTS}
    assert sum(shares.values()) / len(shares) >= FLOOR, sorted(shares.items(), key=lambda one: one[1])[:8]
