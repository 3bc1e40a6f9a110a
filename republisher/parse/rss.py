"""RSS 2.0 and its 0.9x ancestors, with the extensions feeds add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.model import Category, Entry, Link, Markup, ParsedFeed
from republisher.parse import atom
from republisher.parse.element import (
    LANG,
    Context,
    attribute,
    content,
    fields,
    first,
    flat,
    line,
    namespace,
    texts,
    whole_number,
)
from republisher.parse.extensions import (
    atom_links,
    categories,
    licences,
    media,
    media_links,
    merged,
    people,
    reply_count,
    thumbnail,
)
from republisher.parse.people import distinct, person
from republisher.parse.xml import Grammar, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document, Person
    from republisher.parse.element import Fields
    from republisher.parse.sniff import Head

_WEB = ("http://", "https://")


def recognise(head: Head) -> bool:
    """Return whether the root is `rss`, of whatever version."""
    return head.root.lower() == "rss"


def parse(document: Document) -> ParsedFeed:
    """Return the feed in an RSS document; raises `ParseError`."""
    grammar = Grammar(entry="item", begin=lambda root: _begin(root, document.location), visit=_item)
    root, context, items, problems = read(document, grammar)
    feed = _channel(root, context)
    return replace(feed, entries=tuple(items), problems=(*problems, *context.problems))


def _begin(root: Element, location: str) -> Context:
    """Return the context of the items: links resolve against the channel's own, as readers do."""
    channel = _channel_of(root)
    home = namespace(channel)
    context = Context(home=home, base=None, where="feed", problems=[])
    found = _before_items(channel, home)
    own = next((value for value in texts(found, "link") if value.startswith(_WEB)), None)
    based = replace(context, base=own or (location if location.startswith(_WEB) else None)).at(root).at(channel)
    return replace(based, day_first=not (line(found, "language", "dc:language") or "").lower().startswith("en"))


def _channel_of(root: Element) -> Element:
    channel = next((child for child in root.iterchildren("{*}channel")), None)
    return root if channel is None else channel


def _before_items(channel: Element, home: str) -> Fields:
    """Return the links and language of a channel, without a walk through all its items."""
    found = {f"{'{' + home + '}' if home else ''}{name}": name for name in ("link", "language")}
    return {name: list(channel.iterchildren(tag)) for tag, name in found.items()}


def _channel(root: Element, context: Context) -> ParsedFeed:
    channel = _channel_of(root)
    found = fields(channel, context.home)
    editors = (person(value) for value in texts(found, "managingeditor", "author"))
    return ParsedFeed(
        format="rss",
        id=first(found, "atom:id"),
        title=flat(_construct(found, context, "title")),
        subtitle=flat(_construct(found, context, "description", "itunes:subtitle", "itunes:summary")),
        updated=context.date(found, "lastbuilddate", "atom:updated", "pubdate", "dc:date"),
        language=line(found, "language", "dc:language") or attribute(channel, LANG) or attribute(root, LANG),
        links=merged(
            (*_pages(found, context), *atom_links(found.get("atom:link", ()), context), *licences(found, context))
        ),
        authors=distinct((*editors, *people({}, found), *_owners(found, context))),
        categories=(*_categories(found), *categories({}, found)),
        rights=line(found, "copyright", "dc:rights", "atom:rights"),
        generator=line(found, "generator"),
        icon=next((url for url in map(context.resolve, texts(found, "atom:icon")) if url), None),
        logo=_logo(found, context),
    )


def _item(element: Element, outside: Context) -> Entry:
    found = fields(element, outside.home)
    context = outside.at(element, where=(first(found, "guid", "link", "title") or "item without guid")[:200])
    gathered = media(found, context)
    body = _construct(found, context, "content:encoded", "xhtml:body", "xhtml:div", "body", "atom:content", kind="html")
    description = _construct(found, context, "description", "itunes:summary")
    return Entry(
        id=first(found, "guid", "atom:id"),
        title=_construct(found, context, "title", "media:title"),
        links=merged(_links(found, gathered, context), reply_count(found)),
        published=context.date(found, "pubdate", "atom:published", "dc:date", "dcterms:issued", "dcterms:created"),
        updated=context.date(found, "atom:updated", "dcterms:modified"),
        authors=_authors(found, gathered, context),
        categories=(*_categories(found), *categories(gathered, found)),
        summary=(description or _construct(found, context, "atom:summary")) if body else None,
        content=body or description or _construct(gathered, context, "media:description"),
        rights=line(found, "dc:rights", "dcterms:rights", "atom:rights", "copyright"),
        language=attribute(element, LANG) or line(found, "dc:language", "language"),
        thumbnail=thumbnail(gathered, found, context),
        source=_source(found, context),
    )


def _construct(found: Fields, context: Context, *names: str, kind: str | None = None) -> Markup | None:
    """Return the first of these elements that says something; HTML if it holds tags or entities."""
    values = (context.markup(element, kind) for name in names for element in found.get(name, ()))
    return next((value for value in values if value), None)


def _links(found: Fields, gathered: Fields, context: Context) -> Iterator[Link]:
    yield from _pages(found, context)
    yield from atom_links(found.get("atom:link", ()), context)
    for element in found.get("enclosure", ()):
        if href := context.at(element).resolve(attribute(element, "url")):
            length = whole_number(attribute(element, "length"))
            yield Link(href=href, rel="enclosure", type=attribute(element, "type"), length=length)
    yield from media_links(gathered, context)
    for name, kind in (("comments", "text/html"), ("wfw:commentrss", "application/rss+xml")):
        for reference in texts(found, name):
            if href := context.resolve(reference):
                yield Link(href=href, rel="replies", type=kind)
    yield from licences(found, context)


def _pages(found: Fields, context: Context) -> Iterator[Link]:
    """Yield the page: where FeedBurner took it from, else the link, else a guid that is a permalink."""
    for name in ("feedburner:origlink", "link"):
        for element in found.get(name, ()):
            if href := context.at(element).resolve(content(element) or attribute(element, "href")):
                yield Link(href=href)
                return
    for element in found.get("guid", ()):
        reference = content(element)
        if (attribute(element, "isPermaLink") or "true").lower() == "true" and reference.startswith(_WEB):
            if href := context.resolve(reference):
                yield Link(href=href)
            return


def _authors(found: Fields, gathered: Fields, context: Context) -> tuple[Person, ...]:
    """Return whom the item names, in whatever vocabulary; iTunes and Media RSS only if nothing else does."""
    creators = (person(value) for value in texts(found, "dc:creator", "author"))
    inside = atom.persons({"author": found.get("atom:author", [])}, replace(context, home=atom.NAMESPACE))
    return distinct((*creators, *inside)) or people(gathered, found)


def _owners(found: Fields, context: Context) -> Iterator[Person | None]:
    for element in found.get("itunes:owner", ()):
        inner = fields(element, context.home)
        name, email = line(inner, "itunes:name"), line(inner, "itunes:email")
        yield person(f"{email} ({name or ''})" if email else name or "")


def _categories(found: Fields) -> Iterator[Category]:
    for element in found.get("category", ()):
        if term := line({"": [element]}, ""):
            yield Category(term=term, scheme=attribute(element, "domain"))


def _logo(found: Fields, context: Context) -> str | None:
    for element in found.get("image", ()):
        if url := context.resolve(first(fields(element, context.home), "url")):
            return url
    pictures = (context.resolve(attribute(element, "href")) for element in found.get("itunes:image", ()))
    return next(filter(None, (*pictures, *map(context.resolve, texts(found, "atom:logo")))), None)


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
