"""RSS documents: RSS 2.0 and the rules of the RSS Advisory Board's Best Practices Profile that readers depend on."""

from __future__ import annotations

import re
from collections import Counter
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
    is_mail_date,
    is_timestamp,
    plain_xml,
    read_xml,
    same_place,
    shown,
    text_of,
)
from republisher.check.markup import fragment_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA_TYPE = re.compile(r"[^\s/;]+/[^\s/;]+(?:;.*)?")
_MAILBOX = re.compile(r"[^\s@()]+@[^\s@()]+ \([^()]+\)")
_ONCE = ("title", "link", "description", "guid", "pubDate", "enclosure", "source", "comments", _CONTENT)


def _channel(subject: Subject) -> Any:  # noqa: ANN401 - an element of lxml, which ships no types
    """Return the channel, or the root if there is none, so that rules find nothing rather than fail."""
    found = subject.root.find("channel")
    return subject.root if found is None else found


def _items(subject: Subject) -> list[Any]:
    items: list[Any] = _channel(subject).findall("item")
    return items


def rss_root(subject: Subject) -> Iterator[Complaint]:
    """Require an rss element of version 2.0 with one channel."""
    root = subject.root
    if root.tag != "rss" or root.get("version") != "2.0":
        yield Complaint(root.sourceline, 'the document does not start with <rss version="2.0">')
    if len(root.findall("channel")) != 1:
        yield Complaint(root.sourceline, "the document needs exactly one <channel>")


def channel_required(subject: Subject) -> Iterator[Complaint]:
    """Require what RSS 2.0 requires of a channel."""
    channel = _channel(subject)
    for tag in ("title", "link", "description"):
        if not text_of(channel, tag):
            yield Complaint(channel.sourceline, f"the channel has no <{tag}>, which RSS requires")


def channel_self(subject: Subject) -> Iterator[Complaint]:
    """Require that a channel names its own place."""
    channel = _channel(subject)
    own = [link.get("href", "") for link in channel.findall(f"{_ATOM}link") if link.get("rel") == "self"]
    if len(own) != 1:
        yield Complaint(channel.sourceline, f"the channel has {len(own)} <atom:link rel=self>; exactly one is wanted")
    for href in own:
        if not same_place(href, subject):
            yield Complaint(channel.sourceline, f"rel=self says {shown(href)} but the file is at {subject.url}")


def channel_image(subject: Subject) -> Iterator[Complaint]:
    """Require the channel's own title and link of its image."""
    channel = _channel(subject)
    for image in channel.findall("image"):
        for tag in ("title", "link"):
            if text_of(image, tag) != text_of(channel, tag):
                yield Complaint(image.sourceline, f"the image's <{tag}> differs from the channel's; make them the same")
        if not is_absolute(text_of(image, "url")):
            yield Complaint(image.sourceline, "the image has no absolute <url>")


def language_tags(subject: Subject) -> Iterator[Complaint]:
    """Require one language in one element, by BCP 47."""
    channel = _channel(subject)
    if channel.find("language") is not None and channel.find(f"{_DC}language") is not None:
        yield Complaint(channel.sourceline, "the channel has both <language> and <dc:language>; leave the second out")
    for element in channel.iter("language", f"{_DC}language"):
        if not is_language(element.text):
            yield Complaint(element.sourceline, f"{shown(element.text or '')} is no language tag (BCP 47)")


def mailboxes(subject: Subject) -> Iterator[Complaint]:
    """Require e-mail addresses of people; a name alone belongs in dc:creator."""
    for element in subject.root.iter("managingEditor", "webMaster", "author"):
        if not _MAILBOX.fullmatch((element.text or "").strip()):
            yield Complaint(
                element.sourceline,
                f"<{element.tag}> is {shown(element.text or '')}; write “a@b.example (Name)” or use <dc:creator>",
            )


def dates(subject: Subject) -> Iterator[Complaint]:
    """Require dates by RFC 822 with four digits for the year, by RFC 3339 in elements of Atom."""
    for element in subject.root.iter("pubDate", "lastBuildDate"):
        if not is_mail_date(element.text or ""):
            yield Complaint(
                element.sourceline, f"{shown(element.text or '')} is no date, as Thu, 05 Mar 2026 12:00:00 +0000"
            )
    for element in subject.root.iter(f"{_ATOM}updated", f"{_ATOM}published"):
        if not is_timestamp(element.text):
            yield Complaint(
                element.sourceline, f"{shown(element.text or '')} is no date-time by RFC 3339, as 2026-03-05T12:00:00Z"
            )


def ttl(subject: Subject) -> Iterator[Complaint]:
    """Require a number of minutes."""
    for element in subject.root.iter("ttl"):
        if not re.fullmatch(r"[1-9][0-9]*", (element.text or "").strip()):
            yield Complaint(element.sourceline, f"<ttl> is {shown(element.text or '')}; write minutes, as 60")


