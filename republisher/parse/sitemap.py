"""Sitemaps with the languages of each page (`xhtml:link rel="alternate" hreflang`): no articles, but translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from republisher.errors import ParseError
from republisher.model import Link, ParsedFeed
from republisher.parse.context import Context
from republisher.parse.element import attribute, fields, line, namespace
from republisher.parse.xml import MOST_ENTRIES, Grammar, read
from republisher.urls import is_web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from republisher.model import Document
    from republisher.parse.sniff import Head

_MOST_NAMED: Final = 3
_MOST_LANGUAGES: Final = 200
"""Addresses in one set; nobody writes in more languages."""


def recognise(head: Head) -> bool:
    """Return whether the root is that of a sitemap, or of a list of sitemaps (sitemaps.org, protocol 0.9)."""
    return head.root.lower() in {"urlset", "sitemapindex"}


def parse(document: Document) -> ParsedFeed:
    """Return which addresses hold the same page; raises `ParseError` if no page has another language."""
    grammar = Grammar(entry="url", begin=lambda root: _begin(root, document.location), visit=_set)
    root, context, sets, problems = read(document, grammar)
    if root.tag.rpartition("}")[2].lower() == "sitemapindex":
        raise ParseError("This is a list of sitemaps, not a sitemap", document.location, _advice(root, context))
    if len(sets) == MOST_ENTRIES:  # as many as a sitemap may have, so that none was left out
        problems = [problem for problem in problems if problem.code != "too-big"]
    distinct = tuple(dict.fromkeys(sets))
    if all(len(links) < 2 for links in distinct):  # noqa: PLR2004  # the page itself and another
        raise ParseError(
            "This is a sitemap, but it does not say which pages are translations of each other",
            document.location,
            'give one that has <xhtml:link rel="alternate" hreflang="…">, or the site\'s feeds without it',
        )
    return ParsedFeed(format="sitemap", translations=distinct, problems=(*problems, *context.problems))


def _begin(root: Element, location: str) -> Context:
    return Context(home=namespace(root), base=location if is_web(location) else None, where="sitemap", problems=[])


def _set(element: Element, context: Context) -> tuple[Link, ...] | None:
    """Return a page and its translations in a stable order; only the page itself if it has none."""
    found = fields(element, context.home)
    page = context.resolve(line(found, "loc"))
    if page is None or not is_web(page):
        return None
    links = {link.href: link for link in _alternates(found.get("xhtml:link", ()), context)}
    links.setdefault(page, Link(href=page))
    return tuple(links[href] for href in sorted(links))[:_MOST_LANGUAGES]


def _alternates(elements: list[Element] | tuple[()], context: Context) -> Iterator[Link]:
    """Yield the languages of a page; the one for everybody else (`x-default`) first, as it is one of them too."""
    given = [
        Link(href=href, hreflang=hreflang)
        for element in elements
        if (attribute(element, "rel") or "").lower() == "alternate"
        and (hreflang := attribute(element, "hreflang"))
        and (href := context.resolve(attribute(element, "href")))
        and is_web(href)
    ]
    yield from (Link(href=link.href) for link in given if (link.hreflang or "").lower() == "x-default")
    yield from (link for link in given if (link.hreflang or "").lower() != "x-default")


def _advice(root: Element, context: Context) -> str:
    named = (context.resolve(line(fields(one, context.home), "loc")) for one in root.iterchildren("{*}sitemap"))
    first = [url for url in named if url][:_MOST_NAMED]
    return f"give {' or '.join(first)} instead" if first else "give the address of a sitemap it names"
