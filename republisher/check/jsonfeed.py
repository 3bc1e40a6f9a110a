"""JSON Feed documents: version 1.1 of https://jsonfeed.org/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from republisher.check.finding import (
    Complaint,
    Entry,
    Kind,
    Reference,
    Subject,
    duplicates,
    is_absolute,
    is_language,
    is_timestamp,
    read_json,
    same_place,
    shown,
)
from republisher.check.markup import fragment_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

_VERSION = "https://jsonfeed.org/version/1.1"
_FEED_URLS = ("home_page_url", "feed_url", "next_url", "icon", "favicon")
_ITEM_URLS = ("url", "external_url", "image", "banner_image")
_ITEM_TEXTS = ("title", "summary", "content_html", "content_text")


def _feed(subject: Subject) -> dict[str, Any]:
    return subject.root if isinstance(subject.root, dict) else {}


def _list(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects in the array `key`; none if it is no array, so that rules find nothing rather than fail."""
    values = holder.get(key)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _items(subject: Subject) -> list[tuple[str, dict[str, Any]]]:
    return [(f"items[{number}]", item) for number, item in enumerate(_list(_feed(subject), "items"))]


def json_root(subject: Subject) -> Iterator[Complaint]:
    """Require an object with a version, a title and items."""
    feed = _feed(subject)
    if feed.get("version") != _VERSION:
        yield Complaint(None, f"version is {shown(feed.get('version'))}; write {_VERSION}")
    if not isinstance(feed.get("title"), str) or not feed.get("title"):
        yield Complaint(None, "the feed has no title, which JSON Feed requires")
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield Complaint(None, "items is no array of objects, which JSON Feed requires")


def feed_place(subject: Subject) -> Iterator[Complaint]:
    """Require that a feed names its own place."""
    declared = _feed(subject).get("feed_url")
    if not isinstance(declared, str):
        yield Complaint(None, "the feed has no feed_url; give the address of this file")
    elif not same_place(declared, subject):
        yield Complaint(None, f"feed_url says {shown(declared)} but the file is at {subject.url}")


def item_required(subject: Subject) -> Iterator[Complaint]:
    """Require an id that is a string, and content."""
    for place, item in _items(subject):
        if not isinstance(item.get("id"), str) or not item.get("id"):
            yield Complaint(None, f"{place} has no id that is a string")
        if not item.get("content_html") and not item.get("content_text"):
            yield Complaint(None, f"{place} has neither content_html nor content_text")
        for key in _ITEM_TEXTS:
            if not isinstance(item.get(key, ""), str):
                yield Complaint(None, f"{place}.{key} is no string")


def dates(subject: Subject) -> Iterator[Complaint]:
    """Require dates by RFC 3339."""
    for place, item in _items(subject):
        for key in ("date_published", "date_modified"):
            if key in item and not is_timestamp(item[key]):
                yield Complaint(None, f"{place}.{key} is {shown(item[key])}; write a date-time by RFC 3339")


def languages(subject: Subject) -> Iterator[Complaint]:
    """Require language tags by BCP 47."""
    for place, holder in (("the feed", _feed(subject)), *_items(subject)):
        if "language" in holder and not is_language(holder["language"]):
            yield Complaint(None, f"{place}: {shown(holder['language'])} is no language tag (BCP 47)")


def absolute_addresses(subject: Subject) -> Iterator[Complaint]:
    """Refuse relative addresses: JSON Feed has nothing they could refer to."""
    for key in _FEED_URLS:
        if key in _feed(subject) and not is_absolute(_feed(subject)[key]):
            yield Complaint(None, f"{key} is {shown(_feed(subject)[key])}; make it absolute")
    for place, item in _items(subject):
        for key in _ITEM_URLS:
            if key in item and not is_absolute(item[key]):
                yield Complaint(None, f"{place}.{key} is {shown(item[key])}; make it absolute")


def attachments(subject: Subject) -> Iterator[Complaint]:
    """Require a url and a media type."""
    for place, item in _items(subject):
        for attachment in _list(item, "attachments"):
            if not is_absolute(attachment.get("url")) or "/" not in str(attachment.get("mime_type", "")):
                yield Complaint(None, f"{place} has an attachment without an absolute url or a mime_type")


def authors(subject: Subject) -> Iterator[Complaint]:
    """Require objects with a name, a url or an avatar; `author` is of version 1.0."""
    for place, holder in (("the feed", _feed(subject)), *_items(subject)):
        if "author" in holder:
            yield Complaint(None, f"{place} has author, which is of JSON Feed 1.0; write authors", "warning")
        for author in _list(holder, "authors"):
            if not {"name", "url", "avatar"} & author.keys():
                yield Complaint(None, f"{place} has an author without a name, a url or an avatar")


def unique_ids(subject: Subject) -> Iterator[Complaint]:
    """Refuse an id that stands twice: two items with one id are one item to a reader."""
    yield from duplicates(entries(subject))


def content(subject: Subject) -> Iterator[Complaint]:
    """Require content that does nothing and has only absolute addresses."""
    for place, item in _items(subject):
        for complaint in fragment_complaints(str(item.get("content_html", "")), None):
            yield Complaint(None, f"{place}: {complaint.message}")


def entries(subject: Subject) -> Iterator[Entry]:
    """Yield the articles of the feed."""
    for _, item in _items(subject):
        yield Entry(
            id=str(item.get("id", "")), link=str(item.get("url", "")), title=str(item.get("title", "")), line=None
        )


def references(subject: Subject) -> Iterator[Reference]:
    """Yield the links of the feed."""
    feed = _feed(subject)
    for key in ("home_page_url", "feed_url", "next_url"):
        yield Reference(str(feed.get(key, "")), None)
    for _, item in _items(subject):
        yield Reference(str(item.get("url", "")), None)


KIND = Kind(
    read=read_json,
    rules=(
        json_root,
        feed_place,
        item_required,
        dates,
        languages,
        absolute_addresses,
        attachments,
        authors,
        unique_ids,
        content,
    ),
    references=references,
    entries=entries,
)
