"""The values that flow through republisher: a type per stage, frozen, in Atom's vocabulary (RFC 4287).

Nothing in this module does anything. Datetimes are aware and in UTC, sequences are tuples, texts are NFC where the type
says so. Where each field of an entry lives in the formats we read and write:

| field        | Atom (RFC 4287)           | RSS 2.0                                  | JSON Feed 1.1               |
|--------------|---------------------------|------------------------------------------|-----------------------------|
| id           | id                        | guid                                     | id                          |
| title        | title                     | title                                    | title                       |
| links        | link                      | link, enclosure, comments, atom:link     | url, external_url           |
| published    | published                 | pubDate, dc:date                         | date_published              |
| updated      | updated                   | atom:updated, dcterms:modified           | date_modified               |
| authors      | author                    | dc:creator, author                       | authors                     |
| categories   | category                  | category, dc:subject                     | tags                        |
| summary      | summary                   | description (beside content:encoded)     | summary                     |
| content      | content                   | content:encoded, else description        | content_html, content_text  |
| rights       | rights                    | dc:rights, channel copyright             | (dropped)                   |
| language     | xml:lang                  | dc:language, channel language            | language                    |
| source       | source                    | source                                   | (in _republisher)           |
| thumbnail    | media:thumbnail           | media:thumbnail                          | image                       |
| enclosures   | link rel=enclosure        | enclosure, media:content                 | attachments                 |
| replies      | link rel=replies, thr:count | comments, slash:comments               | (dropped)                   |
| translations | link rel=alternate/related hreflang | atom:link rel=related hreflang | (in _republisher)           |

Dropped everywhere: contributors, cloud, textInput, skipHours, skipDays, rating, fractions of a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LanguageTag = NewType("LanguageTag", str)
"""A BCP 47 tag in canonical case, `und` if nobody knows; made only by `language`."""
PlainText = NewType("PlainText", str)
"""Text without markup, NFC, only characters XML 1.0 allows; made only by `text`."""
SafeHtml = NewType("SafeHtml", str)
"""An HTML fragment that may be shown as it is, URLs absolute; made only by `sanitise`."""

UNDETERMINED = LanguageTag("und")
Policy = Literal["full", "excerpt", "link-only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place articles come from, as the configuration names it."""

    key: str
    """Stable and unique: the location as configured."""
    location: str
    """A file, a glob pattern, a directory or a URL."""
    title: str | None = None
    language: LanguageTag | None = None
    topics: tuple[str, ...] = ()
    """Topics every article of this source gets by the user's rule."""
    policy: Policy = "full"
    """How much of an article may be published."""
    rights: PlainText | None = None
    """What the user says of the source's rights, before what it says itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What tells whether a document changed since it was last read, without reading it."""

    modified: int = 0
    """Nanoseconds since the epoch: a file's modification time."""
    size: int = -1
    """Bytes."""
    digest: str = ""
    """Of the content itself."""
    url: str = ""
    """The address that gave the two below (RFC 9110 §8.8)."""
    etag: str = ""
    last_modified: str = ""
    permanent: str = ""
    """Where the document has moved to for good; asked first from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes of one document as they were received."""

    source: Source
    location: str
    """The file or URL they came from; relative references resolve against it."""
    content: bytes
    media_type: str | None = None
    charset: str | None = None
    """What the transport declared, if anything (RFC 9110 §8.3)."""
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something odd that did not stop us."""

    code: str
    """A stable word for it, such as `date-missing`."""
    message: str
    where: str = ""
    """The entry or line it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person construct (RFC 4287 §3.2)."""

    name: str
    email: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link (RFC 4287 §4.2.7); `href` is absolute once it has left the parser."""

    href: str
    rel: str = "alternate"
    type: str | None = None
    hreflang: str | None = None
    title: str | None = None
    length: int | None = None
    """Bytes, for enclosures."""
    count: int | None = None
    """Replies, for `rel="replies"` (RFC 4685 §5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category (RFC 4287 §4.2.2): a word the source used, or a code of ours."""

    term: str
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A text construct as the source gave it, untrusted (RFC 4287 §3.1)."""

    value: str
    type: Literal["text", "html"] = "text"
    """XHTML has been serialised to `html` by the parser."""
    base: str | None = None
    """The base URI in force there (`xml:base`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture that stands for the article."""

    url: str
    width: int | None = None
    """Pixels."""
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed an article was taken from, credited in `atom:source` (RFC 4287 §4.2.11)."""

    id: str
    title: PlainText
    updated: datetime | None = None
    self_link: str | None = None
    alternate: str | None = None
    rights: PlainText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the source gave it: untrusted, nothing resolved but references to URLs."""

    id: str | None = None
    title: Markup | None = None
    links: tuple[Link, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    summary: Markup | None = None
    content: Markup | None = None
    rights: str | None = None
    language: str | None = None
    thumbnail: Thumbnail | None = None
    source: ParsedFeed | None = None
    """The entry's own `atom:source`, if it was republished before; a feed without entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """That a source has taken an entry back (`at:deleted-entry`, RFC 6721 §3)."""

    id: str
    moment: datetime | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A document as its parser understood it."""

    format: str
    """The parser's name, such as `atom`."""
    id: str | None = None
    title: str | None = None
    subtitle: str | None = None
    updated: datetime | None = None
    language: str | None = None
    links: tuple[Link, ...] = ()
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    rights: str | None = None
    generator: str | None = None
    icon: str | None = None
    logo: str | None = None
    ttl: int | None = None
    """Minutes the source asks us to wait before we come again (`ttl`, `sy:updatePeriod`)."""
    entries: tuple[Entry, ...] = ()
    withdrawn: tuple[Withdrawal, ...] = ()
    """Entries the source has taken back (RFC 6721)."""
    translations: tuple[tuple[Link, ...], ...] = ()
    """Addresses that hold one story in several languages each, as a sitemap or the export of a site names them."""
    sources: tuple[Source, ...] = ()
    """Feeds a subscription list names (OPML); such a document has no entries."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a topic; `surface` stands literally in the article or names the rule."""

    term: str
    """The entry of the lexicon, the category or the rule that fired."""
    surface: str
    place: Literal["title", "lead", "body", "category", "rule", "learned"]
    weight: float
    """What it added to the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One topic given to an article."""

    topic: str
    score: float
    """Comparable within one article; 1.0 is the threshold."""
    signal: Literal["editor", "rule", "category", "lexicon", "learned"]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """The same story in another language, as it is shown beside an article."""

    id: str
    slug: str
    title: PlainText
    language: LanguageTag
    link: str | None = None
    """Its permalink at the source; None means that our page is its home."""
    confidence: float | None = None
    """From 0 to 1 if it is our guess; None if somebody says so."""
    reasons: tuple[str, ...] = ()
    """Of a guess, what says most first."""
    said_by: tuple[str, ...] = ()
    """Who says so: ids of articles, locations of documents, or `editor`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article: clean, identified, safe to show."""

    id: str
    """An absolute IRI: the source's own id, or a tag URI minted once (RFC 4151)."""
    slug: str
    """The name of its page, safe as a file name, never changed."""
    title: PlainText
    summary: PlainText
    """At most about 300 characters."""
    content: SafeHtml
    language: LanguageTag
    language_origin: str
    """Where the language came from: `editor`, `entry`, `feed`, `source`, `script`, `detected` or `unknown`."""
    own_language: str = ""
    """Its language and where that came from, before an editor said otherwise; empty if nobody did."""
    published: datetime
    updated: datetime
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    """The source's own words; ours are in `topics`."""
    link: str | None = None
    """Its permalink at the source; None means that our page is its home."""
    links: tuple[Link, ...] = ()
    """Translations (`related`), `enclosure`, `replies` and `via`."""
    thumbnail: Thumbnail | None = None
    rights: PlainText | None = None
    origin: Origin
    dated: bool = True
    """False if the source gave no date that can be; then `published` is when we first saw it."""
    policy: Policy = "full"
    """How much of it may be published; all of it is kept."""
    other_languages: tuple[LanguageTag, ...] = ()
    """Of a considerable part of it: a translation below the original, a title in another language."""
    copies: tuple[Link, ...] = ()
    """Near-identical articles of other sources, which are listed here instead of being shown."""
    translations: tuple[Sibling, ...] = ()
    """The same story in other languages; put in when it is published, as the others come and go."""
    topics: tuple[Assignment, ...] = ()
    """Best first; made by the classifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject articles are sorted by."""

    slug: str
    names: Mapping[str, str]
    """Labels by language tag; `en` is always there."""
    codes: tuple[Category, ...] = ()
    """The same subject in standard vocabularies, such as IPTC Media Topics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """What a user says about a topic; merged over the shipped topic of the same slug, if there is one."""

    slug: str
    names: Mapping[str, str] = field(default_factory=dict)
    """By language tag."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words and beginnings of words by language, or for every language under `*`; `$` and `~` as in a lexicon."""
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Phrases inside which the topic's words do not count, likewise."""
    threshold: float = 1.0
    """Above 1, the topic is given more rarely."""
    codes: tuple[Category, ...] = ()
    categories: tuple[str, ...] = ()
    """Categories of sources that mean this topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Topics a user gives to every article that meets some conditions: all those given, by any word of each."""

    topics: tuple[str, ...]
    name: str
    """What `explain` calls it."""
    categories: tuple[str, ...] = ()
    """Whole categories of the source; case, accents and hyphens do not matter."""
    addresses: tuple[str, ...] = ()
    """Beginnings of the article's address; `*` stands for anything."""
    authors: tuple[str, ...] = ()
    """Whole names or mail addresses."""
    titles: tuple[str, ...] = ()
    """Words or parts of words in the title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the publisher says of itself; the same for every channel."""

    title: str
    url: str
    """Absolute, ends in a slash: where the output directory is served."""
    authority: str
    """The taggingEntity of minted ids: a domain and a date it was held on (RFC 4151 §2.1)."""
    subtitle: str = ""
    language: LanguageTag = LanguageTag("en")
    """Of pages and feeds that mix languages."""
    author: Person
    rights: str | None = None
    license: str | None = None
    icon: str | None = None
    logo: str | None = None
    hub: str | None = None
    ttl: int = 60
    """Minutes between runs, told to readers."""
    version: str = ""
    """Of republisher, for the generator element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a reader subscribes to: a topic (or all) in a language (or in every one)."""

    path: str
    """Without ending, relative to the site: `health` or `fr/health`."""
    topic: Topic | None
    """None means every article."""
    language: LanguageTag | None
    """None means every language."""
    id: str
    """Independent of the URL it is served from."""
    title: str
    subtitle: str
    label: str
    """The topic's name in the channel's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A channel at one moment: its articles, newest first."""

    channel: Channel
    articles: tuple[Article, ...]
    updated: datetime
    siblings: tuple[Channel, ...] = ()
    """The same topic in other languages."""
    previous_archive: str | None = None
    """Path, without ending, of the next older archive document (RFC 5005 §4)."""
    archive: str | None = None
    """Its own path if this edition is an archive document, else None."""
