"""What parsing promises about hostile, huge and familiar documents."""

from __future__ import annotations

import html
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest

from republisher.errors import ParseError
from republisher.model import Document, ParsedFeed, Source
from republisher.parse import PARSERS, parse
from republisher.parse.dump import LARGEST as DUMP_LARGEST
from republisher.parse.json import MOST_VALUES
from republisher.parse.outline import as_html
from republisher.parse.xml import LARGEST, LARGEST_DAMAGED, MOST_ENTRIES
from republisher.text import legal

SEED = Path(__file__).parents[2] / "seeds" / "gyeonggi-global-news.txt"
GOLDEN = Path(__file__).parents[1] / "golden" / "parse"
SMALLEST = (
    b'<feed xmlns="http://purl.org/atom/ns#"/>',
    b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
    b'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel/></rss>',
    b"<CHANNEL/>",
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    b"<opml/>",
    (
        b'<urlset xmlns:x="http://www.w3.org/1999/xhtml"><url><loc>http://a.example/</loc>'
        b'<x:link rel="alternate" hreflang="ko" href="http://a.example/ko"/></url></urlset>'
    ),
    b'[{"link": "http://a.example/1", "title": {"rendered": "t"}}]',
    b'{"version": "https://jsonfeed.org/version/1.1"}',
    b"a <![CDATA[t]]> 2021-01-01T00:00:00Z 2021-01-01T00:00:00Z b",
    b"<rss><channel/></rss>",
)
JSON = b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
OPEN = b"<rss><channel><item><title>"
TOP = b"a <![CDATA[t]]> 2021-01-01T00:00:00Z 2021-01-01T00:00:00Z "


def read(content: bytes, location: str = "somewhere") -> ParsedFeed:
    """Parse bytes."""
    return parse(Document(source=Source(key="k", location=location), location=location, content=content))


def test_each_parser_says_its_own_name() -> None:
    """The table's names are unique, and are what a feed is said to be."""
    assert [row.name for row in PARSERS] == "atom03 atom wxr cdf rdf opml sitemap wordpress json rss dump".split()
    assert {read(document).format for document in SMALLEST} == {row.name for row in PARSERS}


def test_the_seed_is_read_whole() -> None:
    """Ten entries with their facts, and every word of the document between them."""
    text = SEED.read_text(encoding="utf-8")
    feed = read(SEED.read_bytes())
    assert (feed.title, feed.subtitle) == ("News – Gyeonggi Global", "Global Inspiration, Global Gyeonggi Province")
    assert feed.generator == "WordPress"
    assert feed.updated is not None
    assert feed.updated.isoformat() == "2021-07-21T08:20:10+00:00"
    assert len(feed.entries) == 10
    assert {entry.authors[0].name for entry in feed.entries} == {"gg_mgr"}
    assert all(entry.id is None and not entry.links and entry.summary is None for entry in feed.entries)
    assert all(entry.published and entry.updated and entry.published < entry.updated for entry in feed.entries)
    bodies = re.split(r"gg_mgr <!\[CDATA\[.*?\]\]> \S+ \S+ ", text)[1:]
    for entry, body in zip(feed.entries, bodies, strict=True):
        assert entry.content is not None
        words = html.unescape(re.sub(r"<[^>]*>", " ", entry.content.value)).split()
        assert words == re.sub(r"(?m)^[○–] ", "", body).split()


def test_the_seed_keeps_its_structure() -> None:
    """Two levels of bullets become two levels of lists, and each lost link is noted."""
    feed = read(SEED.read_bytes())
    contents = [entry.content.value for entry in feed.entries if entry.content]
    assert contents[0].startswith("<ul>\n<li>Gyeonggi Province released 3,000 slender catfish fry")
    assert contents[0].count("<ul>") == 2
    assert sum(content.count("<li>") for content in contents) == 36
    assert [problem.code for problem in feed.problems] == ["link-lost"] * 6


