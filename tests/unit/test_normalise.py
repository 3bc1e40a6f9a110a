"""An entry becomes an article: complete, dated by facts, in one language, safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from republisher.identity import Identified
from republisher.model import Article, Category, Entry, LanguageTag, Link, Markup, ParsedFeed, Person, Problem, Source
from republisher.normalise import Context, normalise

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(key="feed.atom", location="feed.atom")
FEED = ParsedFeed(
    format="atom",
    id="tag:source.example,2020:feed",
    title="Source Example",
    updated=datetime(2026, 3, 5, 10, 0, tzinfo=UTC),
    links=(Link(href="https://source.example/feed", rel="self"), Link(href="https://source.example/")),
    rights="© Source Example",
)


def make(
    entry: Entry,
    *,
    feed: ParsedFeed = FEED,
    source: Source = SOURCE,
    previous: Article | None = None,
    now: datetime = NOW,
) -> tuple[Article, tuple[Problem, ...]]:
    """Normalise one entry."""
    context = Context(source=source, feed=feed, location="feed.atom", authority="feeds.example.org,2026", now=now)
    return normalise(
        Identified(entry=entry, id="urn:example:1", slug="fry", keys=("id:urn:example:1",)), context, previous
    )


def entry(**changes: Any) -> Entry:
    """Return an ordinary entry."""
    made = Entry(
        id="urn:example:1",
        title=Markup(value="Fry &amp; eggs <b>released</b>", type="html"),
        links=(Link(href="https://source.example/fry"),),
        published=datetime(2026, 3, 4, 8, 0, tzinfo=UTC),
        content=Markup(value="<p>The institute released 3,000 slender catfish into the stream today.</p>", type="html"),
    )
    return replace(made, **changes)


def test_markup_becomes_safe_html_and_plain_text() -> None:
    """The title loses its tags, the content keeps its own, the summary is made of the content."""
    article, problems = make(entry())
    assert article.title == "Fry & eggs released"
    assert article.content == "<p>The institute released 3,000 slender catfish into the stream today.</p>"
    assert article.summary == "The institute released 3,000 slender catfish into the stream today."
    assert not problems


def test_a_missing_title_is_made_of_the_content() -> None:
    """Readers need something to click on; the address is the last resort."""
    assert make(entry(title=None))[0].title.startswith("The institute released")
    assert make(entry(title=None, content=None))[0].title == "https://source.example/fry"


def test_dates_are_facts_of_the_source() -> None:
    """Published and updated come from the source; neither is ever before the other nor invented."""
    updated = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    article, _ = make(entry(updated=updated))
    assert (article.published, article.updated) == (datetime(2026, 3, 4, 8, 0, tzinfo=UTC), updated)
    article, _ = make(entry(updated=datetime(2026, 3, 1, 0, 0, tzinfo=UTC)))
    assert article.updated == article.published


def test_a_missing_date_is_when_it_was_first_seen_and_stays_so() -> None:
    """The next run does not move it."""
    first, problems = make(entry(published=None))
    assert first.published == first.updated == NOW
    assert [problem.code for problem in problems] == ["date-missing"]
    second, _ = make(entry(published=None), previous=first, now=NOW + timedelta(days=1))
    assert second.published == second.updated == NOW


def test_a_date_to_come_is_when_it_was_first_seen() -> None:
    """An article cannot have been published tomorrow."""
    first, problems = make(entry(published=NOW + timedelta(days=30)))
    assert first.published == NOW
    assert [problem.code for problem in problems] == ["date-future"]
    second, _ = make(entry(published=NOW + timedelta(days=30)), previous=first, now=NOW + timedelta(hours=1))
    assert second.published == NOW


def test_updated_moves_only_when_the_words_do() -> None:
    """Without a date of the source's own, a changed author is no update, a changed content is."""
    first, _ = make(entry())
    later = NOW + timedelta(days=1)
    same, _ = make(entry(authors=(Person(name="Awa"),)), previous=first, now=later)
    assert same.updated == first.updated
    other, _ = make(entry(content=Markup(value="<p>Corrected.</p>", type="html")), previous=first, now=later)
    assert other.updated == later
    assert other.published == first.published


