"""The two lines together, with fakes at the ends: what goes in comes out, once, and only what changed is touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from builders import site
from fakes import FakeClassifier, FakeTransport
from newsroom import ATOM, Newsroom, entry, feed, list_of_channels
from republisher.errors import StoreError
from republisher.model import Article, LanguageTag, Source
from republisher.records import AS_USUAL, Grouping
from republisher.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def room() -> Iterator[Newsroom]:
    """Open an empty newsroom."""
    with SqliteStore(":memory:") as store:
        yield Newsroom(store)


def test_what_goes_in_comes_out_in_every_channel_it_belongs_to(room: Newsroom) -> None:
    """Mixed and by language, newest first, and nowhere else."""
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2, "Peace talks"), entry(3, "Sport"))
    tally, issue = room.run()
    assert (tally.new, tally.articles, tally.documents) == (3, 3, 1)
    assert room.ids("all.atom") == room.ids("en/all.atom") == ["urn:example:3", "urn:example:2", "urn:example:1"]
    assert room.ids("health.atom") == room.ids("en/health.atom") == ["urn:example:1"]
    assert room.ids("peace.atom") == ["urn:example:2"]
    assert set(issue.written) == set(room.output.files)


def test_a_topic_without_articles_has_feeds_all_the_same(room: Newsroom) -> None:
    """Somebody may subscribe before the first article comes; a language without any has no channel."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    assert room.ids("peace.atom") == []
    assert "en/peace.atom" not in room.output.files


def test_a_second_run_reads_and_writes_nothing(room: Newsroom) -> None:
    """The document is known unchanged, so nothing is parsed, saved or rendered."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    writes = room.output.writes
    tally, issue = room.run()
    assert (tally.unchanged, tally.documents, room.transport.fetched) == (1, 0, ["feeds/a"])
    assert (issue.written, room.output.writes) == ((), writes)


def test_reading_everything_again_changes_nothing(room: Newsroom) -> None:
    """A new program version looks at every document again and finds every article as it is."""
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2))
    room.run()
    files = dict(room.output.files)
    room.now += timedelta(days=1)
    tally = room.take_in(reread=True)
    room.publish(state="2")
    assert (tally.documents, tally.new, tally.changed) == (1, 0, 0)
    assert room.output.files == files


def test_only_what_an_article_shows_in_is_written_again(room: Newsroom) -> None:
    """A corrected article touches its own channels, not those of other topics."""
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2, "Peace talks"))
    room.run()
    room.transport.documents["feeds/a"] = feed(entry(1, "Better health"), entry(2, "Peace talks"))
    tally, issue = room.run()
    assert (tally.new, tally.changed) == (0, 1)
    assert {path for path in issue.written if path.endswith(".atom")} == {
        "all.atom",
        "en/all.atom",
        "health.atom",
        "en/health.atom",
    }


def test_articles_stay_after_they_leave_their_source(room: Newsroom) -> None:
    """A feed that shows the newest ten does not empty ours."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    room.transport.documents["feeds/a"] = feed(entry(2))
    room.run()
    assert room.ids("all.atom") == ["urn:example:2", "urn:example:1"]


def test_the_order_of_arrival_does_not_matter() -> None:
    """Any order of entries, documents and sources gives the same bytes."""
    entries = [entry(1), entry(2, "Peace talks"), entry(3, "Sport")]
    outputs = []
    for order in permutations(entries):
        with SqliteStore(":memory:") as store:
            room = Newsroom(store, transport=FakeTransport({"feeds/a": feed(*order[:2]), "feeds/b": feed(order[2])}))
            room.run()
            outputs.append(room.output.files)
    assert all(files == outputs[0] for files in outputs)


