"""Where in a document we are, and what stands there: references, dates and markup with their problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from republisher import text
from republisher.model import Markup, Problem
from republisher.parse.dates import parse_date
from republisher.parse.element import BASE, content, inner_html, looks_like_html
from republisher.parse.repair import clean

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element as Element

    from republisher.parse.element import Fields

MOST_PROBLEMS: Final = 1000
_ACTIVE: Final = frozenset(("javascript", "vbscript", "data", "blob", "file", "about", "livescript", "mocha"))
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#][!-~]*)?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where in a document we are: what is inherited there, and where to note problems."""

    home: str
    """The namespace of the feed's own elements."""
    base: str | None
    """Absolute; relative references resolve against it (RFC 3986 §5.1)."""
    where: str
    problems: list[Problem]
    day_first: bool = False

    def at(self, element: Element, where: str | None = None) -> Context:
        """Return the context inside `element`."""
        own = element.get(BASE)
        if where is None and not own:
            return self
        return Context(
            home=self.home,
            base=self.resolve(own) or self.base if own else self.base,
            where=self.where if where is None else where,
            problems=self.problems,
            day_first=self.day_first,
        )

    def note(self, code: str, message: str) -> None:
        """Record a problem here, unless there are more already than anybody reads."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code=code, message=message, where=self.where))

    def resolve(self, reference: str | None) -> str | None:
        """Return a reference as an absolute URL; None, and a problem, for one that is broken or would run a script."""
        if not reference or _PLAIN_URL.fullmatch(reference):
            return reference or None
        # Browsers strip these too, so `java\nscript:` must not survive.
        reference = clean(re.sub(r"[\t\r\n]+", "", reference)).strip("\0 \u00a0").replace(" ", "%20")
        if not reference:
            return None
        scheme = _SCHEME.match(reference)
        if scheme and scheme[1].lower() in _ACTIVE:
            self.note("link-active", f"dropped a {scheme[1].lower()}: link")
            return None
        try:
            url = reference if scheme else urljoin(self.base or "", reference)
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if not parts.scheme or (parts.scheme in {"http", "https"} and not parts.hostname):
            self.note("link-broken", f"dropped a link that leads nowhere: {reference[:100]}")
            return None
        return url

    def date(self, found: Fields, *names: str) -> datetime | None:
        """Return the first readable date among these names; of elements with the same name, the last one counts."""
        for name in names:
            for element in reversed(found.get(name, ())):
                if moment := self.moment(content(element)):
                    return moment
        return None

    def moment(self, value: str | None) -> datetime | None:
        """Return the moment a text names; None, and a problem, if it names none."""
        if not value:
            return None
        moment = parse_date(value, day_first=self.day_first)
        if moment is None:
            self.note("date-invalid", f"not a date: {value[:60]}")
        return moment

    def markup(self, element: Element, kind: str | None = None) -> Markup | None:
        """Return the text construct in `element`: HTML if `kind` says so or, without it, if it looks like it."""
        nested = len(element) > 0
        value = inner_html(element) if nested else content(element)
        if not value:
            return None
        html = nested or kind == "html" or (kind is None and looks_like_html(value))
        return Markup(value=value, type="html" if html else "text", base=self.at(element).base)


def flat(markup: Markup | None) -> str | None:
    """Return a text construct as one line of plain text, for fields that hold nothing else."""
    if markup is None:
        return None
    value = markup.value if markup.type == "text" else _text_of_html(markup.value)
    return text.plain(value) or None


def _text_of_html(value: str) -> str:
    tree = etree.HTML(f"<div>{value}</div>", etree.HTMLParser(no_network=True, remove_comments=True))
    if tree is None:
        return ""
    etree.strip_elements(tree, "script", "style", with_tail=False)
    for node in tree.iter("br", "p", "div", "li"):
        node.tail = f" {node.tail or ''}"
    return clean("".join(tree.itertext()))
