"""Atom 1.0 (RFC 4287) with the extensions feeds add to it; the words of its drafts are understood too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Person, Withdrawal
from republisher.parse.constructs import construct, is_page, is_text, markup
from republisher.parse.context import Context, flat
from republisher.parse.element import (
    LANG,
    attribute,
    content,
    fields,
    first,
    line,
    namespace,
)
from republisher.parse.extensions import (
    atom_links,
    categories,
    is_draft,
    licences,
    media,
    media_links,
    merged,
    minutes,
    people,
    reply_count,
    thumbnail,
)
from republisher.parse.people import distinct
from republisher.parse.xml import Grammar, read
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document
    from republisher.parse.element import Fields
    from republisher.parse.sniff import Head

NAMESPACE = "http://www.w3.org/2005/Atom"
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def recognise(head: Head) -> bool:
    """Return whether the root is a `feed`, or an `entry` document, of Atom 1.0 or of no namespace in particular."""
    return has_root(head) and (head.root != "entry" or head.namespace == NAMESPACE)


def has_root(head: Head) -> bool:
    """Return whether the root is that of Atom; feeds that call their entries items are left to the RSS parser."""
    only_items = "<item" in head.text and "<entry" not in head.text
    return head.root == "entry" or (head.root.lower() == "feed" and not only_items)


def parse(document: Document) -> ParsedFeed:
    """Return the feed in an Atom document; raises `ParseError`."""
    grammar = Grammar(entry="entry", begin=lambda root: _begin(root, document.location), visit=entry)
    root, context, entries, problems = read(document, grammar)
    feed = head(root, context)
    gone = tuple(_withdrawn(root, context))
    return replace(feed, entries=tuple(entries), withdrawn=gone, problems=(*problems, *context.problems))


def _begin(root: Element, location: str) -> Context:
    context = Context(home=namespace(root), base=None, where="feed", problems=[])
    if is_web(location):
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
        title=flat(construct(found, context, "title")),
        subtitle=flat(construct(found, context, "subtitle", "tagline", "info")),
        updated=context.date(found, "updated", "modified", "dcterms:modified", "dc:date"),
        language=attribute(element, LANG) or line(found, "dc:language"),
        links=merged((*atom_links(found.get("link", ()), context), *licences(found, context))),
        authors=persons(found, context) or people({}, found),
        categories=(*_categories(found), *categories({}, found)),
        rights=flat(construct(found, context, "rights", "copyright")) or line(found, "dc:rights", "dcterms:rights"),
        generator=line(found, "generator"),
        icon=_picture(found, "icon", context),
        logo=_picture(found, "logo", context),
        ttl=minutes(found),
    )


def entry(element: Element, outside: Context) -> Entry | None:
    """Return the entry in an `atom:entry`; None for a draft."""
    found = fields(element, outside.home)
    if is_draft(found):
        return None
    context = outside.at(element, where=(first(found, "id", "title") or "entry without id")[:200])
    gathered = media(found, context)
    body, attached = _content(found, context)
    if body is None:
        body = construct(gathered, context, "media:description")
    language = _language(element, found)
    links = (*_links(found, context, language), *licences(found, context), *media_links(gathered, context))
    return Entry(
        id=first(found, "id"),
        title=construct(found, context, "title"),
        links=merged(_with_attached(links, attached), reply_count(found)),
        published=context.date(found, "published", "issued", "created", "dcterms:issued", "dcterms:created", "dc:date"),
        updated=context.date(found, "updated", "modified", "dcterms:modified"),
        authors=persons(found, context) or people(gathered, found),
        categories=(*_categories(found), *categories(gathered, found)),
        summary=construct(found, context, "summary"),
        content=body,
        rights=flat(construct(found, context, "rights", "copyright")) or line(found, "dc:rights", "dcterms:rights"),
        language=language,
        thumbnail=thumbnail(gathered, found, context),
        source=next((head(source, context.at(source)) for source in found.get("source", ())), None),
    )


def _content(found: Fields, context: Context) -> tuple[Markup | None, Link | None]:
    """Return what `atom:content` holds, and what it points to instead (RFC 4287 §4.1.3)."""
    for element in found.get("content", ()):
        kind = (attribute(element, "type") or "").lower().partition(";")[0].strip()
        if source := attribute(element, "src"):
            href = context.at(element).resolve(source)
            return None, Link(href=href, rel="enclosure", type=kind if "/" in kind else None) if href else None
        if is_text(kind) or kind == "multipart/alternative":
            if body := markup(element, context):
                return body, None
        else:
            context.note("content-unreadable", f"content of type {kind[:60]} was left out")
    return None, None


def _links(found: Fields, context: Context, language: str | None) -> tuple[Link, ...]:
    """Return the links, of several pages the one to show first, and the id as the page if none leads there."""
    links = tuple(atom_links(found.get("link", ()), context))
    pages = [link for link in links if link.rel == "alternate"]
    identity = first(found, "id") or ""
    if not pages and is_web(identity):
        href = context.resolve(identity)
        return (*links, Link(href=href)) if href else links
    if len(pages) > 1:
        pages.sort(key=lambda link: (not is_page(link.type), link.hreflang not in {None, language}))
        return (*pages, *(link for link in links if link.rel != "alternate"))
    return links


def _withdrawn(root: Element, context: Context) -> Iterator[Withdrawal]:
    for element in root.iterchildren(_DELETED):
        if reference := attribute(element, "ref"):
            moment = context.moment(attribute(element, "when"))
            comment = line(fields(element, context.home), "at:comment")
            yield Withdrawal(id=reference, moment=moment, comment=comment)


def _with_attached(links: tuple[Link, ...], attached: Link | None) -> tuple[Link, ...]:
    """Return `links` with content kept elsewhere: the page itself if there is no other, else an enclosure."""
    if attached is None:
        return links
    page = is_page(attached.type) and not any(link.rel == "alternate" for link in links)
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
