"""Facts that hold in every feed format."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from builders import arabic, article, channel, edition, hostile, korean, origin, site, topics
from republisher.check import check_file
from republisher.model import Article, Category, Edition, LanguageTag, Link, Person, PlainText, SafeHtml
from republisher.render import make_feed_formats

if TYPE_CHECKING:
    from collections.abc import Callable

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def render(ending: str, given: Edition) -> bytes:
    """Return `given` in the format with this ending."""
    return next(each for each in make_feed_formats(site(), topics()) if each.ending == ending).render(given)


def atom(given: Edition) -> Any:
    """Return the root of `given` as Atom."""
    return etree.fromstring(render(".atom", given))


def rss(given: Edition) -> Any:
    """Return the channel of `given` as RSS."""
    return etree.fromstring(render(".rss", given))[0]


def feed(given: Edition) -> Any:
    """Return `given` as JSON Feed."""
    return json.loads(render(".json", given))


def hrefs(root: Any, rel: str) -> list[str]:
    """Return where the links of a relation lead."""
    return [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == rel]


BARE = article(
    id="",
    title=PlainText(""),
    summary=PlainText(""),
    content=SafeHtml(""),
    language=LanguageTag("und"),
    authors=(),
    categories=(),
    link=None,
    links=(),
    thumbnail=None,
    rights=None,
    topics=(),
    origin=origin(id="tag:feeds.example.org,2026:source/1", self_link=None, alternate=None, rights=None, updated=None),
)
EXAMPLES: dict[str, Callable[[], Edition]] = {
    "full": edition,
    "korean": lambda: edition(korean(), channel=channel(language="ko")),
    "arabic": lambda: edition(arabic(), channel=channel(language="ar")),
    "hostile": lambda: edition(hostile()),
    "bare": lambda: edition(BARE),
    "empty": lambda: replace(edition(), articles=()),
    "illegal": lambda: edition(article(title=PlainText("a\0b\ud800c\ufffe"), content=SafeHtml("<p>\x0b\ud800</p>"))),
    "illegal head": lambda: edition(channel=channel(title="a\0b\ud800", subtitle="\x01")),
    "mixed": lambda: edition(article(), korean(), arabic(), hostile(), channel=channel(None, None)),
}


@pytest.mark.parametrize("ending", [".atom", ".rss", ".json"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_checks_find_nothing(ending: str, name: str) -> None:
    """Whatever an article holds, its feed passes our own checks."""
    given = EXAMPLES[name]()
    path = f"{given.channel.path}{ending}"
    assert check_file(path, render(ending, given), site()) == ()


@pytest.mark.parametrize("ending", [".atom", ".rss", ".json"])
def test_same_edition_gives_same_bytes(ending: str) -> None:
    """Neither the run nor what was rendered before shows."""
    given = EXAMPLES["mixed"]()
    other = next(each for each in make_feed_formats(site(), topics()) if each.ending == ending)
    other.render(edition(hostile(), korean()))
    assert other.render(given) == render(ending, given)


@pytest.mark.parametrize("ending", [".atom", ".rss", ".json"])
def test_document_is_utf8_with_unix_lines(ending: str) -> None:
    """No byte order mark, no carriage return, an end of line at the end."""
    document = render(ending, edition(article(content=SafeHtml("<p>a\r\nb</p>"))))
    assert document.startswith((b'<?xml version="1.0" encoding="UTF-8"?>\n', b"{\n"))
    assert document.endswith(b"\n")
    assert "보건" in document.decode()
    assert document.count(b"xmlns") == document.splitlines()[1].count(b"xmlns")


def test_id_is_the_same_everywhere() -> None:
    """The source's own id is kept verbatim in every format."""
    given = edition()
    assert atom(given).findtext(f"{ATOM}entry/{ATOM}id") == "https://www.source.example/?p=4711"
    assert rss(given).findtext("item/guid") == "https://www.source.example/?p=4711"
    assert feed(given)["items"][0]["id"] == "https://www.source.example/?p=4711"


def test_article_without_a_home_links_to_our_page() -> None:
    """Exactly one alternate link, to the source or to us."""
    page = "https://feeds.example.org/articles/2026-03-04-0b1c2d3e.html"
    given = edition(korean())
    assert hrefs(atom(given).find(f"{ATOM}entry"), "alternate") == [page]
    assert rss(given).findtext("item/link") == page
    assert feed(given)["items"][0]["url"] == page


def test_addresses_become_uris() -> None:
    """Hosts beyond ASCII are written in Punycode, the rest is percent-encoded."""
    uri = (
        "https://xn--4gbrim.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%D9%84%D9%82%D8%A7%D8%AD?%D8%B5%D9%81%D8%AD%D8%A9=1"
    )
    assert rss(edition(arabic())).findtext("item/link") == uri
    assert hrefs(atom(edition(arabic())).find(f"{ATOM}entry"), "alternate") == [uri]


