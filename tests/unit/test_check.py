"""The checks find each kind of damage, in what we render ourselves, and survive any bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import arabic, article, channel, edition, korean, site, topics
from republisher.check import check_file, check_site
from republisher.render import make_feed_formats, render_opml

PAGE = b"""<!DOCTYPE html>
<html lang="fr"><head><title>t</title></head>
<body><a href="/fr/health.atom">f</a> <a href="feed://feeds.example.org/fr/health.atom">r</a></body></html>"""


@cache
def published() -> dict[str, bytes]:
    """Return a small site that is in order."""
    channels = [channel(), channel(language="ko"), channel(language="ar")]
    given = edition(article(), arabic(), previous_archive="archive/fr/health/1")
    files = {
        f"{each.path}{kind.ending}": kind.render(edition(article(), korean(), channel=each, siblings=()))
        for each in channels[1:]
        for kind in make_feed_formats(site(), topics())
    }
    for kind in make_feed_formats(site(), topics()):
        files[f"fr/health{kind.ending}"] = kind.render(given)
        older = edition(korean(), archive="archive/fr/health/1", previous_archive=None)
        if kind.archived:
            files[f"archive/fr/health/1{kind.ending}"] = kind.render(older)
    pages = ("index", "fr/health", "ko/health", "ar/health", f"articles/{korean().slug}")
    files |= {f"{page}.html": PAGE for page in pages}
    files["channels.opml"] = render_opml("Channels", channels, site())
    return files


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A change to a good file and the rule that must notice it."""

    ending: str
    old: str
    new: str
    rule: str


def atom(old: str, new: str, rule: str) -> Damage:
    """Return a damage to an Atom document; `old` is a pattern, its first match is replaced."""
    return Damage(ending=".atom", old=old, new=new, rule=rule)


def rss(old: str, new: str, rule: str) -> Damage:
    """Return a damage to an RSS document."""
    return Damage(ending=".rss", old=old, new=new, rule=rule)


def feed(old: str, new: str, rule: str) -> Damage:
    """Return a damage to a JSON Feed document."""
    return Damage(ending=".json", old=old, new=new, rule=rule)


def page(old: str, new: str, rule: str) -> Damage:
    """Return a damage to a page."""
    return Damage(ending=".html", old=old, new=new, rule=rule)


def opml(old: str, new: str, rule: str) -> Damage:
    """Return a damage to a list of channels."""
    return Damage(ending=".opml", old=old, new=new, rule=rule)


