"""OPML documents: version 2.0, as a list of subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher.check.finding import (
    Complaint,
    Kind,
    Reference,
    Subject,
    is_absolute,
    is_language,
    is_mail_date,
    plain_xml,
    read_xml,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def opml_root(subject: Subject) -> Iterator[Complaint]:
    """Require a head, and a body with an outline."""
    root = subject.root
    if root.tag != "opml" or root.get("version") != "2.0":
        yield Complaint(root.sourceline, 'the document does not start with <opml version="2.0">')
    if root.find("head") is None:
        yield Complaint(root.sourceline, "the document has no <head>, which OPML requires")
    if root.find("body/outline") is None:
        yield Complaint(root.sourceline, "the document has no <outline> in its <body>, which OPML requires")


def outlines(subject: Subject) -> Iterator[Complaint]:
    """Require a text of each outline, a title and an address of each feed."""
    for outline in subject.root.iter("outline"):
        if not outline.get("text"):
            yield Complaint(outline.sourceline, "the outline has no text, which OPML requires")
        if outline.get("type", "").lower() == "rss":
            if not outline.get("title"):
                yield Complaint(outline.sourceline, "the outline of a feed has no title")
            if not outline.get("xmlUrl"):
                yield Complaint(outline.sourceline, "the outline of a feed has no xmlUrl; nobody can subscribe to it")
        elif outline.get("xmlUrl"):
            yield Complaint(outline.sourceline, "the outline has an xmlUrl but not type=rss; readers pass it over")


def absolute_addresses(subject: Subject) -> Iterator[Complaint]:
    """Refuse relative addresses: a list is imported from anywhere."""
    for outline in subject.root.iter("outline"):
        for name in ("xmlUrl", "htmlUrl", "url"):
            if name in outline.attrib and not is_absolute(outline.get(name)):
                yield Complaint(outline.sourceline, f"{name} is {shown(outline.get(name))}; make it absolute")


def dates_and_languages(subject: Subject) -> Iterator[Complaint]:
    """Require dates by RFC 822 and language tags by BCP 47."""
    for element in subject.root.iter("dateCreated", "dateModified"):
        if not is_mail_date(element.text or ""):
            yield Complaint(
                element.sourceline, f"{shown(element.text or '')} is no date, as Thu, 05 Mar 2026 12:00:00 +0000"
            )
    for outline in subject.root.iter("outline"):
        if "language" in outline.attrib and not is_language(outline.get("language")):
            yield Complaint(outline.sourceline, f"{shown(outline.get('language'))} is no language tag (BCP 47)")


def references(subject: Subject) -> Iterator[Reference]:
    """Yield the feeds and pages of the list."""
    for outline in subject.root.iter("outline"):
        for name in ("xmlUrl", "htmlUrl"):
            yield Reference(outline.get(name, ""), outline.sourceline)


KIND = Kind(
    read=read_xml,
    rules=(plain_xml, opml_root, outlines, absolute_addresses, dates_and_languages),
    references=references,
)
