"""Golden pairs: a document in `parse/` and what must be found in it, in the JSON file of the same name.

The JSON names only the fields it is about: `feed` and `entries` hold fields of the model, `problems` the codes in
order, `error` the words of a refusal; `location`, `media_type` and `charset` are what the transport says of it. A new
case is two new files.
`--update-golden` is not offered: what a document says is decided by a person.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from republisher.errors import ParseError
from republisher.model import Document, ParsedFeed, Source
from republisher.parse import parse

FOLDER = Path(__file__).parent / "parse"
CASES = sorted(FOLDER.glob("*.json"))


def read(case: Path, location: str, media_type: str | None, charset: str | None) -> ParsedFeed:
    """Parse the document beside a JSON file."""
    (path,) = (path for path in case.parent.glob(f"{case.stem}.*") if path != case)
    document = Document(
        source=Source(key=location, location=location),
        location=location,
        content=path.read_bytes(),
        media_type=media_type,
        charset=charset,
    )
    return parse(document)


def narrowed(actual: Any, expected: Any) -> Any:
    """Return the part of `actual` that `expected` is about."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {key: narrowed(actual[key], value) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        places = range(max(len(actual), len(expected)))
        return [narrowed(actual[n], expected[n] if n < len(expected) else None) for n in places if n < len(actual)]
    return actual.isoformat() if isinstance(actual, datetime) else actual


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_a_document_says_is_found(case: Path) -> None:
    """Every field a case names comes out as it says, and a refused document says why."""
    expected = json.loads(case.read_text(encoding="utf-8"))
    location = expected.get("location", "feed.xml")
    transport = (location, expected.get("media_type"), expected.get("charset"))
    if "error" in expected:
        with pytest.raises(ParseError, match=expected["error"]) as caught:
            read(case, *transport)
        assert caught.value.location == location
        assert caught.value.advice
        return
    feed = read(case, *transport)
    assert narrowed(asdict(feed), expected.get("feed", {})) == expected.get("feed", {})
    assert narrowed([asdict(entry) for entry in feed.entries], expected["entries"]) == expected["entries"]
    assert [problem.code for problem in feed.problems] == expected.get("problems", [])


def test_every_document_has_its_expectation() -> None:
    """No document lies in the folder unchecked."""
    assert {path.stem for path in FOLDER.iterdir()} == {case.stem for case in CASES}
