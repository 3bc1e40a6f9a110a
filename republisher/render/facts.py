"""What every format says of an article, decided once: its categories, links, names and labels.

A text in RSS has no type, so a reader may take it for HTML; neither do names and labels have one in Atom. `inert` makes
such a text show the same either way.
"""

from __future__ import annotations

import html
import mimetypes
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from html.entities import name2codepoint
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from republisher import language
from republisher.editions import nearest
from republisher.model import UNDETERMINED, Category, LanguageTag, Link, Person
from republisher.text import legal, shorten
from republisher.urls import channel_url, document_url, is_web, topic_scheme, uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from republisher.model import Article, Channel, Edition, Site, Topic

    T = TypeVar("T")

GENERATOR = "republisher"
HOMEPAGE = "https://pypi.org/project/republisher/"

_RELATIONS = frozenset({"related", "enclosure", "replies", "via"})
_MARKUP_LIKE = re.compile(rf"<(?=[A-Za-z/!?])|&(?=#|\w*[\d_]|(?:apos|{'|'.join(name2codepoint)})\b)")
"""Where HTML would see a tag or a reference; digits after an ampersand because the W3C validator does."""
_WORD_JOINER = "\u2060"
_MEDIA_TYPE = re.compile(r"""[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+""")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_EMAIL = re.compile(r"[\w.+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", re.ASCII)
_TYPES = mimetypes.MimeTypes()
"""Python's own table, not the machine's: the same everywhere; with what podcasts use beside it."""
for _ending, _type in {
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".webp": "image/webp",
}.items():
    _TYPES.add_type(_type, _ending)
_TITLE_LIMIT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Our topics as categories of an article in its own language."""

    scheme: str
    topics: dict[str, Topic]

    @classmethod
    def of(cls, site: Site, topics: Iterable[Topic]) -> Vocabulary:
        """Return the vocabulary of this site."""
        return cls(scheme=topic_scheme(site), topics={topic.slug: topic for topic in topics})

    def label(self, slug: str, tag: LanguageTag) -> str:
        """Return the name of a topic in the language `tag` or the nearest one there is."""
        topic = self.topics.get(slug)
        return legal(label(topic, tag)) if topic else slug

    def of_topic(self, slug: str, name: str) -> Iterator[Category]:
        """Yield the topic itself and the same subject in standard vocabularies."""
        yield Category(term=slug, scheme=self.scheme, label=name)
        topic = self.topics.get(slug)
        for code in topic.codes if topic else ():
            yield Category(term=code.term, scheme=code.scheme, label=name)

    def of_channel(self, channel: Channel) -> tuple[Category, ...]:
        """Return the categories of a feed: none if it carries every topic."""
        return tuple(self.of_topic(channel.topic.slug, channel.label)) if channel.topic else ()

    def of_article(self, article: Article) -> tuple[Category, ...]:
        """Return our topics, their codes, then the source's own words, each once."""
        ours = [
            category
            for given in article.topics
            for category in self.of_topic(given.topic, self.label(given.topic, article.language))
        ]
        own = (self._foreign(category) for category in article.categories if category.term.strip())
        unique = {(category.term, category.scheme): category for category in reversed([*ours, *own])}
        return tuple(reversed(unique.values()))

    def _foreign(self, category: Category) -> Category:
        """Return a word of the source, which cannot speak in our name."""
        if category.scheme is None:
            return category
        forged = category.scheme == self.scheme or not _ABSOLUTE.fullmatch(category.scheme)
        return replace(category, scheme=None if forged else uri(category.scheme))


def label(topic: Topic, tag: LanguageTag) -> str:
    """Return the name of `topic` in the language `tag`, the nearest one to it, or English."""
    names = topic.names
    return next((names[near] for near in nearest(tag) if near in names), names.get("en", topic.slug))


def known(tag: LanguageTag | None) -> LanguageTag | None:
    """Return a language worth declaring."""
    return tag if tag and tag != UNDETERMINED else None


def title(article: Article) -> str:
    """Return a title, which no format does without."""
    return article.title or shorten(article.summary, _TITLE_LIMIT) or article.id or article.slug


