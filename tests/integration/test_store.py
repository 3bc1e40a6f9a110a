"""What every store must do; a second implementation joins by a second parameter of the fixture."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import arabic, article, hostile, korean
from republisher.editions import channel_paths
from republisher.errors import LockedError, StoreError
from republisher.model import Article, Document, LanguageTag, Source, Validators
from republisher.records import Change, Published, Run
from republisher.store import SqliteStore, database
from republisher.store.codec import dump_article, dump_topics, load_article
from republisher.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
SOURCE = Source(key="feed.atom", location="feed.atom")


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    """Every implementation there is, empty."""
    made = {"sqlite": lambda: SqliteStore(str(tmp_path / "store.db"))}[request.param]()
    with made:
        yield made


def document(location: str = "/feed.atom", source: Source = SOURCE, size: int = 9) -> Document:
    """Return a document that brought something."""
    return Document(source=source, location=location, content=b"", validators=Validators(modified=7, size=size))


def change(one: Article, *, entry: str = "e1", rules: str = "r1", source: Source = SOURCE) -> Change:
    """Return what it takes to save an article."""
    return Change(article=one, source=source.key, entry=entry, rules=rules, channels=channel_paths(one))


def save(store: SqliteStore, *articles: Article, source: Source = SOURCE, now: datetime = NOW) -> None:
    """Save articles as if one document had brought them."""
    ledger = {f"id:{one.id}": one.id for one in articles}
    store.save(document(source=source), "Source", [change(one, source=source) for one in articles], ledger, now)


@pytest.mark.parametrize(
    "one", [article(), korean(), arabic(), hostile(), article(thumbnail=None, links=(), topics=())]
)
def test_an_article_comes_back_as_it_went_in(store: SqliteStore, one: Article) -> None:
    """Every field, in every script, to the microsecond."""
    save(store, one)
    kept = store.stored([one.id, "urn:unknown"])
    assert kept[one.id].article == one
    assert (kept[one.id].owner, kept[one.id].entry) == ("feed.atom", "e1")
    assert set(kept) == {one.id}


@given(st.sampled_from([article, korean, arabic, hostile]), st.text(st.characters(exclude_categories=["Cs"])))
def test_the_codec_loses_nothing(make: object, words: str) -> None:
    """Whatever stands in a title, reading back what was dumped gives the same article."""
    one = make(title=words)  # type: ignore[operator]  # a builder
    assert load_article(dump_article(one), dump_topics(one.topics)) == one


def test_the_ledger_remembers_who_came_first(store: SqliteStore) -> None:
    """A key once given to an article is never given to another."""
    store.save(document(), None, [change(article())], {"id:1": article().id, "link:x": article().id}, NOW)
    store.save(document(), None, [change(korean())], {"link:x": korean().id, "id:2": korean().id}, NOW)
    assert store.identities(["id:1", "link:x", "id:2", "id:3"]) == {
        "id:1": article().id,
        "link:x": article().id,
        "id:2": korean().id,
    }


def test_saving_twice_is_saving_once(store: SqliteStore) -> None:
    """Nothing is doubled, and nothing returns to the live feed that did not change."""
    save(store, article(), korean())
    store.archive("all", 1, [article().id])
    save(store, article(), korean())
    assert store.channels()["all"] == 2
    assert [one.article for one in store.archived("all", 1)] == [article().id]


def test_a_changed_article_returns_to_the_live_feed(store: SqliteStore) -> None:
    """An archive document holds the version of its time; subscribers get the new one (RFC 5005 §4)."""
    save(store, article())
    store.archive("all", 1, [article().id])
    assert store.live("all") == ()
    save(store, article(title="Corrected"))
    assert [one.article for one in store.live("all")] == [article().id]
    assert store.archives("all") == ()


def test_an_article_leaves_the_channels_it_no_longer_belongs_to(store: SqliteStore) -> None:
    """A changed language or topic moves it; the old place forgets it."""
    save(store, article())
    save(store, article(language=LanguageTag("es"), topics=()))
    assert set(store.channels()) == {"all", "es/all"}


def test_old_versions_are_kept(store: SqliteStore) -> None:
    """What an article said before can still be looked up in the store."""
    save(store, article())
    save(store, article(title="Second"))
    save(store, article(title="Second"))
    rows = store.rows("SELECT number, body FROM revisions")
    assert [(number, json.loads(str(body))["title"]) for number, body in rows] == [(1, article().title)]


def test_reclassifying_touches_topics_only(store: SqliteStore) -> None:
    """Other rules mean other topics; dates, words and identity stay."""
    save(store, article())
    (outdated,) = store.outdated("r2", 10)
    assert store.sources_of(outdated.id) == ("feed.atom",)
    moved = outdated.__class__(**{name: getattr(outdated, name) for name in outdated.__slots__} | {"topics": ()})
    store.reclassify([(moved, channel_paths(moved))], "r2")
    assert store.outdated("r2", 10) == ()
    assert set(store.channels()) == {"all", "fr/all"}
    assert store.stored([article().id])[article().id].article == moved


def test_validators_are_kept_with_what_the_document_brought(store: SqliteStore) -> None:
    """They are remembered only together with its articles."""
    assert store.validators("/feed.atom") is None

    def failing() -> Iterator[Change]:
        yield change(article())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.save(document(), None, failing(), {}, NOW)
    assert store.validators("/feed.atom") is None
    assert store.stored([article().id]) == {}
    save(store, article())
    assert store.validators("/feed.atom") == Validators(modified=7, size=9)


def test_a_failing_source_is_remembered_since_it_began(store: SqliteStore) -> None:
    """Later failures do not move the beginning; a success ends it."""
    store.fail("feed.atom", "no such file", NOW)
    store.fail("feed.atom", "still no such file", NOW + timedelta(days=1))
    (status,) = store.statuses()
    assert (status.failing_since, status.error) == (NOW, "still no such file")
    save(store, article(), now=NOW + timedelta(days=2))
    store.recover(["feed.atom"])
    (status,) = store.statuses()
    assert (status.failing_since, status.error, status.articles) == (None, None, 1)
    assert status.read == NOW + timedelta(days=2)


def test_two_sources_of_one_article(store: SqliteStore) -> None:
    """Both are named, the first one first; whose version was saved last speaks for it."""
    other = Source(key="a-second.rss", location="a-second.rss")
    save(store, article())
    save(store, article(), source=other, now=NOW + timedelta(days=1))
    assert store.sources_of(article().id) == ("feed.atom", "a-second.rss")
    assert store.stored([article().id])[article().id].owner == "a-second.rss"


def test_live_articles_are_newest_first(store: SqliteStore) -> None:
    """By date, then by id, whatever order they came in."""
    older = article(id="urn:old", slug="old", published=NOW - timedelta(days=9))
    twin = article(id="urn:a-twin", slug="twin")
    save(store, older, article(), twin)
    assert [one.article for one in store.live("all")] == [article().id, "urn:a-twin", "urn:old"]


def test_articles_are_found_by_what_people_know_of_them(store: SqliteStore) -> None:
    """Id, page name, link, and a part of the title in any case."""
    save(store, article(), korean())
    for word in (article().id, article().slug, str(article().link), "CAMPAGNE", "예방접종"):
        assert len(store.find(word)) == 1
    assert store.find("nowhere") == ()
    assert store.find("%") == ()


def test_articles_are_selected_by_channel_source_and_day(store: SqliteStore) -> None:
    """Filters narrow, a limit cuts, -1 does not."""
    save(store, article(), korean(), arabic())
    assert len(list(store.select(channel="all"))) == 3
    assert [one.id for one in store.select(channel="ko/health")] == [korean().id]
    assert list(store.select(channel="all", source="elsewhere")) == []
    assert list(store.select(channel="all", since=NOW)) == []
    assert len(list(store.select(channel="all", limit=2))) == 2


def test_only_articles_without_a_home_get_a_page(store: SqliteStore) -> None:
    """The others have their permalink at the source."""
    save(store, article(), korean())
    ((id_, slug, state),) = store.at_home()
    assert (id_, slug) == (korean().id, korean().slug)
    assert state


def test_published_files_and_runs_are_remembered(store: SqliteStore) -> None:
    """Files are replaced and forgotten by path; runs come back the last first."""
    one, two = (Published(path=path, state="s", modified=1, size=2) for path in ("a.atom", "b.atom"))
    store.record([one, two], [])
    store.record([], ["a.atom"])
    assert store.published() == {"b.atom": two}
    runs = [
        Run(started=NOW + timedelta(hours=n), seconds=0.5, documents=n, new=0, changed=0, failed=0, written=0)
        for n in range(3)
    ]
    for run in runs:
        store.add_run(run)
    assert store.runs(2) == ((runs[2], ()), (runs[1], ()))


def test_notes_are_kept(store: SqliteStore) -> None:
    """The last word counts."""
    assert store.note("stamp") is None
    store.set_note("stamp", "1")
    store.set_note("stamp", "2")
    assert store.note("stamp") == "2"


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """A damaged article is an error that says what to do, never a wrong article."""
    path = str(tmp_path / "store.db")
    with SqliteStore(path) as store:
        save(store, article())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE articles SET body = replace(body, 'vaccination', 'vaccinbtion')")
    connection.close()
    with SqliteStore(path) as store, pytest.raises(StoreError, match="damaged — put back a backup"):
        store.stored([article().id])


@pytest.mark.parametrize(
    "content", [b"not a database, whatever it is called" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_file_that_is_no_store_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    """The message names the file and says what to do, and the file is left as it is."""
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="store cannot be used"):
        SqliteStore(str(path))
    assert path.read_bytes() == content


def test_a_store_from_the_future_is_refused(tmp_path: Path) -> None:
    """An older program does not touch a newer schema."""
    path = str(tmp_path / "store.db")
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer republish"):
        SqliteStore(path)


def test_an_older_store_has_its_articles_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was stored before translations were known is unsettled, and a backup stands beside it."""
    path = str(tmp_path / "store.db")
    with monkeypatch.context() as before:
        before.setattr(database.Database, "migrations", MIGRATIONS[:2])
        with SqliteStore(path) as store:
            save(store, article())
    with SqliteStore(path) as store:
        assert store.unsettled() == {article().id: False}
        assert store.stored([article().id])[article().id].article == article()
    assert (tmp_path / "store.db.schema-2.backup").is_file()