DAMAGES = (
    atom("</entry>", "", "readable"),
    atom("^", "\ufeff", "plain-xml"),
    atom("<feed", "<!DOCTYPE feed><feed", "plain-xml"),
    atom("UTF-8", "ISO-8859-1", "plain-xml"),
    atom(r"<entry xml:lang=\"fr\">\s*<id>.*?</id>", '<entry xml:lang="fr">', "atom-grammar"),
    atom("<title (.*)</title>", r"<heading \1</heading>", "atom-grammar"),
    atom("</entry>", "</entry><subtitle>late</subtitle>", "atom-grammar"),
    atom('xml:lang="fr"', 'xml:lang="français"', "atom-grammar"),
    atom(r"(?s)<author>.*?</author>(.*?)<author>.*?</author>", r"\1", "feed-author"),
    atom('(<link [^>]*rel="alternate" type="text/html" hreflang="fr"/>)', r"\1\1", "entry-alternate"),
    atom(r"<link href=[^>]* rel=\"alternate\"[^>]*>", "", "entry-alternate"),
    atom(r"<link rel=\"self\"[^>]*>", "", "feed-links"),
    atom("fr/health.atom", "elsewhere.atom", "feed-links"),
    atom(r"<link rel=\"alternate\"[^>]*>", "", "feed-links"),
    atom("<updated>", "<archive xmlns='http://purl.org/syndication/history/1.0'/><updated>", "feed-links"),
    atom("<id>https://www.source.example/.p=4712", "<id>https://www.source.example/?p=4711", "unique-ids"),
    atom("<id>https://www.source.example/.p=4711", "<id>4711", "absolute-addresses"),
    atom('href="https://www.source.example/a.mp3"', 'href="/a.mp3"', "absolute-addresses"),
    atom("<updated>2026-03-05T08:12:31Z", "<updated>2026-03-05T08:12:31", "dates"),
    atom("<updated>2026-03-05T08:12:31Z", "<updated>2026-13-05T08:12:31Z", "dates"),
    atom('<a href="https://', '<a href="', "content"),
    atom("<p>", "<p><script>x</script>", "content"),
    atom("<p>", "<p onclick='x'>", "content"),
    atom('<a href="https:', '<a href="java\nscript:', "content"),
    rss("</item>", "", "readable"),
    rss('version="2.0"', 'version="0.91"', "rss-root"),
    rss("<description>.*?</description>", "", "channel-required"),
    rss(r"<atom:link rel=\"self\"[^>]*>", "", "channel-self"),
    rss("fr/health.rss", "elsewhere.rss", "channel-self"),
    rss(r"(<image>\s*<url>.*?</url>\s*<title>)", r"\1x", "channel-image"),
    rss("<language>", "<dc:language>fr</dc:language><language>", "language-tags"),
    rss("<language>fr", "<language>french language", "language-tags"),
    rss("press@example.org ", "", "mailboxes"),
    rss("<dc:creator>Awa Diop</dc:creator>", "<author>Awa Diop</author>", "mailboxes"),
    rss("Wed, 04 Mar", "mer., 04 mars", "dates"),
    rss("Wed, 04 Mar", "Thu, 04 Mar", "dates"),
    rss("<atom:updated>2026", "<atom:updated>26", "dates"),
    rss("<ttl>60", "<ttl>an hour", "ttl"),
    rss("<guid .*?</guid>", "", "item-guid"),
    rss('isPermaLink="false"', 'isPermaLink="true"', "item-guid"),
    rss(
        r"(?s)(<item>\s*)<title>.*?</title>(\s*<link>.*?</link>\s*)<description>.*?</description>",
        r"\1\2",
        "item-title",
    ),
    rss("(<enclosure [^>]*>)", r"\1\1", "item-once"),
    rss("<pubDate>(?=.*</pubDate>\n      <atom)", "<dc:date>2026-03-04</dc:date><pubDate>", "item-once"),
    rss("<dc:creator>", "<author>a@b.example (A)</author><dc:creator>", "item-once"),
    rss(r"(?s)(</link>\s*)<description>[^<]*</description>(\s*<guid)", r"\1\2", "item-content"),
    rss(' length="1483920"', "", "item-enclosure"),
    rss(' type="audio/mpeg"', "", "item-enclosure"),
    rss('<enclosure url="https:', '<enclosure url="ftp:', "item-enclosure"),
    rss("<category>Vaccins", "<category>", "item-categories"),
    rss('<source url="https://www.source.example', '<source url="', "item-categories"),
    rss("<link>https://www.source.example", "<link>", "absolute-addresses"),
    rss("source.example/fr/vaccination/<", "source.example/fr/santé/<", "absolute-addresses"),
    rss("p=4712</guid>", "p=4711</guid>", "unique-ids"),
    rss("<p>", "<p><iframe></iframe>", "content"),
    rss("<title>La", "<title>&lt;img src=x onerror=alert(1)>La", "content"),
    feed("}\n$", "", "readable"),
    feed("version/1.1", "version/1", "json-root"),
    feed('"items": ', '"entries": ', "json-root"),
    feed("fr/health.json", "elsewhere.json", "feed-place"),
    feed('"feed_url"', '"_url"', "feed-place"),
    feed('"id": "https://www.source.example/.p=4711"', '"id": 4711', "item-required"),
    feed('"content_html"', '"content"', "item-required"),
    feed('"summary": ".*"', '"summary": 5', "item-required"),
    feed("2026-03-04T15:00:00Z", "4 March 2026", "dates"),
    feed('"language": "fr"', '"language": 5', "languages"),
    feed('"home_page_url": "https://feeds.example.org', '"home_page_url": "', "absolute-addresses"),
    feed('"url": "https://www.source.example', '"url": "', "absolute-addresses"),
    feed('"mime_type": "audio/mpeg"', '"title": "x"', "attachments"),
    feed('"authors": .*', '"author": {"name": "x"},', "authors"),
    feed('"authors": .*', '"authors": [{"email": "x"}],', "authors"),
    feed("p=4712", "p=4711", "unique-ids"),
    feed("<p>", "<p><embed>", "content"),
    feed('href=."https://', 'href=\\\\"//', "content"),
    opml("<opml", "<ompl", "readable"),
    opml('version="2.0"', 'version="3.0"', "opml-root"),
    opml("(?s)<head>.*</head>", "", "opml-root"),
    opml("(?s)<body>.*</body>", "<body/>", "opml-root"),
    opml(r'<outline text="[^"]*"', "<outline", "outlines"),
    opml(r' xmlUrl="[^"]*"', "", "outlines"),
    opml(' type="rss"', "", "outlines"),
    opml('xmlUrl="https://feeds.example.org', 'xmlUrl="', "absolute-addresses"),
    opml("<head>", "<head><dateModified>2026-03-05</dateModified>", "dates-and-languages"),
    opml('language="fr"', 'language="français"', "dates-and-languages"),
    page("<!DOCTYPE html>", "", "page-head"),
    page(' lang="fr"', "", "page-head"),
    page("<title>t", "<title>", "page-head"),
    page("<body>", '<body onload="x">', "event-handlers"),
    page('href="/', 'href="javascript:', "event-handlers"),
    page("<body>", '<body id="x"><p id="x"></p>', "unique-names"),
)


