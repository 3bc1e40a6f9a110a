"""RSS 2.0 by the RSS Advisory Board's Best Practices Profile, with elements of Atom, Dublin Core and other modules."""

from __future__ import annotations

import re
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lxml import etree

from republisher.render import facts
from republisher.render.extension import (
    ATOM,
    CONTENT,
    DC,
    HISTORY,
    MEDIA,
    SLASH,
    SYNDICATION,
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
from republisher.urls import article_url, channel_url, host, is_web, uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from republisher.model import Article, Category, Edition, Link, Origin, Person, Site, Topic

ENDING = ".rss"
MEDIA_TYPE = "application/rss+xml"
_NAMESPACES = {"dc": DC, "fh": HISTORY, "media": MEDIA, "slash": SLASH, "sy": SYNDICATION}
_BY_FEEDGEN = {"atom": ATOM, "content": CONTENT}
_CLOSING = b"  </channel>\n</rss>\n"
_NOT_IN_COMMENT = re.compile(r'[()\\"]')
"""What would end the name after an e-mail address, which is a comment to RFC 822."""
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif)", re.IGNORECASE)
_PERIODS = (("hourly", 60), ("daily", 24 * 60), ("weekly", 7 * 24 * 60))
"""Of the syndication module, in minutes."""


class Rss:
    """Renders editions as RSS documents, each item once in its life."""

    def __init__(self, site: Site, topics: tuple[Topic, ...]) -> None:
        self._site = facts.legalised(site)
        self._vocabulary = facts.Vocabulary.of(self._site, topics)
        self._item = resilient(self._render_item)

    def render(self, edition: Edition) -> bytes:
        """Return `edition` as an RSS document."""
        newest = max((article.published for article in edition.articles), default=edition.updated)
        head = self._render_head(without_articles(edition), newest)
        return assembled(head, map(self._item, edition.articles), _CLOSING)

    def _render_head(self, edition: Edition, newest: datetime) -> bytes:
        site, channel = self._site, edition.channel
        page, title = channel_url(channel, ".html", site), facts.inert(channel.title)
        head = new_head(_NAMESPACES, partial(self._mend_head, edition=edition, newest=newest))
        head.title(title)
        head.link(href=page)
        head.description(facts.inert(channel.subtitle) or title)
        head.language(facts.known(channel.language))
        head.category(_categories(self._vocabulary.of_channel(channel)))
        head.copyright(facts.inert(site.rights) if site.rights else None)
        head.docs("https://www.rssboard.org/rss-specification")
        head.generator(f"{facts.GENERATOR} {site.version} ({facts.HOMEPAGE})".replace("  ", " "))
        head.ttl(max(site.ttl, 1))
        editor = _editor(facts.checked(site.author))
        head.managingEditor(editor)
        head.webMaster(editor)
        picture = next((url for url in (site.logo, site.icon) if url and _PICTURE.fullmatch(url)), None)
        if picture:
            head.image(url=uri(picture), title=title, link=page)
        document: bytes = head.rss_str(pretty=True, xml_declaration=False)
        return document

    def _mend_head(self, rss: Any, *, edition: Edition, newest: datetime) -> None:  # noqa: ANN401 - an element of lxml
        channel = rss[0]
        add(channel, "pubDate", format_datetime(newest))
        add(channel, "lastBuildDate", format_datetime(edition.updated))
        period, frequency = schedule(self._site.ttl)
        add(channel, f"{{{SYNDICATION}}}updatePeriod", period)
        add(channel, f"{{{SYNDICATION}}}updateFrequency", str(frequency))
        if edition.archive is not None:
            add(channel, f"{{{HISTORY}}}archive")
        for link in facts.feed_links(edition, self._site, ENDING, MEDIA_TYPE):
            add_link(channel, f"{{{ATOM}}}link", link)

    def _render_item(self, article: Article) -> bytes:
        links = facts.links(article)
        item = new_entry(partial(_mend_item, article=article, links=links))
        title = facts.title(article)
        item.guid(article.id or article_url(article, self._site), permalink=False)
        item.title(facts.inert(title))
        item.link(href=article_url(article, self._site))
        item.description(facts.as_html(article.summary or title))
        if article.content:
            item.content(character_data(facts.content(article)), type="CDATA")
        item.category(_categories(self._vocabulary.of_article(article)))
        replies = [link.href for link in links if link.rel == "replies"]
        item.comments(replies[0] if replies else None)
        first = _enclosure(links)
        if first is not None:
            item.enclosure(url=first.href, length=first.length or 0, type=first.type)
        item.source(url=_feed_of(article.origin), title=facts.inert(article.origin.title or article.origin.id))
        rss = etree.Element("rss", nsmap=_NAMESPACES | _BY_FEEDGEN)
        return serialised(item.rss_entry(), rss, etree.SubElement(rss, "channel"))