def content(article: Article) -> str:
    """Return the content in an element that says how to read it; empty if there is none."""
    if not article.content or not known(article.language):
        return article.content
    return f'<div lang="{article.language}" dir="{language.direction(article.language)}">{article.content}</div>'


def authors(article: Article) -> tuple[Person, ...]:
    """Return who wrote it, else whom we took it from."""
    named = tuple(checked(person) for person in article.authors if person.name.strip())
    return named or (Person(name=article.origin.title or article.origin.id),)


def checked(person: Person) -> Person:
    """Return `person` with an e-mail address and a URI only if they are."""
    return Person(
        name=person.name,
        email=person.email if person.email and _EMAIL.fullmatch(person.email) else None,
        uri=uri(person.uri) if person.uri and is_web(person.uri) else None,
    )


def links(article: Article) -> tuple[Link, ...]:
    """Return the links beside the alternate one, each once, their attributes only if they make sense."""
    kept = dict.fromkeys(_checked_link(link) for link in article.links if link.rel in _RELATIONS and is_web(link.href))
    if article.origin.self_link and is_web(article.origin.self_link) and all(link.rel != "via" for link in kept):
        kept[Link(href=uri(article.origin.self_link), rel="via")] = None
    return tuple(kept)


@lru_cache(maxsize=4096)
def _checked_link(link: Link) -> Link:
    type_ = link.type if link.type and _MEDIA_TYPE.fullmatch(link.type) else None
    if link.rel == "enclosure" and type_ is None:
        guessed, _ = _TYPES.guess_type(urlsplit(uri(link.href)).path)
        type_ = guessed or "application/octet-stream"
    return Link(
        href=uri(link.href),
        rel=link.rel,
        type=type_,
        hreflang=known(language.canonical(link.hreflang)) if link.hreflang else None,
        title=link.title.strip() if link.title else None,
        length=link.length if link.length is not None and link.length >= 0 else None,
        count=link.count if link.count is not None and link.count >= 0 else None,
    )


def feed_links(edition: Edition, site: Site, ending: str, media_type: str) -> Iterator[Link]:
    """Yield the links of a feed but for its page, to which each format links in its own way."""
    channel = edition.channel
    live, tag = channel_url(channel, ending, site), known(channel.language)
    here = live if edition.archive is None else document_url(edition.archive, ending, site)
    yield Link(rel="self", type=media_type, hreflang=tag, href=here)
    for sibling in edition.siblings:
        there, tag = channel_url(sibling, ending, site), known(sibling.language)
        yield Link(rel="related", type=media_type, hreflang=tag, title=sibling.title, href=there)
    if edition.archive is not None:
        yield Link(rel="current", type=media_type, href=live)
    elif site.hub:  # nobody needs to be told of an archive, which never changes
        yield Link(rel="hub", href=uri(site.hub))
    if edition.previous_archive is not None:
        older = document_url(edition.previous_archive, ending, site)
        yield Link(rel="prev-archive", type=media_type, href=older)
    if site.license:
        yield Link(rel="license", href=uri(site.license))


def looks_like_markup(value: str) -> bool:
    """Tell whether HTML would read something else than what stands in the plain text `value`."""
    return _MARKUP_LIKE.search(value) is not None


def inert(value: str) -> str:
    """Return the plain text `value` so that it shows the same when it is taken for HTML.

    An invisible word joiner (U+2060) after `<` or `&` keeps them from opening a tag or a reference.
    """
    return _MARKUP_LIKE.sub(lambda match: match.group() + _WORD_JOINER, value)


def as_html(value: str) -> str:
    """Return the plain text `value` as HTML."""
    return html.escape(value, quote=False)


def legalised(value: T) -> T:
    """Return a value of the model with all its texts legal in XML and encodable."""
    if isinstance(value, str):
        return legal(value)  # type: ignore[return-value] # it may be a NewType of str, which `legal` keeps true
    if isinstance(value, tuple):
        return tuple(map(legalised, value))  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: legalised(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **changes)
    return value