def test_language_is_on_the_root_of_a_channel_in_one_language() -> None:
    """And on every entry, in every format."""
    given = edition(article(), korean())
    assert atom(given).get(LANG) == "fr"
    assert [entry.get(LANG) for entry in atom(given).findall(f"{ATOM}entry")] == ["fr", "ko"]
    assert rss(given).findtext("language") == "fr"
    assert [item["language"] for item in feed(given)["items"]] == ["fr", "ko"]


def test_language_is_not_on_the_root_of_a_channel_that_mixes_them() -> None:
    """An article of unknown language then claims none."""
    given = edition(article(), replace(BARE, id="urn:x-test:1"), channel=channel(None, None))
    assert atom(given).get(LANG) is None
    assert [entry.get(LANG) for entry in atom(given).findall(f"{ATOM}entry")] == ["fr", None]
    assert rss(given).find("language") is None
    assert "language" not in feed(given)


def test_content_says_how_it_is_read() -> None:
    """The language and direction travel with the content when a reader drops the rest."""
    content = '<div lang="ar" dir="rtl"><p>تفتح المراكز الصحية أبوابها يوم <b>الاثنين</b>.</p></div>'
    assert atom(edition(arabic())).findtext(f"{ATOM}entry/{ATOM}content") == content
    assert rss(edition(arabic())).findtext("item/{*}encoded") == content
    assert feed(edition(arabic()))["items"][0]["content_html"] == content


def test_topics_are_named_in_the_language_of_the_article() -> None:
    """Terms are stable keys, labels are for people."""
    category = atom(edition(korean())).find(f"{ATOM}entry/{ATOM}category")
    assert dict(category.attrib) == {"term": "health", "scheme": "https://feeds.example.org/topics/", "label": "보건"}
    codes = [each.text for each in rss(edition(korean())).findall("item/category[@domain]")]
    assert codes == ["health", "medtop:07000000"]
    assert "보건" in feed(edition(korean()))["items"][0]["tags"]


def test_label_falls_back_through_subtags_to_english() -> None:
    """A name nobody gave is looked for in the nearest language, then in English."""
    labels = [
        atom(edition(article(language=LanguageTag(tag)))).find(f"{ATOM}entry/{ATOM}category").get("label")
        for tag in ("fr-CA", "sw", "und")
    ]
    assert labels == ["Santé", "Health", "Health"]


def test_source_cannot_speak_in_our_name() -> None:
    """A category with our scheme is ours alone; the word stays, the scheme goes."""
    spoof = article(topics=(), categories=(Category(term="peace", scheme="https://feeds.example.org/topics/"),))
    category = atom(edition(spoof)).find(f"{ATOM}entry/{ATOM}category")
    assert dict(category.attrib) == {"term": "peace"}
    assert rss(edition(spoof)).find("item/category").get("domain") is None


def test_archive_names_the_live_feed_and_the_older_archive() -> None:
    """RFC 5005, in both formats that know it; the id stays the channel's."""
    given = edition(archive="archive/fr/health/2", previous_archive="archive/fr/health/1")
    for root, ending in ((atom(given), "atom"), (rss(given), "rss")):
        assert root.find("{http://purl.org/syndication/history/1.0}archive") is not None
        assert hrefs(root, "self") == [f"https://feeds.example.org/archive/fr/health/2.{ending}"]
        assert hrefs(root, "current") == [f"https://feeds.example.org/fr/health.{ending}"]
        assert hrefs(root, "prev-archive") == [f"https://feeds.example.org/archive/fr/health/1.{ending}"]
    assert atom(given).findtext(f"{ATOM}id") == "tag:feeds.example.org,2026:channel/health/fr"


def test_json_feed_points_to_archives_in_atom() -> None:
    """JSON Feed knows no archives of its own."""
    given = edition(previous_archive="archive/fr/health/2")
    previous = feed(given)["_republisher"]["previous_archive"]
    assert previous == "https://feeds.example.org/archive/fr/health/2.atom"
    assert [each.name for each in make_feed_formats(site(), topics()) if each.archived] == ["atom", "rss"]


def test_live_feed_names_its_place_hub_and_siblings() -> None:
    """What a reader needs to go on from here."""
    given = edition(previous_archive="archive/fr/health/2")
    for root, ending in ((atom(given), "atom"), (rss(given), "rss")):
        assert root.find("{http://purl.org/syndication/history/1.0}archive") is None
        assert hrefs(root, "self") == [f"https://feeds.example.org/fr/health.{ending}"]
        assert hrefs(root, "hub") == ["https://hub.example.org/"]
        assert hrefs(root, "prev-archive") == [f"https://feeds.example.org/archive/fr/health/2.{ending}"]
        assert hrefs(root, "related") == [f"https://feeds.example.org/{tag}/health.{ending}" for tag in ("ko", "ar")]


