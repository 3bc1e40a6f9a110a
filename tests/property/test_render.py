"""Laws of rendering: any texts at all give a document that is well-formed and says the same when it is read back."""

from __future__ import annotations

import html
import json
import warnings
from calendar import timegm
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import feedparser
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from builders import article, channel, edition, origin, site, topics
from republisher.check import check_file
from republisher.model import Article, Assignment, Category, Evidence, LanguageTag, Link, Person, PlainText, SafeHtml
from republisher.render import make_feed_formats
from republisher.text import plain, shorten

if TYPE_CHECKING:
    from time import struct_time

TEXTS = st.text(max_size=60) | st.sampled_from(
    ["</title>", "]]>", "<![CDATA[", "<script>x</script>", "&lt;b&gt;", "&#0;", "AT&T", "a < b > c", "\u202ex", "R&D2"]
)
URLS = st.builds("https://{}.example/{}".format, st.sampled_from(["a", "é", "경기"]), TEXTS.map(plain))
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
TAGS = st.sampled_from([LanguageTag(tag) for tag in ("fr", "ko", "ar", "zh-Hant", "und")])
FORMATS = make_feed_formats(site(), topics())


@st.composite
def articles(draw: st.DrawFn, *, clean: bool) -> Article:
    """Draw an article with any texts where texts go, `clean` as an article's ought to be or not."""

    def text() -> PlainText:
        value = draw(TEXTS)
        return plain(value) if clean else PlainText(value)

    moments = sorted(draw(st.tuples(MOMENTS, MOMENTS)))
    return article(
        id=f"tag:example.org,2026:{draw(st.integers(min_value=0))}",
        title=text(),
        summary=shorten(text()) if clean else text(),
        content=SafeHtml(f"<p>{html.escape(text())}</p>"),
        language=draw(TAGS),
        published=moments[0],
        updated=moments[1],
        authors=(Person(name=text(), email=text(), uri=draw(URLS)),),
        categories=(Category(term=text(), scheme=draw(URLS | TEXTS), label=text()),),
        link=draw(URLS | TEXTS | st.none()),
        links=(
            Link(href=draw(URLS), rel="enclosure", type=draw(TEXTS), title=text(), length=draw(st.integers())),
            Link(href=draw(URLS), rel=draw(TEXTS), hreflang=draw(TEXTS)),
            Link(href=draw(URLS), rel="replies", count=draw(st.integers())),
        ),
        rights=text(),
        origin=origin(title=text(), rights=text(), self_link=draw(URLS | TEXTS)),
        topics=(
            Assignment(
                topic="health",
                score=1.0,
                signal="rule",
                evidence=(Evidence(term=text(), surface=text(), place="rule", weight=1.0),),
            ),
        ),
    )


def moment(parsed: struct_time) -> datetime:
    """Return a date as feedparser gives it."""
    return datetime.fromtimestamp(timegm(parsed), UTC)


def mended(value: str) -> str:
    """Return what feedparser makes of a text it takes for UTF-8 that was read as Latin-1."""
    try:
        return plain(value.encode("latin-1").decode())
    except UnicodeError:
        return value


@settings(max_examples=150, deadline=None)
@given(articles(clean=False) | articles(clean=True))
def test_checks_find_nothing_in_any_article(drawn: Article) -> None:
    """Every format stays valid by our own checks, whatever the texts are."""
    for each in FORMATS:
        document = each.render(edition(drawn))
        assert [found.message for found in check_file(f"fr/health{each.ending}", document, site())] == []


@settings(max_examples=100, deadline=None)
@given(articles(clean=True))
def test_feedparser_reads_back_what_atom_says(drawn: Article) -> None:
    """Title, id, dates and language survive the way through a reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = feedparser.parse(FORMATS[0].render(edition(drawn, channel=channel(None, None))), sanitize_html=False)
    assert not parsed.bozo
    (entry,) = parsed.entries
    detail = entry.title_detail
    title = html.unescape(detail.value) if detail.type == "text/html" else detail.value
    assert not drawn.title or plain(title) in {drawn.title, mended(drawn.title)}
    assert entry.id == drawn.id
    assert moment(entry.updated_parsed) == drawn.updated.replace(microsecond=0)
    assert moment(entry.published_parsed) == drawn.published.replace(microsecond=0)
    assert entry.content[0].language == (None if drawn.language == "und" else drawn.language)


@settings(max_examples=100, deadline=None)
@given(articles(clean=True))
def test_rss_and_json_say_what_atom_says(drawn: Article) -> None:
    """The formats differ in form, not in what they say."""
    _, rss, feed = (each.render(edition(drawn)) for each in FORMATS)
    item, other = etree.fromstring(rss).find("channel/item"), json.loads(feed)["items"][0]
    assert item.findtext("guid") == other["id"] == drawn.id
    assert item.findtext("title").replace("\u2060", "").strip() == other["title"].replace("\u2060", "").strip()
    assert item.findtext("{*}updated") == other["date_modified"]
    assert item.findtext("{*}language") == other.get("language")
    assert item.findtext("link") == other["url"]