def item_guid(subject: Subject) -> Iterator[Complaint]:
    """Require an id of every item, and that it is not taken for an address."""
    for item in _items(subject):
        guid = item.find("guid")
        if guid is None or not (guid.text or "").strip():
            yield Complaint(item.sourceline, "the item has no <guid>; readers cannot tell it from others")
        elif guid.get("isPermaLink") != "false":
            yield Complaint(guid.sourceline, 'the <guid> is an id, not an address; write isPermaLink="false"')


def item_title(subject: Subject) -> Iterator[Complaint]:
    """Require a title or a description."""
    for item in _items(subject):
        if not text_of(item, "title") and not text_of(item, "description"):
            yield Complaint(item.sourceline, "the item has neither a <title> nor a <description>")


def item_once(subject: Subject) -> Iterator[Complaint]:
    """Refuse elements that stand twice: of several enclosures readers take one, and not the same one."""
    for item in _items(subject):
        counts = Counter(child.tag for child in item)
        for tag in _ONCE:
            if counts[tag] > 1:
                name = "content:encoded" if tag == _CONTENT else tag
                yield Complaint(item.sourceline, f"the item has {counts[tag]} <{name}>; only one is understood")
        if counts["pubDate"] and counts[f"{_DC}date"]:
            yield Complaint(item.sourceline, "the item has both <pubDate> and <dc:date>; leave the second out")
        if counts["author"] and counts[f"{_DC}creator"]:
            yield Complaint(item.sourceline, "the item has both <author> and <dc:creator>; leave the first out")


def item_content(subject: Subject) -> Iterator[Complaint]:
    """Require a description before content:encoded; it is then a summary."""
    for item in _items(subject):
        tags = [child.tag for child in item]
        if _CONTENT in tags and "description" not in tags[: tags.index(_CONTENT)]:
            yield Complaint(item.sourceline, "<content:encoded> has no <description> before it; put the summary there")


def item_enclosure(subject: Subject) -> Iterator[Complaint]:
    """Require url, length and type, all three."""
    for element in subject.root.iter("enclosure"):
        if not re.match(r"https?://[^/]", element.get("url", "")):
            yield Complaint(element.sourceline, "the enclosure has no url with http or https")
        if not re.fullmatch(r"[0-9]+", element.get("length", "")):
            yield Complaint(element.sourceline, "the enclosure has no length in bytes; write 0 if nobody knows")
        if not _MEDIA_TYPE.fullmatch(element.get("type", "")):
            yield Complaint(element.sourceline, "the enclosure has no media type; write application/octet-stream")


def item_categories(subject: Subject) -> Iterator[Complaint]:
    """Require that a category says something and a source has an address."""
    for element in subject.root.iter("category"):
        if not (element.text or "").strip():
            yield Complaint(element.sourceline, "the <category> is empty; leave it out")
    for element in subject.root.iter("source"):
        if not is_absolute(element.get("url", "")):
            yield Complaint(element.sourceline, "the <source> has no absolute url; give the address of its feed")


def absolute_addresses(subject: Subject) -> Iterator[Complaint]:
    """Require URIs, everything beyond ASCII percent-encoded: many readers of RSS know no IRIs."""
    for element, url in _addresses(subject):
        if not is_absolute(url):
            yield Complaint(element.sourceline, f"the address {shown(url)} is not absolute; make it so")
        elif not url.isascii():
            yield Complaint(
                element.sourceline, f"the address {shown(url)} is no URI; percent-encode it (RFC 3987 §3.1)"
            )


def unique_ids(subject: Subject) -> Iterator[Complaint]:
    """Refuse an id that stands twice: two items with one id are one item to a reader."""
    yield from duplicates(entries(subject))


def content(subject: Subject) -> Iterator[Complaint]:
    """Require content that does nothing and has only absolute addresses, of a title too, as it has no type."""
    for item in _items(subject):
        for element in item:
            if element.tag in {"title", "description", "category", _CONTENT}:
                yield from fragment_complaints(element.text or "", element.sourceline)


def entries(subject: Subject) -> Iterator[Entry]:
    """Yield the articles of the channel."""
    for item in _items(subject):
        # The joiners that keep a title from being HTML are no part of it.
        title = text_of(item, "title").replace("\u2060", "")
        yield Entry(id=text_of(item, "guid"), link=text_of(item, "link"), title=title, line=item.sourceline)


def _addresses(subject: Subject) -> Iterator[tuple[Any, str]]:
    for element in subject.root.iter("link", "comments", f"{_ATOM}link"):
        if element.get("rel") != "hub":
            yield element, element.get("href", (element.text or "").strip())


def references(subject: Subject) -> Iterator[Reference]:
    """Yield the links of the channel, but for the hub, which is a service."""
    for element, url in _addresses(subject):
        yield Reference(url, element.sourceline)


KIND = Kind(
    read=read_xml,
    rules=(
        plain_xml,
        rss_root,
        channel_required,
        channel_self,
        channel_image,
        language_tags,
        mailboxes,
        dates,
        ttl,
        item_guid,
        item_title,
        item_once,
        item_content,
        item_enclosure,
        item_categories,
        absolute_addresses,
        unique_ids,
        content,
    ),
    references=references,
    entries=entries,
)
