"""Checks on what was published, by the bytes alone: `republish check`, without a network and without a validator.

Each kind of file has a table of small rules; a rule is named in the finding as its function is in the code.
"""

from __future__ import annotations

from posixpath import splitext
from typing import TYPE_CHECKING

from republisher.check import atom, jsonfeed, opml, page, rss
from republisher.check.across import Across
from republisher.check.finding import Finding, Kind, Subject, UnreadableError, finding, judge, plain_xml, read_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from republisher.model import Site

__all__ = ["Finding", "check_file", "check_site"]

KINDS = {
    ".atom": atom.KIND,
    ".rss": rss.KIND,
    ".json": jsonfeed.KIND,
    ".opml": opml.KIND,
    ".html": page.KIND,
    ".xml": Kind(read=read_xml, rules=(plain_xml,)),
}
"""By ending; other files are there to be linked to."""


def check_file(path: str, content: bytes, site: Site | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with one file; `path` is relative to the site, with `/`. Any bytes will do."""
    findings, _ = _check(path, content, site)
    return findings


def check_site(
    files: Mapping[str, bytes | None] | Iterable[tuple[str, bytes | None]], site: Site | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with each of `files` and with how they fit together, in the order of their paths.

    A file without content is there to be linked to and nothing else. An iterable of pairs is read once and only what
    is compared is kept, so a large site need not fit into memory.
    """
    pairs = files.items() if hasattr(files, "items") else files
    across = Across(site)
    found: list[Finding] = []
    for path, content in pairs:
        findings, subject = _check(path, content, site)
        found.extend(findings)
        across.add(path, KINDS.get(_ending(path)), subject)
    found.extend(across.findings())
    return tuple(sorted(found, key=lambda each: (each.path, each.line or 0, each.rule, each.message)))


def _check(path: str, content: bytes | None, site: Site | None) -> tuple[tuple[Finding, ...], Subject | None]:
    kind = KINDS.get(_ending(path))
    if kind is None or content is None:
        return (), None
    try:
        root = kind.read(content)
    except UnreadableError as error:
        return (finding(path, "readable", error.complaint),), None
    subject = Subject(path=path, content=content, root=root, site=site)
    return tuple(judge(subject, kind.rules)), subject


def _ending(path: str) -> str:
    return splitext(path)[1].lower()