def test_published_site_is_in_order() -> None:
    """The damages below are done to files in which there is nothing to find."""
    assert check_site(published(), site()) == ()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: f"{each.ending[1:]}-{each.rule}")
def test_damage_is_found(damage: Damage) -> None:
    """Each rule notices what it is for, and says where and what."""
    path = f"fr/health{damage.ending}" if damage.ending != ".opml" else "channels.opml"
    good = published()[path].decode()
    bad = re.sub(damage.old, damage.new, good, count=1)
    assert bad != good
    found = {finding.rule: finding for finding in check_file(path, bad.encode(), site())}
    assert damage.rule in found, found
    assert found[damage.rule].path == path
    assert len(found[damage.rule].message) > 10


def test_every_rule_is_tried() -> None:
    """A rule nobody damages anything for is a rule nobody knows to work."""
    from republisher.check import KINDS  # noqa: PLC0415 - the table is no part of the public face

    tried = {(damage.ending, damage.rule) for damage in DAMAGES} | {(".rss", "plain-xml"), (".opml", "plain-xml")}
    rules = {(ending, rule.__name__.replace("_", "-")) for ending, kind in KINDS.items() for rule in kind.rules}
    assert rules - tried == {(".xml", "plain-xml")}


def test_place_is_judged_only_if_it_is_known() -> None:
    """Without a site any address will do."""
    assert check_file("somewhere/else.atom", published()["fr/health.atom"]) == ()
    assert [each.rule for each in check_file("somewhere/else.atom", published()["fr/health.atom"], site())] == [
        "feed-links"
    ]


@pytest.mark.parametrize("missing", ["fr/health.html", f"articles/{korean().slug}.html", "archive/fr/health/1.rss"])
def test_link_that_leads_nowhere_is_found(missing: str) -> None:
    """Every link between files leads to one."""
    files = {path: content for path, content in published().items() if path != missing}
    found = check_site(iter(files.items()), site())
    assert found
    assert {each.rule for each in found} <= {"link-target", "same-articles"}
    assert f"“{missing}”" in found[0].message


