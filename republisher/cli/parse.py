"""`republish parse`: what was understood of a document, in RFC 4287's names, with every problem."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from republisher import app, config
from republisher.cli.terminal import say_json
from republisher.errors import SourceError
from republisher.fetch import FileTransport
from republisher.model import Source
from republisher.records import Wanted
from republisher.urls import is_web

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from republisher.model import Document, Markup, ParsedFeed
    from republisher.records import Answer

_LONGEST = 200
"""Characters of a text that are shown to a person; `--json` shows all of it."""


def main(options: argparse.Namespace) -> int:
    """Read one document and show what it says; nothing is stored and nothing published."""
    from republisher.parse import parse  # noqa: PLC0415  # slow to import

    feed = parse(_document(options))
    if options.json:
        say_json(_plain(feed))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(feed))
    return 0


def _document(options: argparse.Namespace) -> Document:
    source = Source(key=options.place, location=options.place)
    if is_web(options.place):
        from republisher.web import ask  # noqa: PLC0415  # slow to import

        settings = config.load(Path(options.config)) if Path(options.config).is_file() else None
        wanted = Wanted(source=source, location=options.place)
        (answer,) = ask(app.http_settings(settings), datetime.now(UTC), [wanted])
        return _had(answer)
    transport = FileTransport(Path.cwd())
    locations = transport.locate(source)
    if len(locations) > 1:
        raise SourceError("more than one document is meant", options.place, f"name one of them, such as {locations[0]}")
    (answer,) = transport.fetch_all([Wanted(source=source, location=locations[0])])
    return _had(answer)


def _had(answer: Answer) -> Document:
    if answer.error is not None:
        raise answer.error
    if answer.document is None:
        raise SourceError("its server says it is gone for good", answer.wanted.location, "find its new address")
    return answer.document


def _plain(value: Any) -> Any:  # noqa: ANN401  # any of the model's types
    """Return `value` as JSON has it; what is empty is left out."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not is_dataclass(value):
        return value
    given = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {name: _plain(item) for name, item in given if item not in (None, (), "")}


def _lines(feed: ParsedFeed) -> Iterator[str]:
    yield f"{feed.format}: {len(feed.entries)} entries" + (f", {len(feed.sources)} sources" if feed.sources else "")
    yield from _facts(feed, "  ", ("entries", "problems", "format", "sources", "translations"))
    for number, links in enumerate(feed.translations, 1):
        named = (link.href + (f" ({link.hreflang})" if link.hreflang else "") for link in links)
        yield f"set {number}: {', '.join(named)}"
    for number, source in enumerate(feed.sources, 1):
        yield f"source {number}: {source.location}" + (f" ({source.title})" if source.title else "")
    for number, entry in enumerate(feed.entries, 1):
        yield f"entry {number}"
        yield from _facts(entry, "  ", ())
    for problem in feed.problems:
        yield f"problem {problem.code}: {problem.where + ': ' if problem.where else ''}{problem.message}"


def _facts(value: Any, indent: str, without: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401  # likewise
    for field in fields(value):
        given = getattr(value, field.name)
        if field.name in without or given in (None, ()):
            continue
        for one in given if isinstance(given, tuple) else (given,):
            yield f"{indent}{field.name:<11} {_shown(one)}"


def _shown(value: Any) -> str:  # noqa: ANN401  # likewise
    if hasattr(value, "value") and hasattr(value, "base"):
        return _markup(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if is_dataclass(value):
        given = ((field.name, getattr(value, field.name)) for field in fields(value))
        return ", ".join(f"{name}={_shown(item)}" for name, item in given if item not in (None, (), ""))
    return _cut(str(value))


def _markup(value: Markup) -> str:
    return f"({value.type}) {_cut(value.value)}"


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