def test_a_source_that_fails_does_not_stop_the_others(room: Newsroom) -> None:
    """Its failure is one sentence with a place and advice; what it brought before stays published."""
    room.transport.documents |= {"feeds/a": feed(entry(1)), "feeds/b": feed(entry(2))}
    room.sources = (*room.sources, Source(key="gone/", location="gone/"))
    tally, _ = room.run()
    assert [failure.message for failure in tally.failures] == ["gone/: there is nothing here — look elsewhere"]
    room.transport.documents["feeds/a"] = b"<html><body>Server error</body></html>"
    tally, _ = room.run()
    assert [failure.location for failure in tally.failures] == ["feeds/a", "gone/"] or len(tally.failures) == 2
    assert room.ids("all.atom") == ["urn:example:2", "urn:example:1"]
    assert any(status.error and status.key == "feeds/" for status in room.store.statuses())


def test_a_bug_in_one_document_is_a_failure_not_a_crash(room: Newsroom, caplog: pytest.LogCaptureFixture) -> None:
    """It is marked unexpected and logged with its traceback, and the rest goes on."""
    room.transport.documents |= {"feeds/a": feed(entry(1, "Bug")), "feeds/b": feed(entry(2))}

    class Broken(FakeClassifier):
        def classify(self, article: Article, given: tuple[str, ...] = ()) -> tuple[object, ...]:  # type: ignore[override]
            if "Bug" in article.title:
                raise ZeroDivisionError
            return super().classify(article, given)

    room.classifier = Broken()
    tally, _ = room.run()
    (failure,) = tally.failures
    assert failure.unexpected
    assert "ZeroDivisionError" in caplog.text
    assert room.ids("all.atom") == ["urn:example:2"]


