"""Digests for tests and for the judges of mail: plausible ones in every language of mail, and a hostile one."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from builders import site
from republisher.digest.compose import SUMMARY
from republisher.digest.render import DigestPages
from republisher.digest.values import Digest, Item, Section, Variant
from republisher.language import canonical
from republisher.messages import Catalogues
from republisher.model import LanguageTag, Link
from republisher.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = Path(__file__).parent.parent / "templates"
SINCE, UNTIL = datetime(2026, 11, 16, 6, tzinfo=UTC), datetime(2026, 11, 23, 6, tzinfo=UTC)
PER_SECTION = 8
TEXTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "mail" / "texts.toml").read_text(encoding="utf-8"))
"""By language: `source`, `channel`, and `articles`, each a headline and a summary."""
LATIN = ("en", "fr", "es", "pt", "de", "it", "nl", "pl", "id", "vi", "tr", "sw")
"""Of `TEXTS`, those in Latin letters."""
HOSTILE = (
    "</title><script>alert(1)</script> ]]> &lt;b&gt; &amp; R&D <b>x</b>",
    "{unsubscribe} {preferences} {{ 7 * 7 }} {% raw %} %(count)s %s %(headline)s",
    "Subject\r\nBcc: everybody@example.org\r\n\r\nbody \x00\x07\x85\x9f\u2028\ufeff\ud800",
    "=?utf-8?q?encoded=20already?= =?utf-8?b?dHdpY2U=?=",
    "漢" * 300,
    "x" * 300,
    "\u202egnp.exe\u2066\u202c عنوان عربي داخل نص لاتيني 🏳️‍🌈👩‍👩‍👧 Z̷̧̛̟͔a̸͚͝l̴̰̈g̷̳̾o̵͉̓",
    '" onmouseover="alert(1)" style="position:fixed',
    "<!--[if mso]><p> -- \n-- \nFrom me",
)
"""Headlines that try to be something else."""


def pages(**changes: Any) -> DigestPages:
    """Return what renders digests, with the shipped templates and catalogues."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    translate = Catalogues((TEMPLATES / "messages",)).translations
    return DigestPages(environment=environment, translate=translate, site=site(**changes))


def digest(language: str = "en", count: int = 8, **changes: Any) -> Digest:
    """Return a weekly digest of `count` articles in `language`, eight in a channel."""
    label = TEXTS[language]["channel"]
    items = list(islice(_items(language), count))
    groups = [items[start : start + PER_SECTION] for start in range(0, count, PER_SECTION)]
    sections = tuple(
        Section(
            topic=f"topic-{place}",
            label=f"{label} {place}" if place > 1 else label,
            page=f"https://feeds.example.org/{language}/topic-{place}.html",
            items=tuple(group),
            more=(0, 1, 2, 3, 11, 100)[place % 6] if len(group) == PER_SECTION else 0,
        )
        for place, group in enumerate(groups, start=1)
    )
    made = Digest(
        name="2026-W47",
        variant=Variant(frequency="weekly", language=_tag(language)),
        since=SINCE,
        until=UNTIL,
        sections=sections,
        page=f"https://feeds.example.org/digest/weekly/2026-W47/{language}.all.html",
    )
    return replace(made, **changes)


def hostile(language: str = "en") -> Digest:
    """Return a digest in which every text and address is a trap."""
    items = tuple(
        Item(
            id=f"urn:trap:{place}",
            title=trap,
            summary=HOSTILE[-1 - place][:180],
            link=f'https://www.source.example/[{place}] |"><script>{{unsubscribe}}'
            if place % 2
            else "javascript:alert(1)",
            language=_tag(("ar", language, "und", "ko")[place % 4]),
            published=SINCE + timedelta(hours=place),
            source=trap[:80],
            also=(Link(href="javascript:alert(1)", title=trap), Link(href="https://www.source.example/1", title=trap)),
            translations=(
                Link(href="https://www.source.example/ar/", hreflang="ar"),
                Link(href="data:text/html,x", hreflang="fr"),
                Link(href="https://www.source.example/x/", hreflang='"><b>'),
            ),
        )
        for place, trap in enumerate(("", *HOSTILE[:-1]))
    )
    label = HOSTILE[0]
    section = Section(topic="t", label=label, page="https://feeds.example.org/t.html", items=items, more=5)
    return digest(language, 1, sections=(section,), introduction="<p>&lt;script&gt; {unsubscribe}</p>")


def _items(language: str) -> Iterator[Item]:
    articles = TEXTS[language]["articles"]
    for number, (title, summary) in enumerate(cycle(articles)):
        address = f"https://www.source.example/{language}/2026/11/{17 + number % 6}/vaccination-campaign-{number}/"
        yield Item(
            id=f"https://www.source.example/?p={number}",
            title=f"{title} ({number + 1})" if number >= len(articles) else title,
            summary=shorten(summary, SUMMARY),
            link=address,
            language=_tag(language),
            published=UNTIL - timedelta(hours=3 * number + 7),
            source=TEXTS[language]["source"],
            also=(Link(href=f"https://www.other.example/{number}/", title=f"Daily {number}"),)
            if number % 8 == 1
            else (),
            translations=_translations(number) if number % 8 == 2 else (),
        )


def _translations(number: int) -> tuple[Link, ...]:
    return tuple(
        Link(href=f"https://www.source.example/{tag}/{number}/", rel="related", hreflang=tag)
        for tag in ("fr", "ko", "ar")
    )


def _tag(language: str) -> LanguageTag:
    return canonical(language) or LanguageTag("und")
