"""RSS 1.0 and its kin made of RDF: 0.90, whose words are the same, and 1.1, whose channel is the root."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from republisher.parse import rss
from republisher.parse.element import fields, namespace
from republisher.parse.item import item
from republisher.parse.xml import Grammar, read

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from republisher.model import Document, ParsedFeed
    from republisher.parse.context import Context
    from republisher.parse.sniff import Head

_RSS_11: Final = "http://purl.org/net/rss1.1#"


def recognise(head: Head) -> bool:
    """Return whether the root is `rdf:RDF`, or the `Channel` of RSS 1.1."""
    return head.root.lower() == "rdf" or head.namespace == _RSS_11


def parse(document: Document) -> ParsedFeed:
    """Return the feed in an RSS 1.0 document; raises `ParseError`."""
    grammar = Grammar(entry="item", begin=lambda root: _begin(root, document.location), visit=item)
    root, context, items, problems = read(document, grammar)
    beside = fields(root, context.home) if namespace(root) != context.home else {}
    pictures = {"image": beside.get("image", [])}
    feed = rss.channel(root, context, pictures, "rdf")
    return replace(feed, entries=tuple(items), problems=(*problems, *context.problems))


def _begin(root: Element, location: str) -> Context:
    """Return the context of the items; without a channel, the first item tells their namespace."""
    context = rss.begin(root, location)
    only = next(root.iterchildren("{*}item"), None)
    lost = context.home == namespace(root) and only is not None
    return replace(context, home=namespace(only)) if lost else context
