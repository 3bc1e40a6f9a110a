"""Sources in the real world: they break, move, copy from each other, take things back, and name one another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from fakes import FakeTransport
from newsroom import Newsroom, entry, feed
from republisher.model import Source
from republisher.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = (
    "The provincial government opened a vaccination centre on Monday morning after weeks of preparation by nurses and"
    " volunteers from eleven cities and counties who had asked for shorter ways to the doctor and for opening hours"
    " that suit people with work and families to look after the governor said at the ceremony in the town hall"
)


@pytest.fixture
def room() -> Iterator[Newsroom]:
    """Open an empty newsroom."""
    with SqliteStore(":memory:") as store:
        yield Newsroom(store)


def story(
    number: int,
    words: str = WORDS,
    *,
    host: str = "https://a.example",
    title: str = "Centre opens",
    published: str = "2026-03-04T09:00:00Z",
) -> str:
    """Return an entry that tells a story at some length."""
    return (
        f'<entry xml:lang="en"><id>{host}/?p={number}</id><title>{title}</title><updated>{published}</updated>'
        f'<published>{published}</published><link href="{host}/{number}"/><content>{words}</content></entry>'
    )


def opml(*urls: str) -> bytes:
    """Return a subscription list."""
    outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><head><title>List</title></head><body>{outlines}</body></opml>'.encode()


def source(location: str, **changes: object) -> Source:
    """Return a source."""
    return replace(Source(key=location, location=location), **changes)  # type: ignore[arg-type]  # a builder


def test_what_breaks_off_is_said_and_harms_nothing(room: Newsroom) -> None:
    """The entries before the break are read, nothing stored is replaced, and the document is read again next time."""
    whole = feed(entry(1), entry(2), entry(3))
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    room.transport.documents["feeds/a"] = whole.replace(b"News of health 1", b"Other")[: whole.index(b"urn:example:3")]
    tally, _ = room.run()
    (failure,) = tally.failures
    assert failure.message.startswith("feeds/a: ")
    assert "fetch or save it again" in failure.message
    assert room.ids("all.atom") == ["urn:example:2", "urn:example:1"]
    assert room.store.stored(["urn:example:1"])["urn:example:1"].article.title == "News of health 1"
    assert room.run()[0].failures
    room.transport.documents["feeds/a"] = whole
    tally, _ = room.run()
    assert not tally.failures
    assert len(room.ids("all.atom")) == 3
    assert room.store.statuses()[0].error is None


def test_a_source_that_moves_and_stamps_everything_anew_keeps_its_articles(room: Newsroom) -> None:
    """Scheme, host, permalinks, ids and dates all change: nothing becomes new, nothing jumps to the top."""
    dates = [f"2026-03-0{number}T09:00:00Z" for number in range(1, 6)]
    old = [
        story(
            number, f"{WORDS} {number * 'again '}", host="http://old.example", title=f"Title {number}", published=date
        )
        for number, date in enumerate(dates, 1)
    ]
    new = [
        story(number + 900, f"{WORDS} {number * 'again '}", host="https://new.example", title=f"Title {number}")
        for number in range(1, 6)
    ]
    room.transport.documents["feeds/a"] = feed(*old)
    room.run()
    before = room.ids("all.atom")
    room.transport.documents["feeds/a"] = feed(*new).replace(b"2026-03-04", b"2026-03-20")
    tally, _ = room.run()
    assert tally.new == 0
    assert room.ids("all.atom") == before
    kept = room.store.stored([before[0]])[before[0]].article
    assert kept.link == "https://new.example/905"
    assert kept.published == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "changed",
    [
        "https://a.example/1",
        "http://www.a.example/1/",
        "http://a.example:80/1?utm_source=rss&amp;utm_medium=feed",
        "http://a.example/1#comments",
    ],
)
def test_addresses_that_mean_the_same_are_the_same(room: Newsroom, changed: str) -> None:
    """Scheme, www, tracking parameters, a closing slash and fragments do not make an article new."""
    before = f'<entry><title>One</title><link href="http://a.example/1"/><content>{WORDS}</content></entry>'
    after = f'<entry><title>Two</title><link href="{changed}"/><content>Other words.</content></entry>'
    room.transport.documents["feeds/a"] = feed(before)
    room.run()
    room.transport.documents["feeds/a"] = feed(after)
    tally, _ = room.run()
    assert (tally.new, tally.changed) == (0, 1)


def test_a_source_that_is_configured_with_https_from_now_on_keeps_its_articles(room: Newsroom) -> None:
    """Also those whose id is a bare number and whose text is short."""
    old, new = "http://www.a.example/feed", "https://a.example/feed"
    items = feed(*(f"<entry><id>{number}</id><title>Note {number}</title></entry>" for number in range(3)))
    room.transport.documents |= {old: items, new: items}
    room.sources = (source(old),)
    assert room.run()[0].new == 3
    room.sources = (source(new),)
    assert room.run()[0].new == 0
    assert len(room.ids("all.atom")) == 3


def test_copies_of_one_story_are_shown_once_and_listed(room: Newsroom) -> None:
    """The first one is shown, the others are named with it, and an editor can see why."""
    room.sources = (source("a/"), source("b/"), source("c/"))
    room.transport.documents |= {
        "a/": feed(story(1)),
        "b/": feed(story(2, WORDS + " (agency)", host="https://b.example", title="Centre has opened")),
        "c/": feed(story(3, "Something else entirely. " * 30, host="https://c.example")),
    }
    tally, _ = room.run()
    assert tally.new == 3
    assert sorted(room.ids("all.atom")) == ["https://a.example/?p=1", "https://c.example/?p=3"]
    shown = room.store.stored(["https://a.example/?p=1"])["https://a.example/?p=1"].article
    assert [link.href for link in shown.copies] == ["https://b.example/2"]
    assert b"https://b.example/2" in room.output.files["all.atom"]
    assert room.store.copied(["https://b.example/?p=2"])
    assert room.take_in(reread=True).changed == 0


def test_one_source_may_repeat_itself(room: Newsroom) -> None:
    """Yesterday's and today's figures in the same sentences are two articles of one source."""
    room.transport.documents["feeds/a"] = feed(
        story(1, WORDS + " 100 cases"), story(2, WORDS + " 200 cases", title="Today", published="2026-03-05T09:00:00Z")
    )
    room.run()
    assert len(room.ids("all.atom")) == 2


def test_a_copy_takes_the_place_of_what_is_withdrawn(room: Newsroom) -> None:
    """The story does not vanish with the first source that told it."""
    room.sources = (source("a/"), source("b/"))
    room.transport.documents |= {"a/": feed(story(1)), "b/": feed(story(2, WORDS + " (b)", host="https://b.example"))}
    room.run()
    room.store.withdraw(["https://a.example/?p=1"], "editor", room.now)
    room.run()
    assert room.ids("all.atom") == ["https://b.example/?p=2"]


def test_what_is_withdrawn_does_not_come_back(room: Newsroom) -> None:
    """Not with the next edition of its feed, not under another id, not from what is read anew."""
    room.transport.documents["feeds/a"] = feed(story(1), story(2, "Other words. " * 30, title="Other"))
    room.run()
    assert room.store.withdraw(["https://a.example/?p=1"], "an editor", room.now) == 1
    room.transport.documents["feeds/a"] = feed(story(1, WORDS + " (corrected)"), story(7, title="Centre opens"))
    room.run()
    room.take_in(reread=True)
    room.publish(state="2")
    assert room.ids("all.atom") == ["https://a.example/?p=2"]


def test_a_source_can_take_back_its_own_articles_only(room: Newsroom) -> None:
    """A tombstone (RFC 6721) counts in the feed the article came from, and nowhere else."""
    room.sources = (source("a/"), source("b/"))
    stone = (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="https://a.example/?p=1"'
        ' when="2026-03-05T00:00:00Z"/>'
    )
    room.transport.documents |= {"a/": feed(story(1)), "b/": feed(story(2, "b " * 99, host="https://b.example"), stone)}
    room.run()
    assert len(room.ids("all.atom")) == 2
    room.transport.documents["a/"] = feed(stone)
    tally, _ = room.run()
    assert tally.withdrawn == 1
    assert room.ids("all.atom") == ["https://b.example/?p=2"]


def test_who_opts_out_is_left_alone(room: Newsroom) -> None:
    """By host with all below it, or by the beginning of an address; what was taken before goes."""
    room.transport.documents["feeds/a"] = feed(
        story(1), story(2, "x " * 99, host="https://news.b.example"), story(3, "y " * 99, host="https://notb.example")
    )
    room.run()
    room.opt_out = ("b.example", "https://a.example/1")
    tally, _ = room.run()
    assert tally.withdrawn == 2
    assert room.ids("all.atom") == ["https://notb.example/?p=3"]


@pytest.mark.parametrize(
    ("policy", "shown", "hidden"),
    [("excerpt", "opened a vaccination", "town hall"), ("link-only", "https://a.example/1", "vaccination")],
)
def test_no_more_is_published_than_is_allowed(room: Newsroom, policy: str, shown: str, hidden: str) -> None:
    """Title, credit and link always; the words only as far as the source's terms go; topics by all of them."""
    room.sources = (source("feeds/", policy=policy, rights="© A, all rights reserved"),)
    room.transport.documents["feeds/a"] = feed(story(1, title="Centre opens for health"))
    room.run()
    for name in ("all.atom", "all.rss", "all.json"):
        text = room.output.files[name].decode()
        assert shown in text
        assert hidden not in text
        assert "Source" in text
    assert "© A, all rights reserved" in room.output.files["all.atom"].decode()
    assert "town hall" in room.store.stored(["https://a.example/?p=1"])["https://a.example/?p=1"].article.content