def test_the_page_of_a_known_article_keeps_its_name() -> None:
    """An edited title does not move the page."""
    first, _ = make(entry())
    again, _ = make(entry(title=Markup(value="Another title")), previous=replace(first, slug="kept"))
    assert again.slug == "kept"


def test_credit_goes_to_the_feed_or_to_whom_it_credits() -> None:
    """An entry that was republished before still credits its first source."""
    article, _ = make(entry())
    assert (article.origin.id, article.origin.title) == ("tag:source.example,2020:feed", "Source Example")
    assert article.origin.self_link == "https://source.example/feed"
    assert article.rights == "© Source Example"
    first = ParsedFeed(format="atom", id="tag:first.example,2019:feed", title="First")
    article, _ = make(entry(source=first))
    assert (article.origin.id, article.origin.title) == ("tag:first.example,2019:feed", "First")


def test_a_source_without_id_gets_a_stable_one() -> None:
    """A dump has no address; its id depends on how it is configured, and on nothing that changes."""
    bare = ParsedFeed(format="dump", title="News")
    one, _ = make(entry(), feed=bare)
    two, _ = make(entry(), feed=replace(bare, title="News!"), now=NOW + timedelta(days=9))
    assert one.origin.id == two.origin.id
    assert one.origin.id.startswith("tag:feeds.example.org,2026:source/")
    assert one.origin.updated == one.updated


def test_authors_come_from_the_nearest_level() -> None:
    """Entry, else feed, else the source's name; an address that is none is left out."""
    person = Person(name="Awa", email="no address", uri="javascript:alert(1)")
    assert make(entry(authors=(person,)))[0].authors == (Person(name="Awa"),)
    assert make(entry(), feed=replace(FEED, authors=(Person(name="Desk"),)))[0].authors == (Person(name="Desk"),)
    assert make(entry())[0].authors == (Person(name="Source Example"),)


def test_links_are_sorted_into_the_relations_we_publish() -> None:
    """Translations, enclosures, replies and where it was taken from stay; what is not on the web goes."""
    links = (
        Link(href="https://source.example/fry"),
        Link(href="https://source.example/fr/fry", hreflang="fr"),
        Link(href="https://source.example/a.mp3", rel="enclosure"),
        Link(href="javascript:alert(1)", rel="related", hreflang="es"),
        Link(href="https://source.example/fry#c", rel="replies", count=3),
        Link(href="https://source.example/edit", rel="edit"),
    )
    article, _ = make(entry(links=links))
    assert article.link == "https://source.example/fry"
    assert [(link.rel, link.href.removeprefix("https://source.example/")) for link in article.links] == [
        ("related", "fr/fry"),
        ("enclosure", "a.mp3"),
        ("replies", "fry#c"),
        ("via", "feed"),
    ]


def test_the_declared_language_is_believed_and_remembered() -> None:
    """Entry before feed before source, and where it came from is kept for `explain`."""
    german = Source(key="s", location="s", language=LanguageTag("de"))
    article, _ = make(entry(language="en-GB"), source=german)
    assert (article.language, article.language_origin) == ("en-GB", "entry")


def test_a_declared_language_holds_whatever_is_the_larger_part() -> None:
    """What is declared names the article; what is only recognised gives way to the larger part."""
    korean = "<p>경기도는 20일 도청에서 청년 일자리 확대를 위한 새로운 지원 계획을 발표했다고 말했다.</p>"
    english = "<p>The province announced a new plan on Thursday to create more jobs for young people, it said.</p>" * 4
    content = Markup(value=korean + english, type="html")
    declared, _ = make(entry(language="ko", content=content))
    assert (declared.language, declared.other_languages) == ("ko", ("en",))
    recognised, _ = make(entry(content=content))
    assert (recognised.language, recognised.other_languages) == ("en", ("ko",))


def test_categories_without_a_word_are_dropped() -> None:
    """Doubled and blank ones say nothing."""
    given = (Category(term="water"), Category(term=" "), Category(term="water"))
    assert make(entry(categories=given))[0].categories == (Category(term="water"),)
