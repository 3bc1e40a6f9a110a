"""Channel Definition Format, a forerunner of RSS that a few intranets still speak (W3C note of 10 March 1997)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from republisher.model import Entry, Link, ParsedFeed
from republisher.parse.context import Context, flat
from republisher.parse.element import Fields, fields, namespace
from republisher.parse.item import construct
from republisher.parse.xml import Grammar, read
from republisher.urls import is_web

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element as Element

    from republisher.model import Document
    from republisher.parse.sniff import Head

_ITEM = re.compile(r"<ITEM\b(?:\s+(?:HREF|LASTMOD)\s*=|\s*>)|<(?:TITLE|ABSTRACT)\b")


def recognise(head: Head) -> bool:
    """Return whether the root is a `CHANNEL`, as this format shouts its names."""
    return head.root == "CHANNEL" or (head.root.lower() == "channel" and _ITEM.search(head.text) is not None)


def parse(document: Document) -> ParsedFeed:
    """Return the feed in a channel definition; raises `ParseError`."""
    grammar = Grammar(entry="item", begin=lambda root: _begin(root, document.location), visit=_item)
    root, context, items, problems = read(document, grammar)
    found = fields(root, context.home)
    return ParsedFeed(
        format="cdf",
        title=flat(construct(found, context, "title")),
        subtitle=flat(construct(found, context, "abstract")),
        updated=_date(root, context),
        links=_page(root, context),
        entries=tuple(items),
        problems=(*problems, *context.problems),
    )


def _begin(root: Element, location: str) -> Context:
    base = _attributes(root).get("base") or location
    return Context(home=namespace(root), base=base if is_web(base) else None, where="feed", problems=[])


def _item(element: Element, outside: Context) -> Entry:
    context = outside.at(element, where=(_attributes(element).get("href") or "item without address")[:200])
    found: Fields = fields(element, context.home)
    return Entry(
        title=construct(found, context, "title"),
        content=construct(found, context, "abstract"),
        links=_page(element, context),
        updated=_date(element, context),
    )


def _attributes(element: Element) -> dict[str, str]:
    return {name.lower(): value for name, value in element.attrib.items()}


def _page(element: Element, context: Context) -> tuple[Link, ...]:
    href = context.resolve(_attributes(element).get("href"))
    return (Link(href=href),) if href else ()


def _date(element: Element, context: Context) -> datetime | None:
    value = _attributes(element).get("lastmod")
    return context.moment(value) if value else None