@pytest.mark.parametrize(
    "content",
    [
        b"<rss><channel>" + b"<a/>" * 500_000,
        OPEN + b"&" * 2_000_000,
        OPEN + b"&#1;" * 300_000,
        OPEN + b"<![CDATA[" * 300_000,
        OPEN + b"<!--" * 500_000,
        OPEN + b"(<a@" * 300_000,
        OPEN + b"<a b='>" * 300_000,
        b"<rss><channel>" + b"<a>" * 500_000,
        b"<!DOCTYPE " + b"[" * 500_000 + b"<rss>",
        b"<rss><channel><item><author>" + b"(" * 2_000_000 + b"</author></item></channel></rss>",
        TOP + b"<![CDATA[" * 300_000,
        TOP + b"<![CDATA[]]> " * 100_000,
        TOP + b"( " * 500_000,
        TOP + "○ a\n– b\n".encode() * 50_000,
        TOP + b"x" + b"\n " * 500_000 + b"y",
        TOP + b"https://" * 200_000,
        TOP * 20_000,
        b"".join(b"a%d " % number + TOP[2:] for number in range(60_000)),
        (TOP.replace(b"2021", b"http://x/?p=1 2021", 1) + b"<" * 900) * 20_000,
        (TOP + b"- A " * 9000) * 800,
        JSON + b"[" * 2_000_000,
        JSON + b"{}," * 600_000,
        JSON + b'{"a":' * 400_000,
        JSON + b"9" * 2_000_000,
        JSON + b'{"id":"1","id":"2"},' * 100_000,
        JSON + b'"\\ud800' * 250_000,
        b"<opml><body>" + b"<outline>" * 200_000,
        b"<opml><body>" + b'<outline isComment="true" xmlUrl="http://a/">' * 40_000,
        b"<html><head>" + b"<link rel=alternate " * 100_000,
        b"<!DOCTYPE rss [" + b'<!ENTITY a "b">' * 100_000 + b"]><rss><channel>&a;",
        b"<rss><channel>" + b"\xb0\xa1\xa4\xa2" * 500_000,
        b"<rss><channel><item><description>" + b"&amp;lt;p&amp;gt; " * 150_000,
        b"<rss><channel><item><pubDate>" + b"1 " * 1_000_000 + b"</pubDate></item></channel></rss>",
    ],
    ids=lambda content: ascii(content[-24:].decode(errors="replace")),
)
def test_hostile_documents_take_no_time(content: bytes) -> None:
    """Megabytes made to be slow are read, or refused, in less than five seconds."""
    begun = time.perf_counter()
    with suppress(ParseError):
        read(content)
    assert time.perf_counter() - begun < 5


def test_entities_are_neither_expanded_nor_fetched() -> None:
    """Neither the laughs nor the file come in, not even through an attribute."""
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "lol"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]>'
    feed = read(
        f'{doctype}<rss><channel><item><title>&e9;&f;</title><guid x="&e9;">g</guid></item></channel></rss>'.encode()
    )
    assert feed.entries[0].title is not None
    assert feed.entries[0].title.value == "&e9;&f;"


def test_entities_of_a_document_type_cannot_grow() -> None:
    """A short text declared as an entity is put in, but neither long ones nor those made of others."""
    doctype = f'<!DOCTYPE rss [<!ENTITY a "Köln"><!ENTITY b "&#38;a;&a;"><!ENTITY c "{"x" * 1000}">]>'
    feed = read(f"{doctype}<rss><channel><item><title>&a; &b; &c;</title></item></channel></rss>".encode())
    assert feed.entries[0].title is not None
    assert feed.entries[0].title.value == "Köln &b; &c;"


def test_json_beyond_the_limit_is_read_in_part() -> None:
    """Whole items before the limit are kept, and the loss is noted."""
    items = b'{"id": "1", "tags": ["a", "b"]},' * MOST_VALUES
    feed = read(JSON + items + b"]}")
    assert feed.entries
    assert [problem.code for problem in feed.problems] == ["too-big"]
    assert {"too-big", "truncated"} <= {problem.code for problem in read(JSON + items).problems}


def test_depth_is_a_problem_and_not_a_silence() -> None:
    """What stands before elements that are too deep is kept, and the loss is noted."""
    feed = read(b"<rss><channel><item><title>x</title></item>" + b"<a>" * 400 + b"</a>" * 400 + b"</channel></rss>")
    assert [problem.code for problem in feed.problems] == ["not-well-formed", "truncated"]
    assert "deep" in feed.problems[1].message
    assert len(feed.entries) == 1


def test_too_many_entries_are_a_problem() -> None:
    """Beyond the limit nothing more is read, and that is said."""
    feed = read(b"<rss><channel>" + b"<item/>" * (MOST_ENTRIES + 9) + b"</channel></rss>")
    assert len(feed.entries) == MOST_ENTRIES
    assert [problem.code for problem in feed.problems] == ["too-big"]