def test_a_subscription_list_is_alive(room: Newsroom) -> None:
    """New feeds are read at once; what leaves the list is read no more, and its articles stay."""
    room.sources = (source("list.opml", topics=("peace",)),)
    one, two = "https://one.example/feed", "https://two.example/feed"
    room.transport.documents |= {"list.opml": opml(one), one: feed(entry(1)), two: feed(entry(2))}
    room.run()
    assert room.ids("all.atom") == ["urn:example:1"]
    assert room.ids("peace.atom") == ["urn:example:1"]
    room.transport.documents["list.opml"] = opml(two)
    room.now += timedelta(days=2)
    room.run()
    assert room.ids("all.atom") == ["urn:example:2", "urn:example:1"]
    room.transport.documents[one] = feed(entry(3))
    room.now += timedelta(days=2)
    room.run()
    assert "urn:example:3" not in room.ids("all.atom")


def test_lists_in_lists_end_somewhere(room: Newsroom) -> None:
    """Two lists that name each other are each read once."""
    room.sources = (source("list.opml"),)
    one, two, three = "https://one.example/l.opml", "https://two.example/l.opml", "https://three.example/feed"
    room.transport.documents |= {"list.opml": opml(one), one: opml(two), two: opml(one, three), three: feed(entry(1))}
    tally, _ = room.run()
    assert tally.documents == 4
    assert room.ids("all.atom") == ["urn:example:1"]


