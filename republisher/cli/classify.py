"""`republish classify --jsonl`: language and topics of any texts, a JSON object a line, for other people's programs."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from republisher import config, text
from republisher.language import canonical, decide
from republisher.text import legal

if TYPE_CHECKING:
    import argparse

    from republisher.classify import TopicClassifier
    from republisher.model import LanguageTag


def main(options: argparse.Namespace) -> int:
    """Answer each line of standard input with a line; what cannot be read is said on standard error and left out."""
    from republisher.classify import TopicClassifier  # noqa: PLC0415  # slow to import

    wanted = Path(options.config)
    settings = config.load(wanted) if wanted.is_file() or options.config != config.FILE_NAME else None
    classifier = TopicClassifier(settings.topics) if settings else TopicClassifier()
    expected = settings.expected if settings else ()
    wrong = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            answer = _answer(json.loads(line.decode("utf-8-sig")), classifier, expected)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            sys.stderr.write(f"republish: line {number}: {_reason(error)}\n")
            wrong += 1
            continue
        sys.stdout.write(legal(json.dumps(answer, ensure_ascii=False)) + "\n")
        sys.stdout.flush()
    return int(wrong > 0)


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 (byte {error.start})"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON ({error})"
    return 'should be an object such as {"id": 1, "lang": "ko", "title": "…", "text": "…"}; lang may be left out'


def _answer(asked: Any, classifier: TopicClassifier, expected: tuple[LanguageTag, ...]) -> dict[str, object]:  # noqa: ANN401
    """Return what is found out about one text; raise `TypeError`, `AttributeError` if it is none."""
    given, title, content = (asked.get(key) or "" for key in ("lang", "title", "text"))
    if not all(isinstance(value, str) for value in (given, title, content)):
        raise TypeError
    clean = text.plain(title), text.plain(content)
    tag = canonical(given)
    language, origin = decide([("given", given)], *clean, expected)
    found = classifier.classify_text(language, *clean)
    return {
        "id": asked.get("id"),
        "lang": tag if tag and origin == "given" else language,
        "topics": [one.topic for one in found],
        "evidence": {
            one.topic: list(dict.fromkeys(_literal(each.surface, f"{title}\n{content}") for each in one.evidence))
            for one in found
        },
    }


def _literal(surface: str, whole: str) -> str:
    """Return `surface` as it stands in the text as it was given, before white space and accents were put in order."""
    if surface in whole:
        return surface
    for form in (surface, unicodedata.normalize("NFD", surface)):
        found = re.search(r"\s+".join(map(re.escape, form.split())), whole)
        if found:
            return found[0]
    return surface