def _mend_item(item: Any, *, article: Article, links: tuple[Link, ...]) -> None:  # noqa: ANN401 - an element of lxml
    add(item, "pubDate", format_datetime(article.published))
    add(item, f"{{{ATOM}}}updated", timestamp(article.updated))
    for person in facts.authors(article):
        add(item, f"{{{DC}}}creator", facts.inert(person.name))
    if facts.known(article.language):
        add(item, f"{{{DC}}}language", article.language)
    if article.rights:
        add(item, f"{{{DC}}}rights", facts.inert(article.rights))
    if _feed_of(article.origin) is None:  # <source> has to have an address
        add(item, f"{{{DC}}}source", facts.inert(article.origin.title or article.origin.id))
    _add_links(item, links)
    add_thumbnail(item, article.thumbnail)
    content = item.find(f"{{{CONTENT}}}encoded")
    if content is not None:
        item.append(content)  # last, so that whoever reads the feed finds the short facts together


def _add_links(item: Any, links: Iterable[Link]) -> None:  # noqa: ANN401 - an element of lxml
    """Add what feedgen has no element for: translations, where it was taken from, more enclosures, how many replies."""
    links = tuple(links)
    replies, enclosed = True, _enclosure(links)
    for link in links:
        if link.rel in {"related", "via"}:
            add_link(item, f"{{{ATOM}}}link", link)
        elif link.rel == "enclosure":
            if link is not enclosed:
                add(item, f"{{{MEDIA}}}content", url=link.href, fileSize=str(link.length or ""), type=link.type)
        elif not replies:
            continue
        elif link.count is not None:
            replies = False
            add(item, f"{{{SLASH}}}comments", str(link.count))


def _enclosure(links: Iterable[Link]) -> Link | None:
    """Return the one enclosure an item may have: the first one that is really on the web."""
    return next((link for link in links if link.rel == "enclosure" and "." in host(link.href)), None)


def _categories(categories: Iterable[Category]) -> list[dict[str, str]]:
    """Return feedgen's arguments: a term under its domain as it is, and the words people read without one.

    feedgen would write the label under the domain, where a stable key belongs.
    """
    keyed: list[dict[str, str]] = []
    words: dict[str, dict[str, str]] = {}
    for category in categories:
        word = facts.inert(category.label or category.term)
        if category.scheme:
            keyed.append({"term": facts.inert(category.term), "scheme": category.scheme})
        words.setdefault(word.casefold(), {"term": word})
    taken = {entry["term"].casefold() for entry in keyed}
    return [*keyed, *(entry for key, entry in words.items() if key not in taken)]


def _feed_of(origin: Origin) -> str | None:
    """Return an address of the feed an article was taken from."""
    return next((uri(url) for url in (origin.self_link, origin.alternate, origin.id) if url and is_web(url)), None)


def _editor(person: Person) -> str | None:
    """Return `a@b (Name)`, None without an address, as a bare name is an error."""
    if person.email is None:
        return None
    return f"{person.email} ({_NOT_IN_COMMENT.sub('', facts.inert(person.name)).strip()})"


def schedule(minutes: int) -> tuple[str, int]:
    """Return the syndication module's period and how often in it, for a run every so many `minutes`."""
    for period, length in _PERIODS:
        if minutes <= length:
            return period, max(length // max(minutes, 1), 1)
    return "monthly", 1