def test_the_newer_version_wins_whichever_source_is_read_first() -> None:
    """The order of sources in the configuration changes nothing in what is published."""
    documents = {
        "a/": feed(entry(1, "Old health")),
        "b/": feed(entry(1, "Newer peace", updated="2026-03-05T09:00:00Z")),
        "c/": feed(entry(1, "As new peace", updated="2026-03-05T09:00:00Z")),
    }
    outputs = []
    for order in permutations(documents):
        with SqliteStore(":memory:") as store:
            room = Newsroom(store, transport=FakeTransport(documents), sources=tuple(map(source, order)))
            room.run()
            room.take_in(reread=True)
            room.publish(state="2")
            outputs.append({path: file for path, file in room.output.files.items() if path != "sources.html"})
    assert b"Newer peace" in outputs[0]["all.atom"]
    assert all(output == outputs[0] for output in outputs)


def test_topics_of_every_source_that_brought_it_count(room: Newsroom) -> None:
    """Also those of a source that does not speak for the article."""
    room.sources = (source("a/", topics=("health",)), source("b/", topics=("peace",)))
    room.transport.documents |= {"a/": feed(entry(1, "Sport")), "b/": feed(entry(1, "Sport"))}
    room.run()
    assert room.ids("health.atom") == room.ids("peace.atom") == ["urn:example:1"]


def test_a_document_two_sources_name_is_read_once_with_what_both_say(room: Newsroom) -> None:
    """A file named alone and by a pattern keeps the topics set for it alone."""
    room.sources = (source("feeds/"), source("feeds/a", topics=("peace",)))
    room.transport.documents["feeds/a"] = feed(entry(1, "Sport"))
    tally, _ = room.run()
    assert tally.documents == 1
    assert room.ids("peace.atom") == ["urn:example:1"]


def test_a_clock_that_was_wrong_does_no_lasting_harm(room: Newsroom) -> None:
    """Articles first seen in the year 2000 get their own dates when the clock is right."""
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2))
    right, room.now = room.now, datetime(2000, 1, 1, tzinfo=UTC)
    room.run()
    room.now = right
    room.take_in(reread=True)
    stored = room.store.stored(["urn:example:1", "urn:example:2"])
    assert {kept.article.published.year for kept in stored.values()} == {2026}


def test_an_edit_without_a_date_of_publication_does_not_move_the_article(room: Newsroom) -> None:
    """Only `updated` says that it was changed."""
    given = "<entry><id>urn:example:1</id><title>{}</title><updated>2026-{}-05T00:00:00Z</updated></entry>"
    room.transport.documents["feeds/a"] = feed(given.format("One", "01"))
    room.run()
    room.transport.documents["feeds/a"] = feed(given.format("Two", "02"))
    room.run()
    article = room.store.stored(["urn:example:1"])["urn:example:1"].article
    assert (article.published.month, article.updated.month) == (1, 2)


def test_an_id_that_everything_has_says_nothing(room: Newsroom) -> None:
    """A feed whose items all have the guid 0 still brings all of them."""
    entries = [
        f"<entry><id>0</id><title>Title {number}</title><link href='https://a.example/{number}'/></entry>"
        for number in range(5)
    ]
    room.transport.documents["feeds/a"] = feed(*entries)
    assert room.run()[0].new == 5
    assert room.take_in(reread=True).new == 0


def test_failures_are_remembered_visit_by_visit(room: Newsroom) -> None:
    """What came, from where, and what did not."""
    room.sources = (source("a/"), source("b/"))
    room.transport.documents |= {"a/": feed(entry(1)), "b/": b"<html><p>Error</p></html>"}
    tally, _ = room.run()
    assert [(visit.location, visit.outcome, visit.entries, visit.new) for visit in tally.visits] == [
        ("a/", "read", 1, 1),
        ("b/", "failed", 0, 0),
    ]
