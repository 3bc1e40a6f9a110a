"""JSON Feed 1.1, with what it has no key for in an object of our own, `_republisher`.

It knows no archives, so older articles are pointed to in Atom.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from republisher.render import atom, facts
from republisher.render.extension import resilient, timestamp, without_articles
from republisher.urls import article_url, channel_url, document_url, is_web, uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from republisher.model import Article, Assignment, Channel, Edition, Person, Site, Topic

ENDING = ".json"
MEDIA_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"
_CONTROL = re.compile(r"\\(?:u00|[bf])")
"""How a control character looks in JSON; a backslash before such letters looks like it, which does no harm."""
_EMPTY: tuple[object, ...] = (None, "", [], {})


class JsonFeed:
    """Renders editions as JSON Feed documents, each item once in its life."""

    def __init__(self, site: Site, topics: tuple[Topic, ...]) -> None:
        self._site = facts.legalised(site)
        self._vocabulary = facts.Vocabulary.of(self._site, topics)
        self._item = resilient(self._render_item)

    def render(self, edition: Edition) -> bytes:
        """Return `edition` as a JSON Feed document."""
        head = self._render_head(without_articles(edition))
        items = b",\n".join(map(self._item, edition.articles))
        return b"".join((head, b',\n  "items": [\n', items, b"\n  ]\n}\n" if items else b"  ]\n}\n"))

    def _render_head(self, edition: Edition) -> bytes:
        site, channel = self._site, edition.channel
        previous = edition.previous_archive
        head = {
            "version": _VERSION,
            "title": channel.title,
            "home_page_url": channel_url(channel, ".html", site),
            "feed_url": document_url(edition.archive or channel.path, ENDING, site),
            "description": channel.subtitle,
            "icon": uri(site.logo or site.icon or ""),
            "favicon": uri(site.icon or ""),
            "authors": [_author(facts.checked(site.author))],
            "language": facts.known(channel.language),
            "hubs": [{"type": "WebSub", "url": uri(site.hub)}] if site.hub and edition.archive is None else [],
            "_republisher": _filled(
                about=facts.HOMEPAGE,
                id=channel.id,
                updated=timestamp(edition.updated),
                topic=self._topic(channel),
                rights=site.rights,
                license=site.license,
                previous_archive=document_url(previous, atom.ENDING, site) if previous is not None else None,
                siblings=[
                    _filled(language=sibling.language, title=sibling.title, url=channel_url(sibling, ENDING, site))
                    for sibling in edition.siblings
                ],
            ),
        }
        return _lines(head, indent="  ", opening="{\n").encode()

    def _topic(self, channel: Channel) -> dict[str, Any]:
        if channel.topic is None:
            return {}
        return _filled(topic=channel.topic.slug, label=channel.label, codes=self._codes(channel.topic.slug))

    def _render_item(self, article: Article) -> bytes:
        text = self._members(article)
        if _CONTROL.search(text):  # JSON could say it, but all formats are to say the same
            text = self._members(facts.legalised(article))
        return text.encode()

    def _members(self, article: Article) -> str:
        picture = article.thumbnail
        title = facts.title(article)
        item = {
            "id": article.id or article_url(article, self._site),
            "url": article_url(article, self._site),
            "external_url": uri(article.link) if article.link and is_web(article.link) else None,
            "title": title,
            "content_html": facts.content(article) or facts.as_html(article.summary or title),
            "summary": article.summary or title,
            "image": uri(picture.url) if picture and is_web(picture.url) else None,
            "date_published": timestamp(article.published),
            "date_modified": timestamp(article.updated),
            "authors": [_author(person) for person in facts.authors(article)],
            "tags": self._tags(article),
            "language": facts.known(article.language),
            "attachments": [
                _filled(url=link.href, mime_type=link.type, title=link.title, size_in_bytes=link.length)
                for link in facts.links(article)
                if link.rel == "enclosure"
            ],
            "_republisher": self._extension(article),
        }
        return _lines(item, indent="      ", opening="    {\n", closing="\n    }")

    def _tags(self, article: Article) -> list[str]:
        ours = (self._vocabulary.label(given.topic, article.language) for given in article.topics)
        own = (category.label or category.term for category in article.categories)
        return list({tag.casefold(): tag for tag in reversed([*ours, *own]) if tag.strip()}.values())[::-1]

    def _extension(self, article: Article) -> dict[str, Any]:
        origin = article.origin
        return _filled(
            about=facts.HOMEPAGE,
            topics=[self._assignment(given, article) for given in article.topics],
            language_origin=article.language_origin,
            rights=article.rights,
            translations=self._translations(article),
            source=_filled(
                id=origin.id,
                title=origin.title,
                url=uri(origin.alternate) if origin.alternate and is_web(origin.alternate) else None,
                feed_url=uri(origin.self_link) if origin.self_link and is_web(origin.self_link) else None,
                updated=timestamp(origin.updated) if origin.updated else None,
                rights=origin.rights,
            ),
        )

    def _translations(self, article: Article) -> list[dict[str, Any]]:
        """Return what is said to be the same story in other languages, then guesses, which have a confidence."""
        said = [
            _filled(url=link.href, language=link.hreflang, title=link.title)
            for link in facts.links(article)
            if link.rel == "related" and link.hreflang
        ]
        return said + [
            _filled(url=article_url(one, self._site), language=one.language, title=one.title, confidence=one.confidence)
            for one in article.translations
            if one.confidence is not None
        ]

    def _assignment(self, given: Assignment, article: Article) -> dict[str, Any]:
        evidence = [
            _filled(term=reason.term, surface=reason.surface, place=reason.place, weight=round(reason.weight, 3))
            for reason in given.evidence
        ]
        return _filled(
            topic=given.topic,
            label=self._vocabulary.label(given.topic, article.language),
            codes=self._codes(given.topic),
            score=round(given.score, 3),
            signal=given.signal,
            evidence=evidence,
        )

    def _codes(self, slug: str) -> list[dict[str, Any]]:
        topic = self._vocabulary.topics.get(slug)
        return [_filled(term=code.term, scheme=code.scheme) for code in (topic.codes if topic else ())]


def _author(person: Person) -> dict[str, Any]:
    return _filled(name=person.name, url=person.uri)


def _filled(**members: object) -> dict[str, Any]:
    """Return an object of those members that have a value."""
    return {key: value for key, value in members.items() if value not in _EMPTY}


def _lines(members: Mapping[str, object], *, indent: str, opening: str, closing: str = "") -> str:
    """Return an object with a line for each member that has a value."""
    lines = (
        f"{indent}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in members.items()
        if value not in _EMPTY
    )
    return opening + ",\n".join(lines) + closing
