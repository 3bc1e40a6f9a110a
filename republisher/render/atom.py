"""Atom 1.0 (RFC 4287), with archives (RFC 5005), replies (RFC 4685), licences (RFC 4946) and Media RSS thumbnails."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from republisher.render import facts
from republisher.render.extension import (
    ATOM,
    HISTORY,
    LANG,
    MEDIA,
    THREAD,
    add,
    add_link,
    add_thumbnail,
    assembled,
    character_data,
    new_entry,
    new_head,
    resilient,
    serialised,
    timestamp,
    without_articles,
)
from republisher.urls import article_url, channel_url, is_web, uri

if TYPE_CHECKING:
    from republisher.model import Article, Category, Edition, Origin, Person, Site, Topic

ENDING = ".atom"
MEDIA_TYPE = "application/atom+xml"
_NAMESPACES = {"fh": HISTORY, "media": MEDIA, "thr": THREAD}
_CLOSING = b"</feed>\n"


class Atom:
    """Renders editions as Atom feeds, each entry once in its life."""

    def __init__(self, site: Site, topics: tuple[Topic, ...]) -> None:
        self._site = facts.legalised(site)
        self._vocabulary = facts.Vocabulary.of(self._site, topics)
        self._entry = resilient(self._render_entry)

    def render(self, edition: Edition) -> bytes:
        """Return `edition` as an Atom document."""
        head = self._render_head(without_articles(edition))
        return assembled(head, map(self._entry, edition.articles), _CLOSING)

    def _render_head(self, edition: Edition) -> bytes:
        site, channel = self._site, edition.channel
        head = new_head(_NAMESPACES, partial(self._mend_head, edition=edition))
        head.id(channel.id)
        head.title(channel.title)
        head.subtitle(channel.subtitle)
        head.updated(edition.updated)
        head.author(_person(facts.checked(site.author)))
        head.generator(facts.GENERATOR, version=site.version or None, uri=facts.HOMEPAGE)
        head.category([_category(category) for category in self._vocabulary.of_channel(channel)])
        head.rights(site.rights)
        head.icon(uri(site.icon) if site.icon else None)
        head.logo(uri(site.logo) if site.logo else None)
        head.language(facts.known(channel.language))
        document: bytes = head.atom_str(pretty=True, xml_declaration=False)
        return document

    def _mend_head(self, feed: Any, *, edition: Edition) -> None:  # noqa: ANN401 - an element of lxml
        for tag in ("title", "subtitle", "rights"):
            _declare_type(feed.find(tag))
        feed.find("updated").text = timestamp(edition.updated)
        if edition.archive is not None:
            add(feed, f"{{{HISTORY}}}archive")
        channel, site = edition.channel, self._site
        for link in facts.feed_links(edition, site, ENDING, MEDIA_TYPE):
            add_link(feed, "link", link)
        page, language = channel_url(channel, ".html", site), facts.known(channel.language)
        add(feed, "link", rel="alternate", type="text/html", hreflang=language, href=page)

    def _render_entry(self, article: Article) -> bytes:
        entry = new_entry(partial(self._mend_entry, article=article))
        title = facts.title(article)
        entry.id(article.id or article_url(article, self._site))
        entry.title(title)
        entry.updated(article.updated)
        entry.published(article.published)
        entry.author([_person(person) for person in facts.authors(article)])
        entry.link(href=article_url(article, self._site), rel="alternate")
        entry.category([_category(category) for category in self._vocabulary.of_article(article)])
        entry.summary(article.summary or title, type="text")
        if article.content:
            entry.content(character_data(facts.content(article)), type="CDATA")
        entry.rights(article.rights)
        feed = etree.Element("feed", nsmap=_NAMESPACES, xmlns=ATOM)
        return serialised(entry.atom_entry(), feed)

    def _mend_entry(self, entry: Any, *, article: Article) -> None:  # noqa: ANN401 - an element of lxml
        language = facts.known(article.language)
        if language:
            entry.set(LANG, language)
        made = {child.tag: child for child in entry}
        for tag in ("title", "summary", "rights"):
            _declare_type(made.get(tag))
        made["updated"].text = timestamp(article.updated)
        made["published"].text = timestamp(article.published)
        link = made["link"]
        link.set("rel", "alternate")
        link.set("type", "text/html")
        if language:
            link.set("hreflang", language)
        for other in facts.links(article):
            element = add_link(entry, "link", other)
            if other.rel == "replies" and other.count is not None:
                element.set(f"{{{THREAD}}}count", str(other.count))
        add_thumbnail(entry, article.thumbnail)
        _add_source(entry, article.origin, timestamp(article.origin.updated or article.updated))
        content = made.get("content")
        if content is not None:
            content.set("type", "html")
            entry.append(content)  # last, so that whoever reads the feed finds the short facts together


def _person(person: Person) -> dict[str, str | None]:
    return {"name": facts.inert(person.name), "email": person.email, "uri": person.uri}


def _category(category: Category) -> dict[str, str | None]:
    name = facts.inert(category.label) if category.label else None
    return {"term": category.term, "scheme": category.scheme, "label": name}


def _declare_type(element: Any) -> None:  # noqa: ANN401 - an element of lxml
    """Say that a text construct is text; one that looks like HTML becomes HTML that shows it (RFC 4287 §3.1.1).

    Readers that do not look at the type then show the same as those that do.
    """
    if element is None:
        return
    if facts.looks_like_markup(element.text):
        element.set("type", "html")
        element.text = facts.as_html(element.text)
    else:
        element.set("type", "text")


def _add_source(entry: Any, origin: Origin, updated: str) -> None:  # noqa: ANN401 - an element of lxml
    source = add(entry, "source")
    add(source, "id", origin.id or origin.self_link or origin.alternate)
    _declare_type(add(source, "title", origin.title or origin.id))
    add(source, "updated", updated)
    if origin.self_link and is_web(origin.self_link):
        add(source, "link", rel="self", href=uri(origin.self_link))
    if origin.alternate and is_web(origin.alternate):
        add(source, "link", rel="alternate", type="text/html", href=uri(origin.alternate))
    if origin.rights:
        _declare_type(add(source, "rights", origin.rights))