def test_a_document_beyond_the_limit_is_read_in_part() -> None:
    """Only the first megabytes are read, and that is said."""
    feed = read(b"<rss><channel><item><title>x</title></item>" + b" " * LARGEST + b"</channel></rss>")
    assert len(feed.entries) == 1
    assert feed.problems[0].code == "too-big"


def test_a_large_document_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    """It is not cut for being damaged: every whole entry comes out, and the break is all that is said."""
    item = f"<item><guid>g</guid><description>{'wörter ' * 2000}</description></item>".encode()
    feed = read(b"<rss><channel>" + item * 500 + item[:900])
    assert len(item) * 500 > LARGEST_DAMAGED
    assert len(feed.entries) == 500
    assert [problem.code for problem in feed.problems] == ["truncated"]


def test_a_large_damaged_document_is_cut_once() -> None:
    """What is said is that it was cut for its size, and not what the cut led to."""
    item = f"<item><guid>g</guid><description>{'wörter ' * 2000}</description></item>".encode()
    feed = read(b"<rss><channel>" + item + b"<item><title>a & b</title></item>" + item * 500 + b"</channel></rss>")
    assert 300 < len(feed.entries) < 500
    assert [problem.code for problem in feed.problems] == ["characters-mended", "too-big"]


def test_a_large_dump_is_read_whole() -> None:
    """An archive of many articles has them all; beyond the limit only whole ones come out, and that is said."""
    article = TOP + b"Ein Satz. " * 500 + b"\n\n"
    count = (4 << 20) // len(article)
    assert len(read(article * count).entries) == count
    assert not read(article * count).problems[1:]
    feed = read(article * (DUMP_LARGEST // len(article) + 9))
    assert [problem.code for problem in feed.problems] == ["too-big"]
    assert len({entry.content for entry in feed.entries}) == 1


def test_a_seed_on_one_line_says_the_same() -> None:
    """Line breaks that became spaces cost no article, author, list or paragraph."""
    text = SEED.read_bytes()
    assert read(text.replace(b"\n", b" ")).entries == read(text).entries


@pytest.mark.parametrize(
    "document", ["atom-feed-facts.atom", "json-item-facts.txt", "wxr-", "rdf-", "rss-", "opml-", "cdf-"]
)
def test_a_document_that_breaks_off_says_so(document: str) -> None:
    """Wherever it breaks, it is refused or carries the problem."""
    path = min(path for path in GOLDEN.glob(f"{document}*") if path.suffix != ".json")
    content = path.read_bytes().rstrip()
    for end in range(0, content.rindex(b"</" if content.startswith(b"<") else b"}"), 7):
        with suppress(ParseError):
            assert "truncated" in {problem.code for problem in read(content[:end]).problems}


def test_clean_text_is_left_alone() -> None:
    """What may stand in XML comes back as the same object, and all else as it is without what may not."""
    for value in ("short", "long and clean " * 50, "길고 깨끗하다 " * 50):
        assert legal(value) is value
    for forbidden in "\0\x1f\x7f\x80\x9f\ud800\ufdd0\uffff":
        assert legal(forbidden.join(("a", "b" * 300))) == "a" + "b" * 300
    assert legal("\x85" + "b" * 300) == "\x85" + "b" * 300


def test_entries_are_found_whatever_slice_they_fall_in() -> None:
    """A feed longer than a slice of the reader has all its entries, in order."""
    items = "".join(f"<item><guid>{n}</guid><description>{'wörter ' * 200}</description></item>" for n in range(2000))
    feed = read(f"<rss><channel>{items}</channel></rss>".encode())
    assert [entry.id for entry in feed.entries] == [str(n) for n in range(2000)]
    assert not feed.problems


def test_an_outline_opens_and_closes_its_lists() -> None:
    """Bullets that go down, back and down again give lists that are closed in order; wrapped lines go on."""
    lists = as_html("□ A\n○ B\n  und b\n- C\n□ D\nText\nmehr\n- E")
    assert lists == (
        "<ul>\n<li>A\n<ul>\n<li>B und b\n<ul>\n<li>C</li>\n</ul>\n</li>\n</ul>\n</li>\n<li>D</li>\n</ul>\n"
        "<p>Text<br>mehr</p>\n<ul>\n<li>E</li>\n</ul>"
    )
