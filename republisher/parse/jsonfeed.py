"""JSON Feed 1.0 and 1.1, and what republisher itself adds to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Person, Thumbnail
from republisher.parse import json
from republisher.parse.context import Context
from republisher.parse.extensions import merged
from republisher.parse.json import Object, objects, strings
from republisher.parse.people import distinct
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.model import Document
    from republisher.parse.sniff import Head

_MOST_JUNK: Final = 16
"""Characters before the first brace, such as a mark or what keeps scripts from including the document."""


def recognise(head: Head) -> bool:
    """Return whether this is JSON that says it is a feed, or holds items as one does."""
    before, brace, _ = head.text.partition("{")
    is_json = bool(brace) and len(before) <= _MOST_JUNK and "<" not in before
    return is_json and ("jsonfeed.org/version" in head.text or '"items"' in head.text)


def parse(document: Document) -> ParsedFeed:
    """Return the feed in a JSON document; raises `ParseError`."""
    read = json.read(document)
    base = document.location if is_web(document.location) else read.head.text("feed_url")
    context = Context(home="", base=base, where="feed", problems=[])
    feed, own = read.head, read.head.inner("_republisher")
    description = feed.text("description")
    links = [*_links(context, alternate=feed.text("home_page_url"), self=feed.text("feed_url"))]
    links += _links(context, license=own.text("license"))
    for hub in objects(feed.get("hubs")):
        links += _links(context, hub=hub.text("url"))
    entries = tuple(_entry(given, context) for given in read.items)
    return ParsedFeed(
        format="json",
        id=own.text("id") or feed.text("feed_url"),
        title=feed.text("title"),
        subtitle=description,
        updated=context.moment(own.text("updated")),
        language=feed.text("language"),
        links=merged(links),
        authors=_authors(feed, context),
        rights=own.text("rights"),
        icon=context.resolve(feed.text("favicon")),
        logo=context.resolve(feed.text("icon")),
        entries=entries,
        problems=(*read.problems, *context.problems),
    )


def _entry(given: Object, outside: Context) -> Entry:
    identity = given.text("id")
    where = identity or given.text("url") or given.text("title") or "item without id"
    context = Context(home="", base=outside.base, where=where[:200], problems=outside.problems)
    own = given.inner("_republisher")
    for key in given.doubtful():
        context.note("wrong-type", f"{key} is not what JSON Feed has there")
    return Entry(
        id=identity,
        title=_markup(given, "title", context),
        links=merged((*_pages(given, context), *_translations(own, context), *_enclosures(given, context))),
        published=context.moment(given.text("date_published")),
        updated=context.moment(given.text("date_modified")),
        authors=_authors(given, context),
        categories=tuple(dict.fromkeys((*_codes(own), *(Category(term=tag) for tag in strings(given.get("tags")))))),
        summary=_markup(given, "summary", context),
        content=_markup(given, "content_html", context, html=True) or _markup(given, "content_text", context),
        rights=own.text("rights"),
        language=given.text("language"),
        thumbnail=_picture(given, context),
        source=_source(own.inner("source"), context),
    )


def _markup(given: Object, key: str, context: Context, *, html: bool = False) -> Markup | None:
    value = given.text(key, lines=True)
    return Markup(value=value, type="html" if html else "text", base=context.base) if value else None


def _links(context: Context, **references: str | None) -> Iterator[Link]:
    for rel, reference in references.items():
        if href := context.resolve(reference):
            yield Link(href=href, rel=rel)


def _pages(given: Object, context: Context) -> Iterator[Link]:
    """Yield the page, and what it is about if that is another."""
    url, about = given.text("url"), given.text("external_url")
    if url is None and about is None:
        identity = given.text("id") or ""
        url = identity if is_web(identity) else None
    yield from _links(context, alternate=url or about)
    if url and about != url:
        yield from _links(context, related=about)


def _translations(own: Object, context: Context) -> Iterator[Link]:
    """Yield the translations that republisher was told of; what it guessed is nobody's word."""
    for one in objects(own.get("translations")):
        if one.get("confidence") is None and (href := context.resolve(one.text("url"))):
            language, title = one.text("language"), one.text("title")
            yield Link(href=href, rel="related", hreflang=language, title=title)


def _enclosures(given: Object, context: Context) -> Iterator[Link]:
    for attached in objects(given.get("attachments")):
        if href := context.resolve(attached.text("url")):
            yield Link(
                href=href,
                rel="enclosure",
                type=attached.text("mime_type"),
                title=attached.text("title"),
                length=attached.number("size_in_bytes"),
            )


def _authors(given: Object, context: Context) -> tuple[Person, ...]:
    """Return the authors, or the one author of version 1.0."""
    many = (*objects(given.get("authors")), *objects(given.get("author")))
    return distinct(_person(one, context) for one in many)


def _person(given: Object, context: Context) -> Person | None:
    url = given.text("url") or ""
    email = url.removeprefix("mailto:") if url.startswith("mailto:") else None
    uri = context.resolve(url) if url and not email else None
    name = given.text("name") or (email or "").partition("@")[0] or uri
    return Person(name=name, email=email, uri=uri) if name else None


def _codes(own: Object) -> Iterator[Category]:
    """Yield the codes of the topics that republisher gave the article before."""
    for topic in objects(own.get("topics")):
        for code in objects(topic.get("codes")):
            if term := code.text("term"):
                yield Category(term=term, scheme=code.text("scheme"), label=topic.text("label"))


def _picture(given: Object, context: Context) -> Thumbnail | None:
    urls = (context.resolve(given.text(key)) for key in ("image", "banner_image"))
    return next((Thumbnail(url=url) for url in urls if url), None)


def _source(given: Object, context: Context) -> ParsedFeed | None:
    """Return the feed that republisher took the article from."""
    if not given.members:
        return None
    return ParsedFeed(
        format="json",
        id=given.text("id"),
        title=given.text("title"),
        updated=context.moment(given.text("updated")),
        links=tuple(_links(context, alternate=given.text("url"), self=given.text("feed_url"))),
        rights=given.text("rights"),
    )