def test_reading_without_a_store_says_what_to_do(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    with pytest.raises(StoreError, match="run `republish` first"):
        SqliteStore(str(tmp_path / "store.db"), writing=False)
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys
from republisher.store import SqliteStore
with SqliteStore(sys.argv[1]):
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_is_at_work(tmp_path: Path) -> None:
    """It stops at once, names the process, and reading goes on meanwhile; the lock dies with its holder."""
    path = str(tmp_path / "store.db")
    command = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        with pytest.raises(LockedError, match=str(holder.pid)):
            SqliteStore(path)
        SqliteStore(path, writing=False).close()
        holder.kill()
    SqliteStore(path).close()


READER = """
import os, sys
from republisher.store import SqliteStore
if os.getuid() == 0:
    os.setuid(65534)
with SqliteStore(sys.argv[1], writing=False) as store:
    print(store.channels()["all"])
"""


def test_who_may_only_read_can_read() -> None:
    """Looking needs no right to write, neither to the store nor beside it."""
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        path = f"{name}/store.db"
        with SqliteStore(path) as store:
            save(store, article())
        Path(path).chmod(0o444)
        Path(name).chmod(0o555)
        done = subprocess.run([sys.executable, "-c", READER, path], capture_output=True, encoding="utf-8", check=False)
        Path(name).chmod(0o755)
        assert (done.stdout, done.stderr) == ("1\n", "")