def test_via_stands_once() -> None:
    """Where we took it from is said by the article or else by its origin."""
    said = article(links=(Link(href="https://www.source.example/feed/atom/", rel="via", type="application/atom+xml"),))
    for given in (said, article(links=())):
        assert hrefs(atom(edition(given)).find(f"{ATOM}entry"), "via") == ["https://www.source.example/feed/atom/"]


def test_text_that_looks_like_markup_shows_as_it_is() -> None:
    """In Atom it is declared as HTML that shows it, in RSS a word joiner keeps it from being any."""
    given = edition(article(title=PlainText("How to use <b> & &lt;")))
    title = atom(given).find(f"{ATOM}entry/{ATOM}title")
    assert (title.get("type"), title.text) == ("html", "How to use &lt;b&gt; &amp; &amp;lt;")
    assert rss(given).findtext("item/title") == "How to use <\u2060b> & &\u2060lt;"
    assert feed(given)["items"][0]["title"] == "How to use <b> & &lt;"


def test_author_is_whom_we_took_it_from_if_nobody_else() -> None:
    """Every format credits somebody."""
    given = edition(korean())
    assert atom(given).findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "경기도 보도자료"
    assert rss(given).findtext("item/{*}creator") == "경기도 보도자료"
    assert feed(given)["items"][0]["authors"] == [{"name": "경기도 보도자료"}]


def test_rss_credits_a_source_that_is_not_on_the_web() -> None:
    """A source needs an address in RSS; one without is named by Dublin Core."""
    item = rss(edition(BARE)).find("item")
    assert (item.find("source"), item.findtext("{http://purl.org/dc/elements/1.1/}source")) == (None, "Source Example")
    assert rss(edition()).find("item/source").get("url") == "https://www.source.example/feed/atom/"


def test_rss_has_one_enclosure_and_media_for_the_rest() -> None:
    """Readers take the first or the last of several, so there is one."""
    item = rss(edition()).find("item")
    assert [dict(each.attrib) for each in item.findall("enclosure")] == [
        {"url": "https://www.source.example/a.mp3", "length": "1483920", "type": "audio/mpeg"}
    ]
    assert item.find("{http://search.yahoo.com/mrss/}content").get("type") == "audio/ogg"


def test_rss_summary_is_html() -> None:
    """A description is HTML to every reader, so the plain text is written as such."""
    assert rss(edition(article(summary=PlainText("1 < 2 & 3")))).findtext("item/description") == "1 &lt; 2 &amp; 3"


def test_rss_editor_needs_an_address() -> None:
    """A bare name is an error in RSS, so without an address nobody is named."""
    nameless = site(author=Person(name="Press (Office)"))
    addressed = site(author=Person(name="Press (Office)", email="press@example.org"))
    for publisher, expected in ((nameless, None), (addressed, "press@example.org (Press Office)")):
        _, made, _ = make_feed_formats(publisher, topics())
        assert etree.fromstring(made.render(edition()))[0].findtext("managingEditor") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (60, ("hourly", "1")),
        (20, ("hourly", "3")),
        (360, ("daily", "4")),
        (1440, ("daily", "1")),
        (10081, ("monthly", "1")),
    ],
)
def test_rss_tells_the_schedule(minutes: int, expected: tuple[str, str]) -> None:
    """The syndication module says the same as ttl."""
    _, made, _ = make_feed_formats(site(ttl=minutes), topics())
    root = etree.fromstring(made.render(edition()))[0]
    assert root.findtext("ttl") == str(minutes)
    assert (root.findtext("{*}updatePeriod"), root.findtext("{*}updateFrequency")) == expected


def test_json_feed_gives_the_evidence() -> None:
    """Why an article is here can be read in the feed."""
    (assignment,) = feed(edition())["items"][0]["_republisher"]["topics"]
    assert assignment["codes"] == [{"term": "medtop:07000000", "scheme": "http://cv.iptc.org/newscodes/mediatopic/"}]
    assert assignment["evidence"][0]["surface"] == "vaccination"


def test_entry_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document that carries an article reuses its bytes."""
    calls: list[Article] = []
    given = article()
    for each, module in zip(make_feed_formats(site(), topics()), ("atom", "rss", "jsonfeed"), strict=True):
        each.render(edition(given))
        monkeypatch.setattr(f"republisher.render.{module}.article_url", lambda found, _: calls.append(found))
        each.render(edition(replace(given), channel=channel(language="ko")))
    assert calls == []
