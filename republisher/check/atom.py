"""Atom documents: the grammar of RFC 4287 (Appendix B), its two Schematron rules, and what readers stumble over."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from republisher.check.finding import (
    Complaint,
    Entry,
    Kind,
    Reference,
    Subject,
    duplicates,
    is_absolute,
    is_timestamp,
    plain_xml,
    read_xml,
    same_place,
    shown,
    text_of,
)
from republisher.check.markup import fragment_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAMMAR = Path(__file__).parent.parent / "data" / "atom.rng"
_NS = "{http://www.w3.org/2005/Atom}"
_ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"


@lru_cache(maxsize=1)
def _grammar() -> Any:  # noqa: ANN401 - of lxml, which ships no types
    return etree.RelaxNG(etree.parse(_GRAMMAR))


def _entries(subject: Subject) -> list[Any]:
    root = subject.root
    return [root] if root.tag == f"{_NS}entry" else root.findall(f"{_NS}entry")


def _links(element: Any, rel: str) -> list[Any]:  # noqa: ANN401 - an element of lxml
    return [link for link in element.findall(f"{_NS}link") if link.get("rel", "alternate") == rel]


def atom_grammar(subject: Subject) -> Iterator[Complaint]:
    """Require the grammar of RFC 4287, Appendix B."""
    grammar = _grammar()
    if not grammar.validate(subject.root):
        for error in grammar.error_log:
            if error.line:  # the rest repeats the same from another alternative of the grammar
                yield Complaint(error.line, f"not Atom (RFC 4287): {error.message}")


def feed_author(subject: Subject) -> Iterator[Complaint]:
    """Require an author of a feed unless each of its entries has one (RFC 4287 §4.1.1)."""
    if subject.root.find(f"{_NS}author") is not None:
        return
    for entry in _entries(subject):
        if entry.find(f"{_NS}author") is None and entry.find(f"{_NS}source/{_NS}author") is None:
            yield Complaint(entry.sourceline, "neither the entry nor the feed has an author; give the feed one")


def entry_alternate(subject: Subject) -> Iterator[Complaint]:
    """Require one alternate link: RFC 4287 §4.1.2 lets content do instead, and of several, readers take any."""
    for entry in _entries(subject):
        count = len(_links(entry, "alternate"))
        if count != 1:
            yield Complaint(
                entry.sourceline,
                f"the entry has {count} links with rel=alternate; exactly one is the article, others are rel=related",
            )


def feed_links(subject: Subject) -> Iterator[Complaint]:
    """Require that a feed names its place and its page (RFC 4287 §4.1.1), an archive the live feed (RFC 5005)."""
    root = subject.root
    if root.tag != f"{_NS}feed":
        return
    own = [link.get("href", "") for link in _links(root, "self")]
    if len(own) != 1:
        yield Complaint(root.sourceline, f"the feed has {len(own)} links with rel=self; exactly one names its place")
    for href in own:
        if not same_place(href, subject):
            yield Complaint(root.sourceline, f"rel=self says {shown(href)} but the file is at {subject.url}")
    if len(_links(root, "alternate")) != 1:
        yield Complaint(root.sourceline, "the feed needs exactly one link with rel=alternate, to its page")
    if root.find(_ARCHIVE) is not None and not _links(root, "current"):
        yield Complaint(root.sourceline, "the archive has no link with rel=current to the live feed (RFC 5005 §4)")


def absolute_addresses(subject: Subject) -> Iterator[Complaint]:
    """Refuse relative addresses: they break when an entry is copied out of its feed."""
    for link in subject.root.iter(f"{_NS}link"):
        if not is_absolute(link.get("href", "")):
            yield Complaint(link.sourceline, f"the link {shown(link.get('href', ''))} is not absolute; make it so")
    for element in subject.root.iter(f"{_NS}id"):
        if not is_absolute(element.text or ""):
            yield Complaint(
                element.sourceline, f"the id {shown(element.text or '')} is no absolute IRI (RFC 4287 §4.2.6); mint one"
            )


def dates(subject: Subject) -> Iterator[Complaint]:
    """Require RFC 3339 (RFC 4287 §3.3); the grammar's xsd:dateTime knows times without an offset."""
    for element in subject.root.iter(f"{_NS}updated", f"{_NS}published"):
        if not is_timestamp(element.text):
            yield Complaint(
                element.sourceline, f"{shown(element.text or '')} is no date-time by RFC 3339, as 2026-03-05T12:00:00Z"
            )


def unique_ids(subject: Subject) -> Iterator[Complaint]:
    """Refuse an id that stands twice: RFC 4287 §4.1.1 allows versions of an entry, readers show only one."""
    yield from duplicates(entries(subject))


def content(subject: Subject) -> Iterator[Complaint]:
    """Require content that does nothing and has only absolute addresses."""
    for entry in _entries(subject):
        for tag in ("title", "summary", "content", "rights"):
            for element in entry.findall(f"{_NS}{tag}"):
                if element.get("type") == "html":
                    yield from fragment_complaints(element.text or "", element.sourceline)
                elif element.get("type") == "xhtml":
                    yield from fragment_complaints(etree.tostring(element, encoding="unicode"), element.sourceline)


def entries(subject: Subject) -> Iterator[Entry]:
    """Yield the articles of the feed."""
    for entry in _entries(subject):
        links = [link.get("href", "") for link in _links(entry, "alternate")]
        yield Entry(
            id=text_of(entry, f"{_NS}id"),
            link=links[0] if links else "",
            title=text_of(entry, f"{_NS}title"),
            line=entry.sourceline,
        )


def references(subject: Subject) -> Iterator[Reference]:
    """Yield the links of the feed, but for the hub, which is a service."""
    for link in subject.root.iter(f"{_NS}link"):
        if link.get("rel") != "hub":
            yield Reference(link.get("href", ""), link.sourceline)


KIND = Kind(
    read=read_xml,
    rules=(
        plain_xml,
        atom_grammar,
        feed_author,
        feed_links,
        entry_alternate,
        unique_ids,
        absolute_addresses,
        dates,
        content,
    ),
    references=references,
    entries=entries,
)
