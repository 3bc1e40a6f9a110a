"""Pages: what a machine can tell of HTML without being a browser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml import etree

from republisher.check.finding import Complaint, Kind, Reference, Subject, is_language, shown
from republisher.check.markup import addresses, handlers, read_html

if TYPE_CHECKING:
    from collections.abc import Iterator


def page_head(subject: Subject) -> Iterator[Complaint]:
    """Require standards mode, a language and a title: browsers, search engines and screen readers need all three."""
    if not subject.content.lstrip()[:14].lower().startswith(b"<!doctype html"):
        yield Complaint(1, "the page does not start with <!DOCTYPE html>; browsers show it in quirks mode")
    if not is_language(subject.root.get("lang")):
        yield Complaint(subject.root.sourceline, "the page does not say its language; write <html lang=…>")
    title = subject.root.find("head/title")
    if title is None or not (title.text or "").strip():
        yield Complaint(subject.root.sourceline, "the page has no <title>")


def event_handlers(subject: Subject) -> Iterator[Complaint]:
    """Refuse script in attributes and addresses; a page brings its own in an element."""
    for element in subject.root.iter(etree.Element):
        for handler in handlers(element):
            if "“feed:" not in handler:  # the way to open a reader
                yield Complaint(element.sourceline, f"the page holds {handler}, which acts; remove it")


def unique_names(subject: Subject) -> Iterator[Complaint]:
    """Refuse an id that stands twice on a page."""
    counts = Counter(element.get("id") for element in subject.root.iter(etree.Element) if element.get("id"))
    for name, count in counts.items():
        if count > 1:
            yield Complaint(None, f"the id {shown(name)} stands {count} times on the page; links reach only the first")


def references(subject: Subject) -> Iterator[Reference]:
    """Yield whatever the page links to or loads."""
    for element in subject.root.iter(etree.Element):
        for _, url in addresses(element):
            yield Reference(url, element.sourceline)


KIND = Kind(read=read_html, rules=(page_head, event_handlers, unique_names), references=references)