def test_article_with_two_ids_is_found() -> None:
    """The same article has the same id in every file."""
    files = dict(published())
    files["fr/health.rss"] = files["fr/health.rss"].replace(b"p=4711</guid>", b"p=4713</guid>")
    assert {each.rule for each in check_site(files, site())} == {"same-id", "same-articles"}


def test_two_articles_of_one_name_at_one_address_are_two() -> None:
    """Some sources link everything to their front page; where both stand in one feed, nobody is confused."""
    files = {path: content for path, content in published().items() if path.endswith((".rss", ".html"))}
    twin = re.search(rb"(?s)    <item>.*?</item>\n", files["fr/health.rss"])
    assert twin
    other = twin.group().replace(b"p=4711</guid>", b"p=4713</guid>")
    files["fr/health.rss"] = files["fr/health.rss"].replace(twin.group(), twin.group() + other)
    assert "same-id" not in {each.rule for each in check_site(files, site())}


def test_id_with_two_addresses_is_a_warning() -> None:
    """A source may have moved an article after an archive was written."""
    files = {path: content for path, content in published().items() if path.endswith((".rss", ".html"))}
    files["ko/health.rss"] = files["ko/health.rss"].replace(b"/fr/vaccination/<", b"/fr/moved/<")
    assert ("same-link", "warning") in {(each.rule, each.severity) for each in check_site(files, site())}


def test_relative_links_are_followed_without_a_site() -> None:
    """A page is checked even if nobody knows where it will be served."""
    files = {"index.html": PAGE.replace(b"/fr/health.atom", b"about/"), "about/index.html": PAGE}
    (found,) = check_site(files)
    assert (found.path, found.line, found.rule) == ("about/index.html", 3, "link-target")


HOSTILE = {
    "deep.atom": b"<a>" * 100_000,
    "empty.atom": b"",
    "foreign.atom": b"<a/>",
    "comments.atom": b'<feed xmlns="http://www.w3.org/2005/Atom"><!-- --><?x?><entry><!-- --><title/></entry></feed>',
    "binary.rss": bytes(range(256)),
    "laughs.rss": b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><rss><channel><item>&b;</item></channel></rss>',
    "outside.rss": b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>',
    "comments.rss": b"<rss><channel><!-- --><item><!-- --><?x?><title>a</title><link>https://[</link></item></channel></rss>",
    "deep.json": b"[" * 100_000,
    "number.json": b'{"items": ' + b"1" * 10_000 + b"}",
    "list.json": b"[]",
    "types.json": b'{"items":[{"id":1,"content_html":"<p>\\ud800","authors":5,"attachments":[1]},5],"feed_url":{}}',
    "latin.json": b'{"title": "\xe9"}',
    "nan.json": b'{"title": NaN}',
    "deep.html": b"<div>" * 100_000,
    "empty.html": b"",
    "comment.html": b"<!-- -->",
    "nul.html": b"\0\0",
    "other.opml": b"<a/>",
    "sitemap.xml": b"<urlset>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_a_finding(name: str) -> None:
    """Nothing crashes, nothing is expanded or fetched, and somebody is told."""
    found = check_site({name: HOSTILE[name]}, site())
    assert found
    assert not any("root:" in each.message for each in found)


def test_file_without_content_is_only_there_to_be_linked_to() -> None:
    """Whoever put other files into the output need not have them checked."""
    assert check_site({"index.html": PAGE, "fr/health.atom": None}, site()) == ()


def test_other_files_are_let_be() -> None:
    """What is no feed and no page is there to be linked to."""
    assert check_file("style.css", b"\0\xff", site()) == ()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_files_never_crash_a_check(data: st.DataObject) -> None:
    """Any good file with a piece cut out, doubled or overwritten ends in findings or none."""
    path = data.draw(st.sampled_from(sorted(published())))
    content = published()[path]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 60, len(content))))
    piece = data.draw(st.sampled_from([b"", content[start:end] * 2]) | st.binary(max_size=20))
    check_site({path: content[:start] + piece + content[end:]}, site())
