"""Composition: which articles, in which order, under which heading; and what editors note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders import NOON, article, site, topics
from republisher.digest.compose import Frame, compose, edition_name, introduction, window
from republisher.digest.notes import Notes, blank, read
from republisher.digest.values import Digest, Frequency, Variant
from republisher.errors import ConfigError
from republisher.model import Article, Assignment, LanguageTag, Link, PlainText

MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
ENGLISH = LanguageTag("en")


def story(name: str, *given: str, hours: int = 0, **more: object) -> Article:
    """Return an English article with these topics; the greater `hours`, the newer."""
    return article(
        id=name,
        slug=f"page-{name}",
        title=PlainText(f"Story {name}"),
        language=ENGLISH,
        published=NOON + timedelta(hours=hours),
        topics=tuple(Assignment(topic=topic, score=1.0, signal="lexicon") for topic in given),
        **more,
    )


def composed(articles: list[Article], *wanted: str, notes: Notes | None = None, limit: int = 8) -> Digest:
    """Return the weekly English digest of these topics."""
    frame = Frame(
        name="2026-W47",
        since=MONDAY - timedelta(days=7),
        until=MONDAY,
        site=site(),
        topics=topics(),
        notes=notes or Notes(),
        limit=limit,
    )
    return compose(Variant(frequency="weekly", language=ENGLISH, topics=wanted), articles, "Other articles", frame)


def shown(digest: Digest) -> dict[str, list[str]]:
    """Return the ids under each heading."""
    return {section.topic: [item.id for item in section.items] for section in digest.sections}


def test_each_article_stands_once_newest_first() -> None:
    """Under the first of the topics it has; what has none comes last; empty headings are left out."""
    slugs = [topic.slug for topic in topics()]
    first, second = slugs[:2]
    given = [story("a", first), story("b", second, first, hours=2), story("c", hours=3), story("d", first, hours=1)]
    assert shown(composed(given)) == {first: ["b", "d", "a"], "all": ["c"]}
    assert shown(composed(list(reversed(given)))) == shown(composed(given))
    assert shown(composed(given, second)) == {second: ["b"]}
    assert composed(given).count == 4


def test_a_channel_shows_so_many_and_counts_the_others() -> None:
    """The newest are shown."""
    slug = topics()[0].slug
    digest = composed([story(str(number), slug, hours=number) for number in range(12)], limit=5)
    assert [item.id for item in digest.sections[0].items] == ["11", "10", "9", "8", "7"]
    assert digest.sections[0].more == 7


def test_an_editor_puts_first_and_leaves_out() -> None:
    """By id, address or page; what is first is first whatever its date."""
    slug = topics()[0].slug
    given = [story(name, slug, hours=hours) for hours, name in enumerate("abcd")]
    notes = Notes(first=("a", "page-b"), drop=("d",))
    assert shown(composed(given, notes=notes)) == {slug: ["a", "b", "c"]}


def test_no_more_is_shown_than_may_be() -> None:
    """An article of which only the link may be published has its source's name for a summary."""
    (item,) = (
        composed([story("a", policy="link-only", copies=(Link(href="https://b.example/", title="B"),))])
        .sections[0]
        .items
    )
    assert item.summary == story("a").origin.title
    assert [link.title for link in item.also] == ["B"]


@pytest.mark.parametrize(
    ("frequency", "until", "name"),
    [
        ("weekly", MONDAY, "2026-W48"),
        ("weekly", datetime(2026, 11, 23, tzinfo=UTC), "2026-W47"),
        ("weekly", datetime(2027, 1, 1, 6, tzinfo=UTC), "2026-W53"),
        ("daily", MONDAY, "2026-11-23"),
        ("monthly", datetime(2026, 12, 1, tzinfo=UTC), "2026-11"),
    ],
)
def test_an_edition_is_named_by_its_last_moment(frequency: Frequency, until: datetime, name: str) -> None:
    """By ISO week, day or month."""
    assert edition_name(frequency, until) == name


def test_a_window_follows_the_one_before() -> None:
    """Without gap or overlap; after missed weeks it catches up, but with two periods at most."""
    week = timedelta(days=7)
    assert window("weekly", None, MONDAY) == (MONDAY - week, MONDAY)
    late = MONDAY - timedelta(days=8, hours=3)
    assert window("weekly", late, MONDAY) == (late, MONDAY)
    assert window("weekly", MONDAY - 9 * week, MONDAY) == (MONDAY - 2 * week, MONDAY)
    assert window("monthly", None, datetime(2026, 3, 31, tzinfo=UTC))[0] == datetime(2026, 2, 28, tzinfo=UTC)
    assert window("monthly", None, datetime(2026, 1, 15, tzinfo=UTC))[0] == datetime(2025, 12, 15, tzinfo=UTC)


def test_a_clock_set_back_sends_nothing_twice() -> None:
    """The window is empty then, and ends where the last one did."""
    assert window("weekly", MONDAY + timedelta(days=3), MONDAY) == (MONDAY + timedelta(days=3),) * 2


def test_notes_are_read_and_every_mistake_is_told() -> None:
    """What an editor begins with says nothing; texts are found in the nearest language."""
    assert read(blank("weekly/2026-W47", [story("a")]), "file") == Notes()
    notes = read('first = ["a"]\n[subject]\nzh-Hant = "題"\n[introduction]\nen = "Dear *readers*"\n', "file")
    assert notes.first == ("a",)
    assert notes.subject(LanguageTag("zh-TW")) == "題"
    assert notes.subject(ENGLISH) == ""
    assert notes.introduction(LanguageTag("en-GB")) == "Dear *readers*"
    with pytest.raises(ConfigError, match=r"file: is not valid TOML"):
        read("first = [", "file")
    with pytest.raises(ConfigError) as raised:
        read('frist = ["a"]\ndrop = 3\n', "file")
    assert len(raised.value.problems) == 2
    assert "did you mean 'first'?" in str(raised.value)


def test_an_introduction_is_safe() -> None:
    """Markdown becomes HTML; HTML in it stays text; no script survives."""
    html = introduction(
        "Dear **readers**, see [this](https://example.org/).\n\n<script>alert(1)</script>\n\n[x](javascript:a)"
    )
    assert "<strong>readers</strong>" in html
    assert 'href="https://example.org/"' in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert introduction("  \n") == ""


@pytest.mark.parametrize(
    ("language", "wanted"), [("en", ()), ("zh-Hant", ("health",)), ("ko", ("economy", "my-topic"))]
)
def test_a_variant_is_known_by_its_name(language: str, wanted: tuple[str, ...]) -> None:
    """The name says all of it."""
    variant = Variant(frequency="daily", language=LanguageTag(language), topics=wanted)
    assert Variant.named("daily", variant.key) == variant
