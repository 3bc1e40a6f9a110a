"""The articles, the ledger of their identities, and their topics."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from republisher import text
from republisher.errors import StoreError
from republisher.model import Stored
from republisher.store.codec import dump_article, dump_topics, load_article, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from republisher.model import Article, Change

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

    def at_home(self) -> tuple[tuple[str, str, str], ...]:
        """Return id, page name and a digest of what is shown of every article whose home is our page, by page name."""
        rows = self.rows("SELECT id, slug, checksum, topics FROM articles WHERE link IS NULL ORDER BY slug")
        return tuple((id_, slug, text.digest(checksum, topics)) for id_, slug, checksum, topics in cast("Any", rows))

    def outdated(self, rules: str, limit: int) -> tuple[tuple[Article, tuple[str, ...]], ...]:
        """Return at most `limit` articles whose topics other `rules` gave, each with the sources that brought it."""
        rows = self.rows(f"SELECT {_COLUMNS} FROM articles WHERE rules <> ? LIMIT ?", rules, limit)
        return tuple((self._stored(row).article, self.sources_of(cast("str", row[0]))) for row in rows)

    def sources_of(self, article: str) -> tuple[str, ...]:
        """Return the keys of the sources that brought `article`, the first one first."""
        rows = self.rows("SELECT source FROM origins WHERE article = ? ORDER BY seen, source", article)
        return tuple(cast("str", row[0]) for row in rows)

    def reclassify(self, changes: Sequence[tuple[Article, tuple[str, ...]]], rules: str) -> None:
        """Give articles their new topics and the channels that follow from them; nothing else changes."""
        with self.transaction() as connection:
            for article, channels in changes:
                connection.execute(
                    "UPDATE articles SET topics = ?, rules = ? WHERE id = ?",
                    (dump_topics(article.topics), rules, article.id),
                )
                _place(connection, article, channels)

    def _stored(self, row: tuple[object, ...]) -> Stored:
        id_, body, checksum, topics, owner, entry = cast("tuple[str, str, str, str, str, str]", row)
        if text.digest(body) != checksum:
            raise StoreError(
                f"{self._path}: article {id_} is damaged — put back a backup of the store, or move the store away:"
                " the next run makes a new one from the sources"
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
        " language = excluded.language, link = excluded.link, published = excluded.published,"
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
    _place(connection, article, change.channels)


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
