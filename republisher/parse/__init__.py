"""What documents say, in Atom's vocabulary: a table of parsers, and the door to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.parse import (
    atom,
    atom03,
    cdf,
    discover,
    dump,
    jsonfeed,
    opml,
    rdf,
    rss,
    sitemap,
    sniff,
    wordpress,
    wxr,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from republisher.model import Document, ParsedFeed
    from republisher.parse.sniff import Head
    from republisher.protocols import Parser


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the input table."""

    name: str
    """Also `ParsedFeed.format`."""
    recognise: Callable[[Head], bool]
    """Takes how a document begins; the first row that says yes parses it."""
    parse: Parser


PARSERS: Final = (
    Row(name="atom03", recognise=atom03.recognise, parse=atom03.parse),
    Row(name="atom", recognise=atom.recognise, parse=atom.parse),
    Row(name="wxr", recognise=wxr.recognise, parse=wxr.parse),
    Row(name="cdf", recognise=cdf.recognise, parse=cdf.parse),
    Row(name="rdf", recognise=rdf.recognise, parse=rdf.parse),
    Row(name="opml", recognise=opml.recognise, parse=opml.parse),
    Row(name="sitemap", recognise=sitemap.recognise, parse=sitemap.parse),
    Row(name="wordpress", recognise=wordpress.recognise, parse=wordpress.parse),
    Row(name="json", recognise=jsonfeed.recognise, parse=jsonfeed.parse),
    Row(name="rss", recognise=rss.recognise, parse=rss.parse),
    Row(name="dump", recognise=dump.recognise, parse=dump.parse),
)
"""In this order, as some are a special case of others."""


def parse(document: Document) -> ParsedFeed:
    """Return the feed in `document`, whatever its format; raises `ParseError` and nothing else."""
    head = sniff.head(document.content)
    for row in PARSERS:
        if row.recognise(head):
            return row.parse(document)
    raise discover.refusal(document, head)
