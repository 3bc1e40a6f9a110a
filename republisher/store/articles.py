"""The articles, the ledger of their identities, and their topics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from republisher import text
from republisher.errors import StoreError
from republisher.records import Stored
from republisher.store.codec import dump_article, dump_topics, load_article, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from republisher.model import Article
    from republisher.records import Change

_COLUMNS = "id, body, checksum, topics, owner, entry"
_MANY = 500
"""Values in one query; SQLite allows more, but not in every build."""


class Articles(Database):
    """What the store knows of articles."""

    def identities(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the article ids the ledger holds for those of `keys` it knows."""
        return {
            cast("str", key): cast("str", article)
            for some in _chunks(list(keys))
            for key, article in self.rows(
                f"SELECT key, article FROM identities WHERE key IN ({_marks(some)})",
                *some,
            )
        }

    def stored(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Return those of `ids` that are stored; raise `StoreError` if one of them is damaged."""
        return {
            cast("str", row[0]): self._stored(row)
            for some in _chunks(list(ids))
            for row in self.rows(f"SELECT {_COLUMNS} FROM articles WHERE id IN ({_marks(some)})", *some)
        }

    def find(self, word: str) -> tuple[Article, ...]:
        """Return the articles `word` may mean: by id, page name or link, else by a part of the title, newest first."""
        exact = self.rows(
            f"SELECT {_COLUMNS} FROM articles WHERE id = ?1 OR slug = ?1 OR link = ?1",
            word,
        )
        return tuple(
            self._stored(row).article
            for row in exact
            or self.rows(
                f"SELECT {_COLUMNS} FROM articles WHERE instr(lower(json_extract(body, '$.title')), lower(?)) > 0"
                " ORDER BY published DESC, id LIMIT 20",
                word,
            )
        )

    def named(self, names: Iterable[str]) -> tuple[Article, ...]:
        """Return the articles with these ids, links or page names that were not withdrawn, by id."""
        found = {
            cast("str", row[0]): self._stored(row).article
            for some in _chunks(list(names))
            for row in self.rows(
                f"SELECT {_COLUMNS} FROM articles WHERE (id IN (SELECT value FROM json_each(?1))"
                " OR link IN (SELECT value FROM json_each(?1)) OR slug IN (SELECT value FROM json_each(?1)))"
                " AND id NOT IN (SELECT article FROM withdrawn)",
                json.dumps(some),
            )
        }
        return tuple(found[id_] for id_ in sorted(found))

    def select(
        self, *, channel: str, source: str | None = None, since: datetime | None = None, limit: int = -1
    ) -> Iterator[Article]:
        """Yield the articles of `channel`, newest first; those of one `source`, published since a moment, if given."""
        query = (
            f"SELECT {', '.join('a.' + name for name in _COLUMNS.split(', '))} FROM placements p"
            " JOIN articles a ON a.id = p.article WHERE p.channel = ?1"
            " AND (?2 IS NULL OR EXISTS (SELECT 1 FROM origins o WHERE o.article = a.id AND o.source = ?2))"
            " AND (?3 IS NULL OR a.published >= ?3) ORDER BY a.published DESC, a.id LIMIT ?4"
        )
        for row in self.rows(query, channel, source, stamp(since) if since else None, limit):
            yield self._stored(row).article

    def came(self, since: datetime, until: datetime, published: datetime) -> tuple[Article, ...]:
        """Return the articles first seen from `since` on, before `until`, newest first; none `published` earlier."""
        rows = self.rows(
            f"SELECT {', '.join('a.' + name for name in _COLUMNS.split(', '))} FROM placements p"
            " JOIN articles a ON a.id = p.article WHERE p.channel = 'all' AND a.published >= ?3"
            " AND (SELECT min(o.seen) FROM origins o WHERE o.article = a.id) >= ?1"
            " AND (SELECT min(o.seen) FROM origins o WHERE o.article = a.id) < ?2 ORDER BY a.published DESC, a.id",
            stamp(since),
            stamp(until),
            stamp(published),
        )
        return tuple(self._stored(row).article for row in rows)

    def at_home(self) -> tuple[tuple[str, str, str], ...]:
        """Return id, page name and a digest of what is shown of every article whose home is our page, by page name."""
        rows = self.rows(
            "SELECT id, slug, checksum, topics FROM articles WHERE link IS NULL"
            " AND id NOT IN (SELECT article FROM withdrawn) ORDER BY slug"
        )
        return tuple((id_, slug, text.digest(checksum, topics)) for id_, slug, checksum, topics in cast("Any", rows))

    def outdated(self, rules: str, limit: int) -> tuple[Article, ...]:
        """Return at most `limit` articles whose topics other `rules` gave."""
        rows = self.rows(
            f"SELECT {_COLUMNS} FROM articles WHERE rules <> ? AND id NOT IN (SELECT article FROM withdrawn) LIMIT ?",
            rules,
            limit,
        )
        return tuple(self._stored(row).article for row in rows)

    def sources_of(self, article: str) -> tuple[str, ...]:
        """Return the keys of the sources that brought `article`, the first one first."""
        rows = self.rows("SELECT source FROM origins WHERE article = ? ORDER BY seen, source", article)
        return tuple(cast("str", row[0]) for row in rows)

    def reclassify(self, changes: Sequence[tuple[Article, tuple[str, ...]]], rules: str) -> None:
        """Give articles their new topics and language and the channels that follow from them; nothing else changes."""
        with self.transaction() as connection:
            for article, channels in changes:
                body = dump_article(article)
                connection.execute(
                    "UPDATE articles SET topics = ?, rules = ?, language = ?, body = ?, checksum = ? WHERE id = ?",
                    (dump_topics(article.topics), rules, article.language, body, text.digest(body), article.id),
                )
                _place(connection, article, channels)

    def alike(self, sketch: Sequence[int]) -> tuple[Article, ...]:
        """Return the articles that share a part of `sketch` and are no copies themselves, the first stored first."""
        rows = self.rows(
            f"SELECT {', '.join('a.' + name for name in _COLUMNS.split(', '))} FROM articles a WHERE a.id IN"
            f" (SELECT article FROM sketches WHERE value IN ({_marks(sketch)}))"
            " AND NOT EXISTS (SELECT 1 FROM copies c WHERE c.article = a.id) ORDER BY a.rowid LIMIT 50",
            *sketch,
        )
        return tuple(self._stored(row).article for row in rows)

    def outdate(self, names: Iterable[str]) -> None:
        """Have the topics of articles looked at again in this run; they are named by id, link or page."""
        with self.transaction() as connection:
            connection.executemany(
                "UPDATE articles SET rules = '' WHERE id = ?1 OR link = ?1 OR slug = ?1", [(name,) for name in names]
            )

    def copies(self, article: str) -> tuple[str, ...]:
        """Return the ids of the articles that are listed with `article` as its near-identical copies."""
        rows = self.rows("SELECT article FROM copies WHERE first = ? ORDER BY article", article)
        return tuple(cast("str", row[0]) for row in rows)

    def copied(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of `ids` that are listed as copies of another article."""
        return frozenset(
            cast("str", row[0])
            for some in _chunks(list(ids))
            for row in self.rows(f"SELECT article FROM copies WHERE article IN ({_marks(some)})", *some)
        )

    def withdraw(self, ids: Iterable[str], reason: str, now: datetime) -> int:
        """Take articles out of every channel for good; return how many were still there.

        Their copies in other sources are shown instead from the next run on. What is withdrawn stays in the ledger, so
        that it does not come back as something new.
        """
        taken = 0
        with self.transaction() as connection:
            for id_ in ids:
                connection.execute("INSERT OR IGNORE INTO withdrawn VALUES (?, ?, ?)", (id_, stamp(now), reason))
                taken += connection.execute("DELETE FROM placements WHERE article = ?", (id_,)).rowcount > 0
                connection.execute(
                    "UPDATE articles SET rules = '' WHERE id IN (SELECT article FROM copies WHERE first = ?)", (id_,)
                )
                connection.execute("DELETE FROM copies WHERE first = ?1 OR article = ?1", (id_,))
                connection.execute("DELETE FROM sketches WHERE article = ?", (id_,))
        return taken

    def withdrawn(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of `ids` that were withdrawn."""
        return frozenset(
            cast("str", row[0])
            for some in _chunks(list(ids))
            for row in self.rows(f"SELECT article FROM withdrawn WHERE article IN ({_marks(some)})", *some)
        )

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield id and link of every article that has a home of its own and was not withdrawn."""
        rows = self.rows(
            "SELECT id, link FROM articles WHERE link IS NOT NULL AND id NOT IN (SELECT article FROM withdrawn)"
        )
        yield from cast("Any", rows)

    def _stored(self, row: tuple[object, ...]) -> Stored:
        id_, body, checksum, topics, owner, entry = cast("tuple[str, str, str, str, str, str]", row)
        if text.digest(body) != checksum:
            raise StoreError(
                f"{self._path}: article {id_} is damaged — put back a backup of the store, or move the store away:"
                " the next run makes a new one from what is published and from the sources"
            )
        return Stored(article=load_article(body, topics), owner=owner, entry=entry)


def save_change(connection: sqlite3.Connection, change: Change, now: datetime) -> None:
    """Write one article with its identity, its topics and its places, inside the caller's transaction."""
    article = change.article
    body = dump_article(article)
    old: Any = connection.execute("SELECT body FROM articles WHERE id = ?", (article.id,)).fetchone()
    if old is not None and old[0] != body:
        connection.execute(
            "INSERT INTO revisions SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM revisions WHERE article = ?1",
            (article.id, stamp(now), old[0]),
        )
    connection.execute(
        "INSERT INTO articles"
        " (id, slug, language, link, published, updated, owner, entry, body, checksum, topics, rules)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " owner = excluded.owner, language = excluded.language, link = excluded.link, published = excluded.published,"
        " updated = excluded.updated, entry = excluded.entry, body = excluded.body, checksum = excluded.checksum,"
        " topics = excluded.topics, rules = excluded.rules",
        (
            article.id,
            article.slug,
            article.language,
            article.link,
            stamp(article.published),
            stamp(article.updated),
            change.source,
            change.entry,
            body,
            text.digest(body),
            dump_topics(article.topics),
            change.rules,
        ),
    )
    _sketch(connection, change)
    _place(connection, article, change.channels)


def _sketch(connection: sqlite3.Connection, change: Change) -> None:
    """Keep what copies of the article are found by, and whose copy it is."""
    id_ = change.article.id
    connection.execute("DELETE FROM sketches WHERE article = ?", (id_,))
    connection.executemany("INSERT OR IGNORE INTO sketches VALUES (?, ?)", [(value, id_) for value in change.sketch])
    if change.copy_of is None:
        connection.execute("DELETE FROM copies WHERE article = ?", (id_,))
    else:
        connection.execute("INSERT OR REPLACE INTO copies VALUES (?, ?)", (id_, change.copy_of))


def _place(connection: sqlite3.Connection, article: Article, channels: tuple[str, ...]) -> None:
    """Put `article` into its channels; what is shown differently from before returns to the live feed."""
    body = dump_article(article)
    state, size = text.digest(body, dump_topics(article.topics)), len(body.encode())
    connection.execute(
        "DELETE FROM placements WHERE article = ? AND channel NOT IN (SELECT value FROM json_each(?))",
        (article.id, json.dumps(channels)),
    )
    connection.executemany(
        "INSERT INTO placements (channel, article, published, state, size, archive) VALUES (?, ?, ?, ?, ?, NULL)"
        " ON CONFLICT (channel, article) DO UPDATE SET published = excluded.published, size = excluded.size,"
        " archive = CASE WHEN state = excluded.state THEN archive END, state = excluded.state",
        [(channel, article.id, stamp(article.published), state, size) for channel in channels],
    )


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
