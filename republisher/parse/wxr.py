"""WordPress exports (WXR): RSS feeds that hold everything, of which only published articles are anybody's business."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from republisher.model import Link
from republisher.parse import rss
from republisher.parse.body import structured
from republisher.parse.dates import parse_date
from republisher.parse.element import attribute, fields, first, line
from republisher.parse.item import construct, item
from republisher.parse.xml import Grammar, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from lxml.etree import _Element as Element

    from republisher.model import Category, Document, Entry, Markup, ParsedFeed
    from republisher.parse.context import Context
    from republisher.parse.element import Fields
    from republisher.parse.sniff import Head

_MACHINERY: Final = frozenset(
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request"
    " acf-field acf-field-group wpcf7_contact_form elementor_library feedback".split()
)
"""Kinds of items that no reader of the site sees as articles; those of the block editor begin with `wp_`."""
_LANGUAGE_KEYS: Final = frozenset(
    "_wpml_language wpml_language _wpml_import_language_code _icl_lang _language language lang".split()
)
_SET_KEYS: Final = frozenset(("_wpml_import_translation_group", "_icl_translation_group", "_wpml_trid"))
"""Custom fields of WPML that hold the same number in every translation."""
_TAXONOMIES: Final = frozenset(("category", "post_tag"))
_NO_DATE: Final = "0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Export:
    """What the items of an export are read against."""

    context: Context
    authors: Mapping[str, str]
    """Names to show, by login."""
    sets: dict[str, list[Link]]
    """Addresses of the same story in several languages, by what the export calls their set."""


def recognise(head: Head) -> bool:
    """Return whether an RSS document declares WordPress's export namespace."""
    return head.root == "rss" and "wordpress.org/export/1" in head.text[head.start : head.start + 4096]


def parse(document: Document) -> ParsedFeed:
    """Return the published articles of an export; raises `ParseError`."""
    grammar = Grammar(entry="item", begin=lambda root: _begin(root, document.location), visit=_article)
    root, export, items, problems = read(document, grammar)
    feed = rss.channel(root, export.context, name="wxr")
    # The categories and authors of the channel are lists of everything there is.
    return replace(
        feed,
        entries=tuple(items),
        categories=(),
        authors=(),
        translations=tuple(tuple(sorted(set(links), key=repr)) for links in export.sets.values() if len(links) > 1),
        problems=(*problems, *export.context.problems),
    )


def _begin(root: Element, location: str) -> _Export:
    context = rss.begin(root, location)
    authors = {}
    for element in root.iterfind("{*}channel/{*}author"):
        found = fields(element, context.home)
        # The address is left where it is: the site does not publish it.
        login, name = line(found, "wp:author_login"), line(found, "wp:author_display_name")
        if login and name:
            authors[login] = name
    return _Export(context=context, authors=authors, sets={})


def _article(element: Element, export: _Export) -> Entry | None:
    found = fields(element, export.context.home)
    entry = item(element, export.context) if _is_article(found) else None
    if entry is None:
        return None
    context = export.context.at(element, where=(entry.id or "item without guid")[:200])
    page = next((link.href for link in entry.links if link.rel == "alternate"), None)
    for name in _sets(found, context):
        export.sets.setdefault(name, []).extend([Link(href=page)] if page else [])
    body = construct(found, context, "content:encoded", kind="html")
    published, updated = (_moment(found, name) for name in ("wp:post_date", "wp:post_modified"))
    return replace(
        entry,
        published=published or entry.published,
        updated=updated or entry.updated,
        authors=tuple(replace(one, name=export.authors.get(one.name, one.name)) for one in entry.authors),
        categories=tuple(_categories(entry.categories)),
        summary=construct(found, context, "excerpt:encoded"),
        content=_in_paragraphs(body) or construct(found, context, "description"),
        language=_language(found, context) or entry.language,
    )


def _sets(found: Fields, context: Context) -> Iterator[str]:
    """Yield what Polylang, as a taxonomy, and WPML, as a custom field, call the set of translations of an article."""
    for element in found.get("category", ()):
        if element.get("domain") == "post_translations":
            yield f"polylang {attribute(element, 'nicename') or line({'': [element]}, '')}"
    for element in found.get("wp:postmeta", ()):
        meta = fields(element, context.home)
        if first(meta, "wp:meta_key") in _SET_KEYS:
            yield f"wpml {line(meta, 'wp:meta_value')}"


def _is_article(found: Fields) -> bool:
    """Return whether an item is published for everybody; a page counts if it is filed under a category as posts are."""
    if first(found, "wp:status") not in {"publish", None} or first(found, "wp:post_password"):
        return False
    kind = first(found, "wp:post_type") or "post"
    if kind == "page":
        return any(element.get("domain") == "category" for element in found.get("category", ()))
    return kind not in _MACHINERY and not kind.startswith("wp_")


def _moment(found: Fields, name: str) -> datetime | None:
    """Return a date of WordPress; that of Greenwich, as the local one does not say which zone it is in."""
    value = first(found, f"{name}_gmt")
    return parse_date(value) if value and not value.startswith(_NO_DATE) else None


def _categories(given: tuple[Category, ...]) -> Iterator[Category]:
    """Yield subjects only: menus, formats and languages are kept in the same element."""
    return (one for one in given if one.scheme is None or one.scheme in _TAXONOMIES or not _is_internal(one.scheme))


def _is_internal(taxonomy: str) -> bool:
    return taxonomy.startswith(("post_", "nav_", "term_", "wp_")) or taxonomy in {"language", "author", "link_category"}


def _in_paragraphs(body: Markup | None) -> Markup | None:
    """Return a body as WordPress shows it: its editors before 2018 kept paragraphs as blank lines."""
    if body is None or "<!-- wp:" in body.value or "<p" in body.value:
        return body
    return replace(body, value=structured(body.value))


def _language(found: Fields, context: Context) -> str | None:
    """Return the language that Polylang, as a category, or WPML, as a custom field, gives an article."""
    for element in found.get("category", ()):
        if element.get("domain") == "language":
            return attribute(element, "nicename") or line({"": [element]}, "")
    for element in found.get("wp:postmeta", ()):
        meta = fields(element, context.home)
        if first(meta, "wp:meta_key") in _LANGUAGE_KEYS:
            return line(meta, "wp:meta_value")
    return None
