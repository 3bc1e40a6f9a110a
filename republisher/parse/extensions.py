"""The namespaces Atom and RSS feeds share: Dublin Core, Media RSS, iTunes, threading, syndication, licences, drafts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from republisher.model import Category, Link, Thumbnail
from republisher.parse.element import attribute, content, fields, first, line, texts, whole_number
from republisher.parse.people import distinct, person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Person
    from republisher.parse.context import Context
    from republisher.parse.element import Fields

_COUNT = "{http://purl.org/syndication/thread/1.0}count"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_PERIODS: Final = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
"""Minutes (RSS 1.0 module Syndication)."""


def atom_links(elements: Iterable[Element], context: Context) -> Iterator[Link]:
    """Yield the links of `atom:link` elements (RFC 4287 §4.2.7)."""
    for element in elements:
        here = context.at(element)
        if href := here.resolve(attribute(element, "href") or content(element)):
            rel = attribute(element, "rel") or "alternate"
            yield Link(
                href=href,
                rel=rel.removeprefix("http://www.iana.org/assignments/relation/").lower(),
                type=attribute(element, "type"),
                hreflang=attribute(element, "hreflang"),
                title=attribute(element, "title"),
                length=whole_number(attribute(element, "length")),
                count=whole_number(attribute(element, _COUNT)),
            )


def media(found: Fields, context: Context) -> Fields:
    """Return the Media RSS children of an entry together with those in its groups and in its contents."""
    if not any(name.startswith("media:") for name in found):
        return {}
    gathered = {name: list(elements) for name, elements in found.items() if name.startswith("media:")}
    for name in ("media:group", "media:content"):
        for element in tuple(gathered.get(name, ())):
            for inner, elements in fields(element, context.home).items():
                gathered.setdefault(inner, []).extend(elements)
    return gathered


def media_links(gathered: Fields, context: Context) -> Iterator[Link]:
    """Yield an enclosure for every `media:content`."""
    for element in gathered.get("media:content", ()):
        if href := context.at(element).resolve(attribute(element, "url")):
            yield Link(
                href=href,
                rel="enclosure",
                type=attribute(element, "type"),
                hreflang=attribute(element, "lang"),
                title=line(fields(element, context.home), "media:title"),
                length=whole_number(attribute(element, "filesize") or attribute(element, "fileSize")),
            )


def thumbnail(gathered: Fields, found: Fields, context: Context) -> Thumbnail | None:
    """Return the picture that stands for an entry: its thumbnail, else its episode's, else one of its media."""
    pictures = [
        element
        for element in gathered.get("media:content", ())
        if element.get("medium") == "image" or (element.get("type") or "").startswith("image/")
    ]
    for element in (*gathered.get("media:thumbnail", ()), *found.get("itunes:image", ()), *pictures):
        if url := context.at(element).resolve(attribute(element, "url") or attribute(element, "href")):
            return Thumbnail(
                url=url,
                width=whole_number(attribute(element, "width")),
                height=whole_number(attribute(element, "height")),
            )
    return None


def people(gathered: Fields, found: Fields) -> tuple[Person, ...]:
    """Return the persons that Dublin Core, else iTunes, else Media RSS names as authors."""
    writers = [element for element in gathered.get("media:credit", ()) if element.get("role") == "author"]
    for source, name in ((found, "dc:creator"), (found, "itunes:author"), ({"media:credit": writers}, "media:credit")):
        if authors := distinct(person(value) for value in texts(source, name)):
            return authors
    return ()


def categories(gathered: Fields, found: Fields) -> list[Category]:
    """Return the subjects that Dublin Core, iTunes and Media RSS name."""
    subjects = [Category(term=term) for term in texts(found, "dc:subject")]
    for element in found.get("itunes:category", ()):
        subjects += [Category(term=term) for node in element.iter(element.tag) if (term := attribute(node, "text"))]
    for keywords in (*texts(found, "itunes:keywords"), *texts(gathered, "media:keywords")):
        subjects += [Category(term=term) for word in keywords.split(",") if (term := word.strip())]
    return subjects


def licences(found: Fields, context: Context) -> Iterator[Link]:
    """Yield the Creative Commons licences, as text or as a resource of RDF."""
    for element in found.get("cc:license", ()):
        if href := context.at(element).resolve(content(element) or attribute(element, _RESOURCE)):
            yield Link(href=href, rel="license")


def is_draft(found: Fields) -> bool:
    """Return whether an entry is not meant to be seen yet (RFC 5023 §13.1.1)."""
    return any(
        (first(fields(control, ""), "app:draft") or "").lower() == "yes" for control in found.get("app:control", ())
    )


def minutes(found: Fields) -> int | None:
    """Return how long a feed asks us to wait before we come again, a year at most."""
    ttl = whole_number(first(found, "ttl"))
    period = _PERIODS.get(
        (first(found, "sy:updateperiod") or ("daily" if "sy:updatefrequency" in found else "")).lower()
    )
    if ttl is None and period:
        ttl = period // (whole_number(first(found, "sy:updatefrequency")) or 1)
    return min(max(ttl, 1), _PERIODS["yearly"]) if ttl else None


def merged(links: Iterable[Link], total: int | None = None) -> tuple[Link, ...]:
    """Return each link once, with what any mention of it knows; `total` counts the replies."""
    found: dict[tuple[str, str, str | None], Link] = {}
    for link in links:
        key = (link.rel, link.href, link.hreflang)
        known = found.get(key)
        found[key] = link if known is None else _joined(known, link)
    replies = [link for link in found.values() if link.rel == "replies"]
    if total is not None and replies and all(link.count is None for link in replies):
        page = next((link for link in replies if link.type in {"text/html", None}), replies[0])
        found[page.rel, page.href, page.hreflang] = replace(page, count=total)
    return tuple(found.values())


def _joined(one: Link, other: Link) -> Link:
    return replace(
        one,
        type=one.type or other.type,
        title=one.title or other.title,
        length=other.length if one.length is None else one.length,
        count=other.count if one.count is None else one.count,
    )


def reply_count(found: Fields) -> int | None:
    """Return how many comments an entry has (RFC 4685 §5, or Slash)."""
    return whole_number(first(found, "thr:total", "slash:comments"))
