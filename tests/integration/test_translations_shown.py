"""What people see of translations: pages, and what `republish explain` says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from republisher.cli import main

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "7,341 fish, 3,052 eggs and 63.6 % of the 12,804,217 won that NAVER gave."


def item(name: str, language: str, link: str, text: str = "", also: str = "") -> str:
    """Return an Atom entry without an address if it has no `link`."""
    return (
        f'<entry xml:lang="{language}"><id>urn:example:{name}</id><title>{name} &lt;b&gt; story</title>'
        f"<updated>2026-03-04T09:00:00Z</updated>{link}{also}"
        f'<content type="html">{text}</content></entry>'
    )


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Publish a declared pair, one of them at home here, a guess, and a language of which there is no article."""
    monkeypatch.chdir(tmp_path)
    to = '<link rel="related" hreflang="{0}" href="https://site.example/{0}"/>'
    page = '<link href="https://site.example/{}"/>'
    entries = [
        item("english", "en", page.format("en"), "The province released fish today.", to.format("es")),
        item("arabic", "ar", "", "أطلقت المقاطعة أسماكاً في النهر اليوم.", to.format("en")),
        item("korean", "ko", page.format("ko"), f"경기도가 오늘 하천에 물고기를 방류했다. {TEXT}"),
        item("french", "fr", page.format("fr"), f"La province a lâché des poissons dans la rivière. {TEXT}"),
    ]
    head = "<id>urn:feed</id><title>Source</title><updated>2026-03-04T09:00:00Z</updated>"
    document = f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'
    (tmp_path / "feed.atom").write_text(document, encoding="utf-8")
    assert main(["init", "-q", "--source", "feed.atom", "--site-url", "https://feeds.example.org/"]) == 0
    assert main(["-q"]) == 0
    return tmp_path / "out"


def beside(path: Path) -> list[tuple[str, str, str, str]]:
    """Return address, languages and direction, text and introduction of the links to other languages on a page."""
    tree = html.fromstring(path.read_bytes())
    return [
        (
            link.get("href"),
            f"{link.get('lang')} {link.get('hreflang')} {link.get('dir')}",
            link.text,
            (link.getparent().text or "").strip(),
        )
        for link in tree.iter("a")
        if link.get("hreflang") and link.getparent().tag == "p"
    ]


def test_a_channel_s_page_links_each_entry_to_its_other_languages(published: Path) -> None:
    """In the page's language, with the languages' own names, ours by a path that works anywhere."""
    (arabic, spanish) = beside(published / "en" / "all.html")
    assert arabic[0].startswith("../articles/")
    assert arabic[1:] == ("ar ar rtl", "العربية", "In other languages:")
    assert spanish == ("https://site.example/es", "es es ltr", "español", "In other languages:")


def test_a_guess_can_be_seen_and_heard(published: Path) -> None:
    """It stands in words before the links."""
    (guess,) = beside(published / "ko" / "all.html")
    assert guess == (
        "https://site.example/fr",
        "fr fr ltr",
        "français",
        "다른 언어로 보기 (같은 기사로 추정):",
    )


def test_an_article_s_page_names_the_others_by_their_titles(published: Path) -> None:
    """Titles are text, whatever stands in them."""
    (page,) = (published / "articles").glob("*.html")
    (english,) = beside(page)
    assert english[0] == "https://site.example/en"
    assert english[2] == "English: english <b> story"


def test_published_files_pass_their_own_check(published: Path) -> None:
    """Feeds and pages with translations are as clean as those without."""
    assert main(["check"]) == 0


def test_a_lost_store_does_not_lose_what_was_declared(published: Path) -> None:
    """The next run reads its own feeds and the sources, and comes to the same."""
    before = {
        path: path.read_bytes() for path in published.rglob("*") if path.is_file() and path.name != "sources.html"
    }
    (published.parent / "republish.db").unlink()
    assert main(["-q"]) == 0
    assert {path: path.read_bytes() for path in before} == before


def test_a_sitemap_can_be_looked_at(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`republish parse` shows which addresses are one story."""
    (published.parent / "map.xml").write_text(
        '<urlset xmlns:x="http://www.w3.org/1999/xhtml"><url><loc>https://a.example/</loc>'
        '<x:link rel="alternate" hreflang="ko" href="https://a.example/ko"/></url></urlset>',
        encoding="utf-8",
    )
    assert main(["parse", "map.xml"]) == 0
    assert "set 1: https://a.example/, https://a.example/ko (ko)" in capsys.readouterr().out


def test_explain_tells_what_is_declared_from_what_is_guessed(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whom, or with how much confidence and why."""
    assert main(["explain", "arabic"]) == 0
    assert (
        "in en       english <b> story: https://site.example/en (declared by this article)" in capsys.readouterr().out
    )
    assert main(["explain", "korean"]) == 0
    said = capsys.readouterr().out
    assert "in fr       probably the same story as “french <b> story”: https://site.example/fr (0." in said
    assert re.search(r"numbers 12804217, 3052, 7341, 63\.6, names naver, same site.*; 0 hours apart\)", said)
    assert main(["explain", "english", "--json"]) == 0
    (arabic,) = json.loads(capsys.readouterr().out)["translations"]
    assert arabic["declared_by"] == ["the other article"]
    assert (arabic["origin"], arabic["language"]) == ("declared", "ar")
    assert main(["explain", "french", "--json"]) == 0
    (korean,) = json.loads(capsys.readouterr().out)["translations"]
    assert (korean["origin"], korean["reasons"][-1]) == ("proposed", "0 hours apart")
    assert korean["confidence"] >= 0.7


def test_an_editor_confirms_and_denies(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A guess that is denied goes, what is said to be one story comes, each for good and without a new date."""
    before = (published / "all.atom").read_text(encoding="utf-8")
    dates = re.findall("<updated>[^<]*</updated>", before)
    assert "probably" in explained("korean", capsys)
    main(["different", "-q", "korean", "french", "--reason", "another river"])
    main(["same", "-q", "korean", "english"])
    assert main(["-q"]) == 0
    told = explained("korean", capsys)
    assert "probably" not in told
    assert "https://site.example/en" in told
    assert "https://site.example/fr" not in told
    after = (published / "all.atom").read_text(encoding="utf-8")
    assert re.findall("<updated>[^<]*</updated>", after) == dates
    main(["same", "-q", "korean", "french"])
    main(["-q"])
    assert "https://site.example/fr" in explained("korean", capsys)
    assert main(["same", "korean", "korean"]) == 2
    assert "name two articles" in capsys.readouterr().err


def explained(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `explain` says of an article."""
    capsys.readouterr()
    main(["explain", f"urn:example:{name}"])
    return capsys.readouterr().out
