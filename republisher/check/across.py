"""What no file can tell alone: links that lead nowhere, articles that are not the same everywhere."""

from __future__ import annotations

from posixpath import splitext
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin

from republisher.check.finding import Complaint, Finding, Kind, Subject, finding, shown
from republisher.text import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.check.finding import Entry
    from republisher.model import Site

_NOWHERE = "https://site.invalid/"
"""Stands for the site when its address is not known; relative links can be followed all the same (RFC 6761 §6.4)."""


class Across:
    """Takes note of files one by one and says in the end what does not fit together."""

    def __init__(self, site: Site | None) -> None:
        self._base = site.url if site else _NOWHERE
        self._paths: set[str] = set()
        self._targets: dict[str, tuple[str, int | None]] = {}
        self._ids: dict[tuple[str, str], dict[str, tuple[str, int | None]]] = {}
        self._several: set[tuple[str, str]] = set()
        self._links: dict[str, tuple[str, str]] = {}
        self._feeds: dict[str, tuple[str, str]] = {}
        self._found: list[Finding] = []

    def add(self, path: str, kind: Kind | None, subject: Subject | None) -> None:
        """Take note of the file at `path`; without a `subject` it is only there to be linked to."""
        self._paths.add(path)
        if kind is None or subject is None:
            return
        for reference in kind.references(subject) if kind.references else ():
            target = self._inside(path, reference.url)
            if target is not None:
                self._targets.setdefault(target, (path, reference.line))
        if kind.entries:
            entries = list(kind.entries(subject))
            self._note_ids(path, entries)
            for entry in entries:
                self._found.extend(self._compare_links(path, entry))
            self._found.extend(self._compare_formats(path, entries))

    def findings(self) -> Iterator[Finding]:
        """Yield what was found, links that lead nowhere last."""
        yield from self._found
        yield from self._compare_ids()
        for target, (path, line) in self._targets.items():
            if target not in self._paths and f"{target.rstrip('/')}/index.html".lstrip("/") not in self._paths:
                message = f"links to {shown(target)}, which was not published; publish again or remove the link"
                yield finding(path, "link-target", Complaint(line, message))

    def _inside(self, path: str, reference: str) -> str | None:
        """Return the path in the site a link leads to, None if it leads elsewhere."""
        try:
            url = urldefrag(urljoin(self._base + path, reference.strip())).url
        except ValueError:  # brackets that enclose no IPv6 address
            return None
        if not url.startswith(self._base):
            return None
        return unquote(url.removeprefix(self._base).partition("?")[0])

    def _note_ids(self, path: str, entries: list[Entry]) -> None:
        """Remember under which ids an article stands; two in one feed are two articles of one name at one address."""
        here: dict[tuple[str, str], str] = {}
        for entry in entries:
            key = (entry.link, entry.title)
            if not entry.id or not entry.link:
                continue
            if here.setdefault(key, entry.id) != entry.id:
                self._several.add(key)
            self._ids.setdefault(key, {}).setdefault(entry.id, (path, entry.line))

    def _compare_ids(self) -> Iterator[Finding]:
        """Doubt articles that have another id in another file (RFC 4287 §4.2.6)."""
        for key in self._ids.keys() - self._several:
            (known, (place, _)), *others = self._ids[key].items()
            for other, (path, line) in others:
                message = f"{shown(key[1])} has the id {shown(other)} here and {shown(known)} in {place}"
                yield finding(
                    path,
                    "same-id",
                    Complaint(line, f"{message}; if it is one article, readers show it twice", "warning"),
                )

    def _compare_links(self, path: str, entry: Entry) -> Iterator[Finding]:
        """Doubt an id that leads to another address in another file."""
        if not entry.id or not entry.link:
            return
        link, place = self._links.setdefault(entry.id, (entry.link, path))
        if link != entry.link:
            message = f"the article {shown(entry.id)} is at {shown(entry.link)} here and at {shown(link)} in {place}"
            yield finding(path, "same-link", Complaint(entry.line, message, "warning"))

    def _compare_formats(self, path: str, entries: list[Entry]) -> Iterator[Finding]:
        """Require the same articles in the same order of all formats of one channel."""
        articles = digest(*(entry.id for entry in entries))
        known, place = self._feeds.setdefault(splitext(path)[0], (articles, path))
        if known != articles:
            message = f"holds other articles than {place}, the same channel in another format; publish again"
            yield finding(path, "same-articles", Complaint(None, message))
