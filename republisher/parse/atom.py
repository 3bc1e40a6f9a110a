"""Atom 1.0 (RFC 4287), with the extensions feeds add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Person
from republisher.parse.element import (
    LANG,
    Context,
    attribute,
    content,
    fields,
    first,
    flat,
    inner_html,
    line,
    namespace,
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
from republisher.parse.people import distinct
from republisher.parse.xml import Grammar, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document
    from republisher.parse.element import Fields
    from republisher.parse.sniff import Head

NAMESPACE = "http://www.w3.org/2005/Atom"
_KINDS = {None: "text", "": "text", "text": "text", "html": "html", "xhtml": "html"}
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml", "application/xhtml"))


def recognise(head: Head) -> bool:
    """Return whether the root is a `feed`, or an `entry` document, of Atom 1.0 or of no namespace in particular."""
    return (head.root == "feed" and "atom/ns#" not in head.namespace) or (
        head.root == "entry" and head.namespace == NAMESPACE
    )


def parse(document: Document) -> ParsedFeed:
    """Return the feed in an Atom document; raises `ParseError`."""
    grammar = Grammar(entry="entry", begin=lambda root: _begin(root, document.location), visit=entry)
    root, context, entries, problems = read(document, grammar)
    feed = head(root, context)
    return replace(feed, entries=tuple(entries), problems=(*problems, *context.problems))


def _begin(root: Element, location: str) -> Context:
    context = Context(home=namespace(root), base=None, where="feed", problems=[])
    if location.startswith(("http://", "https://")):
        return replace(context, base=location).at(root)
    context = context.at(root)
    if context.base:
        return context
    links = tuple(atom_links(fields(root, context.home).get("link", ()), replace(context, problems=[])))
    homes = [link.href for rel in ("self", "alternate") for link in links if link.rel == rel]
    return replace(context, base=next(iter(homes), None))


def head(element: Element, context: Context) -> ParsedFeed:
    """Return what an `atom:feed` or `atom:source` says of the feed itself."""
    found = fields(element, context.home)
    return ParsedFeed(
        format="atom",
        id=first(found, "id"),
        title=flat(construct(found, "title", context)),
        subtitle=flat(construct(found, "subtitle", context)),
        updated=context.date(found, "updated", "dcterms:modified", "dc:date"),
        language=attribute(element, LANG) or line(found, "dc:language"),
        links=merged((*atom_links(found.get("link", ()), context), *licences(found, context))),
        authors=persons(found, context) or people({}, found),
        categories=(*_categories(found), *categories({}, found)),
        rights=flat(construct(found, "rights", context)) or line(found, "dc:rights", "dcterms:rights"),
        generator=line(found, "generator"),
        icon=_picture(found, "icon", context),
        logo=_picture(found, "logo", context),
    )


def entry(element: Element, outside: Context) -> Entry:
    """Return the entry in an `atom:entry`."""
    found = fields(element, outside.home)
    context = outside.at(element, where=(first(found, "id", "title") or "entry without id")[:200])
    gathered = media(found, context)
    body, attached = _content(found, context)
    if body is None and attached is None:
        body = construct(gathered, "media:description", context)
    links = (*atom_links(found.get("link", ()), context), *licences(found, context), *media_links(gathered, context))
    return Entry(
        id=first(found, "id"),
        title=construct(found, "title", context),
        links=merged(_with_attached(links, attached), reply_count(found)),
        published=context.date(found, "published", "dcterms:issued", "dcterms:created", "dc:date"),
        updated=context.date(found, "updated", "dcterms:modified"),
        authors=persons(found, context) or people(gathered, found),
        categories=(*_categories(found), *categories(gathered, found)),
        summary=construct(found, "summary", context),
        content=body,
        rights=flat(construct(found, "rights", context)) or line(found, "dc:rights", "dcterms:rights"),
        language=_language(element, found),
        thumbnail=thumbnail(gathered, found, context),
        source=next((head(source, context.at(source)) for source in found.get("source", ())), None),
    )


def construct(found: Fields, name: str, context: Context) -> Markup | None:
    """Return the first text construct with this name that says something (RFC 4287 §3.1)."""
    values = (_markup(element, context) for element in found.get(name, ()))
    return next((value for value in values if value), None)


def _markup(element: Element, context: Context) -> Markup | None:
    kind = (attribute(element, "type") or "").lower()
    if kind == "xhtml" or (len(element) and kind in _HTML_TYPES):
        # The div belongs to the construct, not to the text (RFC 4287 §3.1.1.3).
        inner = element[0] if len(element) == 1 and not (element.text or "").strip() else element
        value = inner_html(inner if inner.tag == "{http://www.w3.org/1999/xhtml}div" else element)
        base = context.at(element).at(inner).base if inner is not element else context.at(element).base
        return Markup(value=value, type="html", base=base) if value else None
    return context.markup(element, "html" if kind in {"html", *_HTML_TYPES} else "text")


def _content(found: Fields, context: Context) -> tuple[Markup | None, Link | None]:
    """Return what `atom:content` holds, and what it points to instead (RFC 4287 §4.1.3)."""
    for element in found.get("content", ()):
        kind = (attribute(element, "type") or "text").lower()
        if source := attribute(element, "src"):
            href = context.at(element).resolve(source)
            return None, Link(href=href, rel="enclosure", type=None if kind in _KINDS else kind) if href else None
        if kind in _KINDS or kind in _HTML_TYPES or (kind.startswith("text/") and not kind.endswith("/xml")):
            if body := _markup(element, context):
                return body, None
        else:
            context.note("content-unreadable", f"content of type {kind[:60]} was left out")
    return None, None


def _with_attached(links: tuple[Link, ...], attached: Link | None) -> tuple[Link, ...]:
    """Return `links` with content kept elsewhere: the page itself if there is no other, else an enclosure."""
    if attached is None:
        return links
    page = attached.type in {None, *_HTML_TYPES} and not any(link.rel == "alternate" for link in links)
    return (*links, replace(attached, rel="alternate") if page else attached)


def persons(found: Fields, context: Context) -> tuple[Person, ...]:
    """Return the authors among the children of an entry, a feed or a source."""
    return distinct(
        _person(fields(element, context.home), context) or _bare(element) for element in found.get("author", ())
    )


def _person(found: Fields, context: Context) -> Person | None:
    email = line(found, "email")
    uri = context.resolve(line(found, "uri", "url"))
    name = line(found, "name") or (email or "").partition("@")[0] or uri
    return Person(name=name, email=email, uri=uri) if name else None


def _bare(element: Element) -> Person | None:
    """Return the person of an author element that holds a name instead of elements."""
    name = content(element)
    return Person(name=name) if name else None


def _categories(found: Fields) -> Iterator[Category]:
    for element in found.get("category", ()):
        if term := attribute(element, "term") or attribute(element, "label") or line({"": [element]}, ""):
            yield Category(term=term, scheme=attribute(element, "scheme"), label=attribute(element, "label"))


def _language(element: Element, found: Fields) -> str | None:
    """Return the language an entry declares for itself, its content or its title."""
    inner = (node.get(LANG) for name in ("content", "title", "summary") for node in found.get(name, ()))
    return attribute(element, LANG) or line(found, "dc:language") or next(filter(None, inner), None)


def _picture(found: Fields, name: str, context: Context) -> str | None:
    return next((url for node in found.get(name, ()) if (url := context.at(node).resolve(content(node)))), None)
