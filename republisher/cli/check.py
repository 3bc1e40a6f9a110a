"""`republish check`: look over the configuration and everything that is published."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config
from republisher.cli.terminal import say_json
from republisher.errors import PublishError, SourceError
from republisher.fetch import FileTransport
from republisher.urls import is_web
from republisher.writer import Writer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from republisher.check import Finding


def main(options: argparse.Namespace) -> int:
    """Check everything and say what was found; status 1 if anything of it is an error."""
    settings = config.load(Path(options.config))
    advice = _advice(settings)
    writer = Writer(settings.output)
    with app.open_store(settings) as store:
        published = store.published()
    if not published:
        raise PublishError(f"{settings.output}: nothing is published yet — run `republish` first")
    findings = _findings(writer, settings, tuple(published))
    findings = (*_sources(settings), *findings)
    errors = sum(finding.severity == "error" for finding in findings)
    if options.json:
        say_json({"files": len(published), "findings": [asdict(finding) for finding in findings], "advice": advice})
        return int(errors > 0)
    out = sys.stderr if options.quiet else sys.stdout
    for finding in findings:
        place = finding.path if finding.line is None else f"{finding.path}:{finding.line}"
        out.write(f"{place}: {finding.severity}: {finding.message} [{finding.rule}]\n")
    if not options.quiet:
        sys.stdout.writelines(f"{line}\n" for line in advice)
        warnings = len(findings) - errors
        sys.stdout.write(f"{len(published)} files checked: {errors} errors, {warnings} warnings.\n")
    return int(errors > 0)


def _findings(writer: Writer, settings: config.Config, published: tuple[str, ...]) -> tuple[Finding, ...]:
    from republisher.check import Finding, check_site  # noqa: PLC0415  # slow to import

    there = set(writer.paths())
    missing = tuple(
        Finding(
            path=path,
            line=None,
            severity="error",
            rule="published-file",
            message="was published and is gone; run `republish` to write it again",
        )
        for path in published
        if path not in there
    )
    return missing + check_site(_read(writer, there, set(published)), settings.site)


def _read(writer: Writer, there: set[str], published: set[str]) -> Iterator[tuple[str, bytes | None]]:
    """Yield what we published; files that are not ours are there to be linked to, whatever they hold."""
    for path in sorted(there):
        yield path, writer.read(path) if path in published else None


def _sources(settings: config.Config) -> Iterator[Finding]:
    """Yield a finding for each source of files that are not there."""
    from republisher.check import Finding  # noqa: PLC0415  # slow to import

    transport = FileTransport(settings.base)
    for source in settings.sources:
        try:
            if not is_web(source.location):
                transport.locate(source)
        except SourceError as error:
            path = str(settings.path)
            yield Finding(path=path, line=None, severity="error", rule="source", message=str(error))


def _advice(settings: config.Config) -> list[str]:
    lines = [f"{settings.path}: {len(settings.sources)} {'source' if len(settings.sources) == 1 else 'sources'}."]
    if settings.site.url == config.EXAMPLE_URL:
        lines.append(f"site.url is still the example {config.EXAMPLE_URL}: set it before anybody subscribes.")
    if settings.site.author.email is None:
        lines.append("site.author.email is not set: RSS names nobody to write to (managingEditor).")
    return lines
