"""Posts as WordPress's REST interface gives them (`/wp-json/wp/v2/posts`), with Polylang's and WPML's languages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from republisher.model import Category, Entry, Link, Markup, ParsedFeed, Person, Thumbnail
from republisher.parse import json
from republisher.parse.context import Context
from republisher.parse.json import Object, objects
from republisher.parse.people import distinct
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from republisher.model import Document
    from republisher.parse.sniff import Head

_BEGIN = re.compile(r"\s*\ufeff?\s*\[?\s*\{")
_POST = re.compile(r'"(?:title|content)"\s*:\s*\{\s*"(?:raw"\s*:\s*"|rendered"\s*:\s*")')
_LIST = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*\[")
_OWN: Final = "wp:"


def recognise(head: Head) -> bool:
    """Return whether this is JSON whose titles or contents are rendered, as those of posts are."""
    return _BEGIN.match(head.text) is not None and _POST.search(head.text) is not None


def parse(document: Document) -> ParsedFeed:
    """Return the posts in a JSON document, and which of them are translations; raises `ParseError`."""
    # As the items of a feed, so that what holds for broken feeds holds here.
    many = _LIST.match(document.content) is not None
    opening, closing = (b'{"items":', b"}") if many else (b'{"items":[', b"]}")
    read = json.read(replace(document, content=opening + document.content.lstrip(b"\xef\xbb\xbf") + closing))
    base = document.location if is_web(document.location) else None
    context = Context(home="", base=base, where="feed", problems=[])
    posts = [post for post in read.items if _is_public(post)]
    entries = tuple(_entry(post, context) for post in posts)
    links = {post.number("id"): post.text("link") for post in posts}
    return ParsedFeed(
        format="wordpress",
        links=(Link(href=base, rel="self"),) if base else (),
        entries=entries,
        translations=tuple(dict.fromkeys(found for post in posts if len(found := _set(post, links, context)) > 1)),
        problems=(*read.problems, *context.problems),
    )


def by_number(own: int | None, guid: str | None, other: int) -> str | None:
    """Return the address of a post by its number, like that of a post whose number and guid are known."""
    if own is None or not guid or not is_web(guid) or not guid.endswith(f"p={own}"):
        return None
    return guid.removesuffix(str(own)) + str(other)


def _is_public(post: Object) -> bool:
    protected = post.inner("content").get("protected")
    return post.text("status") in {None, "publish"} and protected is not True and post.text("link") is not None


def _entry(post: Object, outside: Context) -> Entry:
    guid = post.inner("guid").text("rendered")
    link = outside.resolve(post.text("link"))
    context = replace(outside, where=(guid or link or "post")[:200])
    embedded = post.inner("_embedded")
    return Entry(
        id=guid or link,
        title=_rendered(post, "title", context),
        links=(Link(href=link),) if link else (),
        published=context.moment(_utc(post, "date")),
        updated=context.moment(_utc(post, "modified")),
        authors=distinct(_author(one) for one in objects(embedded.get("author"))),
        categories=tuple(dict.fromkeys(_terms(embedded))),
        summary=_rendered(post, "excerpt", context),
        content=_rendered(post, "content", context),
        language=post.text("lang") or (post.text("wpml_current_locale") or "").replace("_", "-") or None,
        thumbnail=_picture(post, embedded, context),
    )


def _rendered(post: Object, name: str, context: Context) -> Markup | None:
    value = post.inner(name).text("rendered", lines=True)
    return Markup(value=value, type="html", base=context.base) if value else None


def _utc(post: Object, name: str) -> str | None:
    """Return a date as it is at Greenwich; the local one does not say which zone it is in."""
    value = post.text(f"{name}_gmt")
    return f"{value}Z" if value else post.text(name)


def _author(given: Object) -> Person | None:
    name = given.text("name")
    return Person(name=name) if name else None


def _terms(embedded: Object) -> Iterator[Category]:
    many: Any = embedded.get(f"{_OWN}term")
    for taxonomy in many if isinstance(many, list) else ():
        for term in objects(taxonomy):
            if (name := term.text("name")) and term.text("taxonomy") in {"category", "post_tag"}:
                yield Category(term=name, scheme=term.text("taxonomy"))


def _picture(post: Object, embedded: Object, context: Context) -> Thumbnail | None:
    media = objects(embedded.get(f"{_OWN}featuredmedia"))
    given = (*(one.text("source_url") for one in media), post.text("jetpack_featured_media_url"))
    return next((Thumbnail(url=url) for one in given if (url := context.resolve(one))), None)


def _set(post: Object, links: Mapping[int | None, str | None], context: Context) -> tuple[Link, ...]:
    """Return a post and its translations in a stable order.

    Polylang names them by their numbers; those that are not in the document are named as WordPress does itself.
    """
    own, guid = post.number("id"), post.inner("guid").text("rendered")
    found = {context.resolve(post.text("link"))}
    numbers = post.inner("translations")
    for language in numbers.members:
        number = numbers.number(language)
        if number is not None:
            found.add(context.resolve(links.get(number) or by_number(own, guid, number)))
    for one in objects(post.get("wpml_translations")):
        found.add(context.resolve(one.text("href")))
    return tuple(Link(href=href) for href in sorted(href for href in found if href and is_web(href)))
