"""What we render we can read back: another republisher may take our feeds as its sources."""

from __future__ import annotations

import pytest

from builders import MEDIATOPIC, arabic, article, edition, korean, site, topics
from republisher.model import Document, Entry, ParsedFeed, Person, Source
from republisher.parse import parse
from republisher.render import make_feed_formats
from republisher.render.opml import render_sources
from republisher.urls import uri

FORMATS = {each.ending: each for each in make_feed_formats(site(), topics())}
ENDINGS = (".atom", ".rss", ".json")


def read(content: bytes) -> ParsedFeed:
    """Parse bytes that lie in a file."""
    return parse(Document(source=Source(key="k", location="a-file"), location="a-file", content=content))


def entries(ending: str) -> tuple[Entry, ...]:
    """Return what is read back from articles in three languages."""
    return read(FORMATS[ending].render(edition(article(), korean(), arabic()))).entries


@pytest.mark.parametrize("ending", ENDINGS)
def test_articles_come_back_as_they_went(ending: str) -> None:
    """Identity, words, dates, language, picture and rights survive in every format, without a problem."""
    feed = read(FORMATS[ending].render(edition(article(), korean(), arabic())))
    assert not feed.problems
    for given, got in zip((article(), korean(), arabic()), feed.entries, strict=True):
        assert (got.id, got.language) == (given.id, given.language)
        assert (got.published, got.updated) == (given.published, given.updated)
        assert got.title is not None
        assert got.title.value.replace("\u2060", "") == given.title
        assert got.summary is not None
        assert got.summary.value == given.summary
        assert got.content is not None
        assert given.content in got.content.value
        assert got.rights == given.rights
        names = [person.name for person in given.authors or (Person(name=given.origin.title),)]
        assert [person.name for person in got.authors] == names
        assert (got.thumbnail and got.thumbnail.url) == (given.thumbnail and uri(given.thumbnail.url))


@pytest.mark.parametrize("ending", ENDINGS)
def test_enclosures_and_permalinks_come_back(ending: str) -> None:
    """The page and every enclosure with its length survive in every format."""
    links = entries(ending)[0].links
    assert next(link.href for link in links if link.rel == "alternate") == article().link
    found = {link.href: link.length for link in links if link.rel == "enclosure"}
    assert found == {link.href: link.length for link in article().links if link.rel == "enclosure"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_topics_come_back_as_codes(ending: str) -> None:
    """The standard code of a topic survives, so that the next one to republish need not guess."""
    codes = {(category.term, category.scheme) for category in entries(ending)[0].categories}
    assert ("medtop:07000000", MEDIATOPIC) in codes


@pytest.mark.parametrize("ending", ENDINGS)
def test_whom_we_took_it_from_comes_back(ending: str) -> None:
    """The source is still credited after the second republishing."""
    source = entries(ending)[0].source
    assert source is not None
    assert source.title == article().origin.title
    assert any(link.rel == "self" and link.href == article().origin.self_link for link in source.links)


@pytest.mark.parametrize("ending", [".atom", ".rss"])
def test_translations_and_replies_come_back(ending: str) -> None:
    """What JSON Feed has no word for survives in the two other formats."""
    links = {(link.rel, link.href): link for link in entries(ending)[0].links}
    for link in article().links:
        if link.rel in {"related", "replies"}:
            got = links[link.rel, link.href]
            assert (got.hreflang, got.count) == (link.hreflang, link.count)


def test_a_list_of_sources_comes_back() -> None:
    """The list of our sources is one somebody else can take as theirs."""
    sources = tuple(
        Source(key=url, location=url, title="T") for url in ("https://a.example/rss", "https://b.example/?a=1&b")
    )
    assert read(render_sources("Sources", sources, site())).sources == sources