def test_a_store_that_fails_stops_the_run(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is published from half of what came in."""
    room.transport.documents["feeds/a"] = feed(entry(1))

    def broken(*_: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(SqliteStore, "save", broken)
    with pytest.raises(StoreError):
        room.take_in()


def test_rules_of_the_configuration_reach_what_is_stored(room: Newsroom) -> None:
    """A source newly set to a topic moves its stored articles, without reading anything."""
    room.transport.documents["feeds/a"] = feed(entry(1, "Sport"))
    room.run()
    assert room.ids("peace.atom") == []
    room.sources = (replace(room.sources[0], topics=("peace",)),)
    tally, _ = room.run()
    assert (tally.documents, tally.reclassified) == (0, 1)
    assert room.ids("peace.atom") == ["urn:example:1"]


def test_each_language_has_its_subscription_list(room: Newsroom) -> None:
    """It names the channels of that language and no other, and is written again only if something in them is new."""
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2, language="fr"))
    room.run()
    listed = etree.fromstring(room.output.files["fr/feeds.opml"]).iter("outline")
    urls = [url for outline in listed if (url := outline.get("xmlUrl"))]
    assert urls == [f"{site().url}fr/all.atom", f"{site().url}fr/health.atom"]
    room.transport.documents["feeds/a"] = feed(
        entry(1), entry(2, language="fr"), entry(3, updated="2026-03-05T09:00:00Z")
    )
    _, issue = room.run()
    assert "en/feeds.opml" in issue.written
    assert "fr/feeds.opml" not in issue.written


def test_languages_grouped_anew_move_what_is_stored(room: Newsroom) -> None:
    """Articles change channels without being read again, and keep their ids and dates."""
    brazilian = entry(1, "Prefeitura entrega 40 ônibus", language="pt")
    room.transport.documents["feeds/a"] = feed(brazilian, entry(2, language="pt-PT"), entry(3, language="pt-BR"))
    room.run()
    before = room.facts("pt/all.atom")
    room.grouping = Grouping(channels={tag: tag for tag in map(LanguageTag, ("pt-BR", "pt-PT"))})
    tally, _ = room.run()
    assert tally.documents == 0
    assert room.ids("pt-BR/all.atom") == ["urn:example:3", "urn:example:1"]
    assert room.ids("pt-PT/all.atom") == ["urn:example:2"]
    assert room.ids("pt/all.atom") == []
    assert sorted(room.facts("pt-BR/all.atom") + room.facts("pt-PT/all.atom")) == sorted(before)
    room.grouping = AS_USUAL
    room.run()
    assert room.facts("pt/all.atom") == before


def test_a_channel_that_loses_its_articles_stays_as_an_empty_feed(room: Newsroom) -> None:
    """Its subscribers must not meet an error, and the articles are in their new place."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    room.classifier = FakeClassifier(topics=("peace",), version="2")
    room.run()
    assert room.ids("en/health.atom") == []
    assert room.ids("en/all.atom") == ["urn:example:1"]


def test_a_lost_store_does_not_empty_what_is_published(room: Newsroom) -> None:
    """Feeds with articles are kept and said to be kept, when nothing stored explains their loss."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    with SqliteStore(":memory:") as fresh:
        broken = Newsroom(fresh, output=room.output, transport=FakeTransport({"feeds/a": b""}))
        _, issue = broken.run()
    assert room.ids("health.atom") == ["urn:example:1"]
    assert any("health.atom: kept as it was" in sentence for sentence in issue.kept)
    assert not issue.removed


def test_a_damaged_rendering_never_replaces_a_good_file(room: Newsroom) -> None:
    """It is kept, said so, and tried again by the next run."""
    room.transport.documents["feeds/a"] = feed(entry(1))
    room.run()
    before = room.output.files["feeds.opml"]
    room.transport.documents["feeds/a"] = feed(entry(1), entry(2, updated="2026-03-05T09:00:00Z"))
    room.opml = lambda _channels, _moment: b"<opml"
    _, issue = room.run()
    assert room.output.files["feeds.opml"] == before
    assert any(sentence.startswith("feeds.opml: kept as it was") for sentence in issue.kept)
    room.opml = list_of_channels
    assert "feeds.opml" in room.publish().written


def test_older_articles_move_to_archives_that_never_change(room: Newsroom) -> None:
    """Following prev-archive from the live feed finds every article once, and a new article rewrites no archive."""
    room.transport.documents["feeds/a"] = feed(*(entry(number) for number in range(120)))
    room.run()

    def follow() -> list[str]:
        path, found = "all.atom", []
        while path:
            found += room.ids(path)
            links = etree.fromstring(room.output.files[path]).findall(f"{ATOM}link[@rel='prev-archive']")
            path = links[0].get("href").removeprefix(site().url) if links else ""
        return found

    assert follow() == [f"urn:example:{number}" for number in reversed(range(120))]
    assert 30 <= len(room.ids("all.atom")) <= 50
    archives = {path: content for path, content in room.output.files.items() if path.startswith("archive/")}
    room.transport.documents["feeds/a"] = feed(entry(120))
    _, issue = room.run()
    assert follow() == [f"urn:example:{number}" for number in reversed(range(121))]
    assert not [path for path in issue.written if path.startswith("archive/")]
    assert archives.items() <= room.output.files.items()


def test_an_archived_article_that_changes_comes_back(room: Newsroom) -> None:
    """Subscribers hear of the correction; the archive no longer carries the old version."""
    entries = [entry(number) for number in range(60)]
    room.transport.documents["feeds/a"] = feed(*entries)
    room.run()
    assert "urn:example:0" not in room.ids("all.atom")
    room.transport.documents["feeds/a"] = feed(entry(0, "Corrected health", updated="2026-03-05T09:00:00Z"))
    room.run()
    assert "urn:example:0" in room.ids("all.atom")
    assert "urn:example:0" not in room.ids("archive/all/0001.atom")


def test_the_second_source_of_an_article_does_not_overrule_the_first(room: Newsroom) -> None:
    """The same version from elsewhere changes nothing, a newer one does, and both are named."""
    room.sources = (Source(key="feeds/", location="feeds/"), Source(key="more/", location="more/"))
    room.transport.documents |= {"feeds/a": feed(entry(1)), "more/a": feed(entry(1, "Copied health"))}
    tally, _ = room.run()
    assert (tally.new, tally.changed) == (1, 0)
    stored = room.store.stored(["urn:example:1"])["urn:example:1"]
    assert stored.article.title == "News of health 1"
    assert room.store.sources_of("urn:example:1") == ("feeds/", "more/")
    room.transport.documents["more/a"] = feed(entry(1, "Newer health", updated="2026-03-05T09:00:00Z"))
    tally, _ = room.run()
    assert (tally.new, tally.changed) == (0, 1)
