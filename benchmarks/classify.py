"""How long a long article takes to classify, and how much memory that needs: one process for each language.

    python benchmarks/classify.py [LANGUAGE …]

The article is put together from the bodies of our own test texts until it has 3,800 characters; so many short texts
together are about twice as dense in words that count as an article of that length is. Time is processor time, the
median of 200 articles, each different, once the lexicon is loaded; memory is the peak of the whole process above a
Python that does nothing, language detection not included.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import unicodedata
from pathlib import Path
from time import process_time

TEXTS = Path(__file__).parent.parent / "tests" / "quality" / "texts"
CHARACTERS = 3_800
ARTICLES = 200
SHOWN = "en ko ja zh-Hans zh-Hant de ru ar hi th am".split()


def articles(wanted: str) -> list[tuple[str, str]]:
    """Return titles and texts, all different and of the length wanted."""
    language = wanted.partition("-")[0]
    lines = (TEXTS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [one for one in map(json.loads, lines) if one.get("lang", language) == wanted]
    found = []
    for number in range(ARTICLES):
        turned = texts[number % len(texts) :] + texts[: number % len(texts)]
        whole = " ".join(one["text"] for one in turned if one["text"]) * 3
        whole = unicodedata.normalize("NFC", whole)  # as every stored article is
        found.append((turned[0]["title"], whole[number // len(texts) :][:CHARACTERS]))
    return found


def measure(language: str) -> tuple[float, float, float]:
    """Return milliseconds for the first article and for each further one, and megabytes."""
    given = articles(language)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = process_time()
    from republisher.classify import TopicClassifier  # noqa: PLC0415  # importing is measured too

    classifier = TopicClassifier()
    classifier.classify_text(language, *given[0])
    first = process_time() - began
    times = []
    for title, text in given:
        began = process_time()
        classifier.classify_text(language, title, text)
        times.append(process_time() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return first * 1000, statistics.median(times) * 1000, memory / 1024


def main() -> None:
    """Measure each language in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        print(*measure(sys.argv[2]))
        return
    print(f"{'language':8}  {'first, ms':>9}  {'each, ms':>8}  {'memory, MB':>10}")
    for language in sys.argv[1:] or SHOWN:
        out = subprocess.run(
            [sys.executable, __file__, "--one", language], check=True, capture_output=True, text=True
        ).stdout
        first, each, memory = map(float, out.split())
        print(f"{language:8}  {first:9.0f}  {each:8.2f}  {memory:10.1f}")


if __name__ == "__main__":
    main()
