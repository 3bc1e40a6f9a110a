"""Atom 0.3, the draft that Blogger and others wrote before RFC 4287: other words for the same things."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.parse import atom

if TYPE_CHECKING:
    from republisher.model import Document, ParsedFeed
    from republisher.parse.sniff import Head


def recognise(head: Head) -> bool:
    """Return whether the root is a `feed`, or an `entry`, of one of the drafts."""
    return "atom/ns#" in head.namespace and atom.has_root(head)


def parse(document: Document) -> ParsedFeed:
    """Return the feed in a draft's document; raises `ParseError`."""
    return replace(atom.parse(document), format="atom03")
