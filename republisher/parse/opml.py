"""Subscription lists (OPML 1.0 and 2.0): the feeds they name, and the lists they include, are sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from republisher import text
from republisher.errors import ParseError
from republisher.language import canonical
from republisher.model import Link, ParsedFeed, Person, Source
from republisher.parse.context import Context
from republisher.parse.element import fields, line, namespace
from republisher.parse.xml import Grammar, read
from republisher.urls import is_web

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from republisher.model import Document
    from republisher.parse.sniff import Head

_LISTS: Final = (".opml", ".opml.xml")
_FEEDS: Final = frozenset(("rss", "rss1", "rss2", "atom", "feed", "pie", "rdf", "json", "jsonfeed", "rssfeed"))


def recognise(head: Head) -> bool:
    """Return whether the root is `opml`, or its forerunner `outlineDocument`."""
    return head.root.lower() in {"opml", "outlinedocument"}


def parse(document: Document) -> ParsedFeed:
    """Return the sources in a subscription list, each once, in its order; raises `ParseError`."""
    grammar = Grammar(entry="outline", begin=lambda root: _begin(root, document.location), visit=_source)
    root, context, sources, problems = read(document, grammar)
    top = next(root.iterchildren("{*}head"), None)
    found = fields(top, context.home)
    owner = line(found, "ownername") or line(found, "owneremail")
    page = context.resolve(line(found, "ownerid"))
    if not sources and any(problem.code == "truncated" for problem in problems):
        raise ParseError("The list of feeds breaks off", document.location, "fetch or save it again")
    if not sources:
        context.note("list-empty", "this list names no feed")
    distinct: dict[str, Source] = {}
    for source in sources:
        distinct.setdefault(source.key, source)
    return ParsedFeed(
        format="opml",
        title=line(found, "title"),
        updated=context.date(found, "datemodified", "datecreated"),
        links=(Link(href=page),) if page else (),
        authors=(Person(name=owner, email=line(found, "owneremail"), uri=page),) if owner else (),
        sources=tuple(distinct.values()),
        problems=(*problems, *context.problems),
    )


def _begin(root: Element, location: str) -> Context:
    base = location if is_web(location) else None
    return Context(home=namespace(root), base=base, where="list", problems=[])


def _source(element: Element, context: Context) -> Source | None:
    """Return the feed or the list that an outline names; None for a folder, a page or what is commented out."""
    given: dict[str, str] = {
        name.rpartition("}")[2].lower(): text.plain(value) for name, value in element.attrib.items()
    }
    reference = _reference(given)
    if reference is None or _is_commented_out(element):
        return None
    name = given.get("title") or given.get("text") or None
    here = context.at(element, where=(name or reference)[:200])
    if reference.lower().startswith("feed:"):
        rest = reference[len("feed:") :].removeprefix("//")
        reference = rest if is_web(rest) else f"http://{rest}"
    url = here.resolve(reference)
    if url is None or not is_web(url):
        here.note("source-not-web", f"not an address on the web: {reference[:100]}")
        return None
    language = canonical(given["language"]) if given.get("language") else None
    return Source(key=url, location=url, title=name, language=language)


def _reference(given: dict[str, str]) -> str | None:
    """Return the address in an outline, if it is that of a feed or of another list (OPML 2.0, "include" and "link")."""
    kind, url = given.get("type", "").lower(), given.get("url")
    if address := given.get("xmlurl"):
        return address
    if url and (kind in _FEEDS or kind == "include" or (kind == "link" and url.lower().endswith(_LISTS))):
        return url
    return None


def _is_commented_out(element: Element) -> bool:
    """Return whether an outline is a comment, or stands in one (OPML 2.0)."""
    return any((node.get("isComment") or "").lower() == "true" for node in (element, *element.iterancestors("outline")))
