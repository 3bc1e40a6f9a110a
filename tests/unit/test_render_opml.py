"""Lists of subscriptions."""

from __future__ import annotations

from lxml import etree

from builders import HEALTH, NOON, channel, site
from republisher.check import check_file
from republisher.model import Source
from republisher.render import render_opml, render_sources


def test_topics_are_folders() -> None:
    """A channel of every topic stands beside them."""
    body = etree.fromstring(render_opml("x", [channel(None, None), channel(), channel(language="ko")], site()))[1]
    assert [outline.get("text") for outline in body] == ["All articles — Provincial Press Office", "Health"]
    assert [outline.get("language") for outline in body[1]] == ["fr", "ko"]
    assert body[1][0].get("xmlUrl") == "https://feeds.example.org/fr/health.atom"


def test_a_list_of_one_language_is_in_it() -> None:
    """Its title names the language, and folders are called as its readers call them."""
    head, body = etree.fromstring(render_opml("Press", [channel(None, "fr"), channel(language="fr")], site()))
    assert head.findtext("title") == "Press (français)"
    assert [outline.get("text") for outline in body][1] == "Santé"


def test_date_is_that_of_the_newest_article() -> None:
    """Never that of the run."""
    assert b"<dateModified>Thu, 05 Mar 2026 12:00:00 +0000<" in render_opml("x", [channel()], site(), NOON)
    assert b"dateModified" not in render_opml("x", [channel()], site())


def test_files_are_nobodys_business() -> None:
    """Only sources on the web are listed."""
    document = render_sources(
        "x", [Source(key="a", location="/etc/a"), Source(key="b", location="https://b.example/")], site()
    )
    assert [each.get("xmlUrl") for each in etree.fromstring(document).iter("outline")] == ["https://b.example/"]


def test_checks_find_nothing() -> None:
    """Whatever the names are, and even if there are none."""
    for channels in ([], [channel()], [channel(HEALTH, "fr", title="<b>\0 & \ud800", subtitle="")]):
        assert check_file("x.opml", render_opml("a & <b>", channels, site()), site()) == ()
