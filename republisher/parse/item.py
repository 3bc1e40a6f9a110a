"""The item of the RSS family, the same in RSS 0.9x, 1.0 and 2.0 and in WordPress exports, with its extensions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from republisher.model import Category, Entry, Link, Markup, ParsedFeed
from republisher.parse import atom
from republisher.parse.element import LANG, attribute, content, fields, first, line, texts, whole_number
from republisher.parse.extensions import (
    atom_links,
    categories,
    is_draft,
    licences,
    media,
    media_links,
    merged,
    people,
    reply_count,
    thumbnail,
)
from republisher.parse.people import distinct, person
from republisher.parse.repair import unescaped_once
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Person
    from republisher.parse.context import Context
    from republisher.parse.element import Fields

ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_RESOURCE: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_PUBLISHED: Final = (
    "pubdate", "atom:published", "dc:date", "dcterms:issued", "dcterms:created", "published", "issued", "date"
)  # fmt: skip
_DESCRIPTIONS: Final = ("description", "summary", "itunes:summary", "dc:description", "dcterms:abstract")
_BODIES: Final = ("content:encoded", "xhtml:body", "xhtml:div", "body", "fullitem", "atom:content", "content")


def item(element: Element, outside: Context) -> Entry | None:
    """Return the entry in an `item`; None for a draft."""
    found = fields(element, outside.home)
    if is_draft(found):
        return None
    identity = first(found, "guid", "atom:id", "id") or attribute(element, ABOUT)
    where = identity or first(found, "link", "title") or "item without guid"
    context = outside.at(element, where=where[:200])
    gathered = media(found, context)
    body = construct(found, context, *_BODIES, kind="html")
    description = construct(found, context, *_DESCRIPTIONS)
    return Entry(
        id=identity,
        title=construct(found, context, "title", "dc:title", "itunes:title", "atom:title")
        or construct(gathered, context, "media:title"),
        links=merged(_links(found, gathered, context), reply_count(found)),
        published=context.date(found, *_PUBLISHED),
        updated=context.date(found, "atom:updated", "dcterms:modified", "updated", "modified"),
        authors=_authors(found, gathered, context),
        categories=(*item_categories(found), *categories(gathered, found)),
        summary=(description or construct(found, context, "atom:summary")) if body else None,
        content=body or description or construct({**found, **gathered}, context, "atom:summary", "media:description"),
        rights=line(found, "dc:rights", "dcterms:rights", "atom:rights", "copyright", "media:copyright"),
        language=attribute(element, LANG) or line(found, "dc:language", "language"),
        thumbnail=thumbnail(gathered, found, context),
        source=_source(found, context),
    )


def construct(found: Fields, context: Context, *names: str, kind: str | None = None) -> Markup | None:
    """Return the first of these elements that says something; HTML if it holds tags or entities."""
    for name in names:
        for element in found.get(name, ()):
            if value := context.markup(element, kind):
                return _unescaped(value, context) if value.value.startswith("&") else value
    return None


def _unescaped(markup: Markup, context: Context) -> Markup:
    """Return markup that was escaped once more than it ought to be as what was meant."""
    value = unescaped_once(markup.value)
    if value is None:
        return markup
    context.note("escaped-twice", "its markup was escaped twice")
    return replace(markup, value=value, type="html")


def _links(found: Fields, gathered: Fields, context: Context) -> Iterator[Link]:
    yield from pages(found, context)
    yield from atom_links((element for element in found.get("link", ()) if element.get("href")), context)
    yield from atom_links(found.get("atom:link", ()), context)
    for element in found.get("enclosure", ()):
        reference = attribute(element, "url") or attribute(element, "href") or attribute(element, _RESOURCE)
        if href := context.at(element).resolve(reference):
            length = whole_number(attribute(element, "length"))
            yield Link(href=href, rel="enclosure", type=attribute(element, "type"), length=length)
    yield from media_links(gathered, context)
    for name, kind in (("comments", "text/html"), ("wfw:commentrss", "application/rss+xml")):
        for reference in texts(found, name):
            if href := context.resolve(reference):
                yield Link(href=href, rel="replies", type=kind)
    yield from licences(found, context)


def pages(found: Fields, context: Context) -> Iterator[Link]:
    """Yield the page: where FeedBurner took it from, else the link, else a guid that is a permalink."""
    for name in ("feedburner:origlink", "link"):
        for element in found.get(name, ()):
            if element.get("rel", "alternate") != "alternate":
                continue
            if href := context.at(element).resolve(content(element) or attribute(element, "href")):
                yield Link(href=href)
                return
    for element in found.get("guid", ()):
        reference = content(element)
        if (attribute(element, "isPermaLink") or "true").lower() == "true" and is_web(reference):
            if href := context.resolve(reference):
                yield Link(href=href)
            return


def _authors(found: Fields, gathered: Fields, context: Context) -> tuple[Person, ...]:
    """Return whom the item names, in whatever vocabulary; iTunes and Media RSS only if nothing else does."""
    named = [person(value) for value in texts(found, "dc:creator")]
    named += [person(line(fields(one, context.home), "name") or content(one)) for one in found.get("author", ())]
    if inside := found.get("atom:author"):
        named += atom.persons({"author": inside}, replace(context, home=atom.NAMESPACE))
    return distinct(named) or people(gathered, found)


def item_categories(found: Fields) -> Iterator[Category]:
    """Yield the `category` elements of an item or a channel."""
    for element in found.get("category", ()):
        if term := line({"": [element]}, ""):
            yield Category(term=term, scheme=attribute(element, "domain"))


def _source(found: Fields, context: Context) -> ParsedFeed | None:
    """Return the feed an item was taken from: `atom:source` says more than `source`."""
    for element in found.get("atom:source", ()):
        return atom.head(element, replace(context, home=atom.NAMESPACE).at(element))
    for element in found.get("source", ()):
        href = context.at(element).resolve(attribute(element, "url"))
        title = line({"": [element]}, "")
        if href or title:
            return ParsedFeed(format="rss", title=title, links=(Link(href=href, rel="self"),) if href else ())
    return None
