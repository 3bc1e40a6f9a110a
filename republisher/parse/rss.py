"""RSS 2.0 and its 0.9x ancestors, with the extensions feeds add to it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.model import ParsedFeed
from republisher.parse.context import Context, flat
from republisher.parse.element import LANG, attribute, fields, first, line, namespace, texts
from republisher.parse.extensions import atom_links, categories, licences, merged, minutes, people
from republisher.parse.item import construct, item, item_categories, pages
from republisher.parse.people import distinct, person
from republisher.parse.sniff import is_page
from republisher.parse.xml import Grammar, read
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document, Person
    from republisher.parse.element import Fields
    from republisher.parse.sniff import Head

_ITEM = re.compile(r"<(?:[\w.-]+:)?item\b", re.IGNORECASE)
_UPDATED = ("lastbuilddate", "atom:updated", "pubdate", "dc:date", "dcterms:modified", "updated")
_ROOTS = frozenset(("rss", "channel"))


def recognise(head: Head) -> bool:
    """Return whether the root is `rss`, of whatever version, or of no known format but with items in it."""
    return head.root.lower() in _ROOTS or bool(head.root and not is_page(head) and _ITEM.search(head.text, head.start))


def parse(document: Document) -> ParsedFeed:
    """Return the feed in an RSS document; raises `ParseError`."""
    grammar = Grammar(entry="item", begin=lambda root: begin(root, document.location), visit=item)
    root, context, items, problems = read(document, grammar)
    feed = channel(root, context)
    return replace(feed, entries=tuple(items), problems=(*problems, *context.problems))


def begin(root: Element, location: str) -> Context:
    """Return the context of the items: links resolve against the channel's own, as readers do."""
    top = _channel_of(root)
    home = namespace(top)
    context = Context(home=home, base=None, where="feed", problems=[])
    found = _before_items(top, home)
    own = next((value for value in texts(found, "link") if is_web(value)), None)
    based = replace(context, base=own or (location if is_web(location) else None)).at(root).at(top)
    return replace(based, day_first=not (line(found, "language", "dc:language") or "").lower().startswith("en"))


def _channel_of(root: Element) -> Element:
    names = ("{*}channel", "{*}Channel", "{*}CHANNEL")
    return next(root.iterchildren(*names), root)


def _before_items(top: Element, home: str) -> Fields:
    """Return the links and language of a channel, without a walk through all its items."""
    prefix = f"{{{home}}}" if home else ""
    names = {f"{prefix}link": "link", f"{prefix}language": "language"}
    names["{http://purl.org/dc/elements/1.1/}language"] = "dc:language"
    return {name: list(top.iterchildren(tag)) for tag, name in names.items()}


def channel(root: Element, context: Context, beside: Fields | None = None, name: str = "rss") -> ParsedFeed:
    """Return what a channel says of itself; in RSS 1.0 some of it stands `beside` the channel."""
    top = _channel_of(root)
    found = {**(beside or {}), **fields(top, context.home)}
    editors = (person(value) for value in texts(found, "managingeditor", "author"))
    pictures = (url for url in map(context.resolve, texts(found, "atom:icon")) if url)
    return ParsedFeed(
        format=name,
        id=first(found, "atom:id"),
        title=flat(construct(found, context, "title", "dc:title", "atom:title")),
        subtitle=flat(construct(found, context, "description", "dc:description", "itunes:subtitle", "itunes:summary")),
        updated=context.date(
            found, "lastbuilddate", "atom:updated", "pubdate", "dc:date", "dcterms:modified", "updated"
        ),
        language=line(found, "language", "dc:language") or attribute(top, LANG) or attribute(root, LANG),
        links=merged(
            (*pages(found, context), *atom_links(found.get("atom:link", ()), context), *licences(found, context))
        ),
        authors=distinct((*editors, *people({}, found), *_owners(found, context))),
        categories=(*item_categories(found), *categories({}, found)),
        rights=line(found, "copyright", "dc:rights", "atom:rights"),
        generator=line(found, "generator"),
        icon=next(pictures, None),
        logo=_logo(found, context),
        ttl=minutes(found),
    )


def _owners(found: Fields, context: Context) -> Iterator[Person | None]:
    for element in found.get("itunes:owner", ()):
        inner = fields(element, context.home)
        name, email = line(inner, "itunes:name"), line(inner, "itunes:email")
        yield person(f"{email} ({name or ''})" if email else name or "")


def _logo(found: Fields, context: Context) -> str | None:
    for element in found.get("image", ()):
        if url := context.resolve(first(fields(element, context.home), "url")):
            return url
    pictures = (context.resolve(attribute(element, "href")) for element in found.get("itunes:image", ()))
    return next(filter(None, (*pictures, *map(context.resolve, texts(found, "atom:logo")))), None)
