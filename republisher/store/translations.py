"""Which articles are the same story in several languages: what is said, what is found, and what came of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from republisher import text
from republisher.model import LanguageTag, PlainText, Sibling
from republisher.siblings import Carrier, Guess, Mark, Statement, Trace
from republisher.store.codec import parse_stamp, stamp
from republisher.store.database import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from republisher.siblings import Settled

_MANY = 500
"""Values in one query."""
_ADDRESSES = "(key >= 'link:' AND key < 'link;' OR key >= 'iri:' AND key < 'iri;')"
"""As the index on identities says it."""


class Translations(Database):
    """What the store knows of translations; `protocols.Translations` says what each method promises."""

    def unsettled(self) -> dict[str, bool]:
        """Return the articles to be looked at, and whether their traces are those of now."""
        rows = cast("Any", self.rows("SELECT article, traced FROM unsettled ORDER BY article"))
        return {article: bool(traced) for article, traced in rows}

    def unsettle(self, ids: Iterable[str] | None) -> None:
        """Have articles looked at again; without `ids`, all of them."""
        with self.transaction() as connection:
            if ids is None:
                connection.execute("INSERT OR REPLACE INTO unsettled SELECT id, 0 FROM articles")
            else:
                connection.executemany("INSERT OR REPLACE INTO unsettled VALUES (?, 0)", [(id_,) for id_ in ids])

    def declare(self, location: str, statements: Sequence[Statement]) -> None:
        """Keep what the document at `location` says; of the same addresses it is its last word, others stay."""
        with self.transaction() as connection:
            for statement in statements:
                addresses = [address for address, _ in statement.members]
                old = connection.execute(
                    f"SELECT DISTINCT id FROM statements WHERE speaker = ? AND address IN ({_marks(addresses)})",
                    (location, *addresses),
                ).fetchall()
                if [row[0] for row in old] == [statement.id]:
                    continue
                for (id_,) in old:
                    _unsettle(connection, _named(connection, id_))
                    connection.execute("DELETE FROM statements WHERE id = ?", (id_,))
                if len(addresses) > 1:
                    _state(connection, statement)
                    _unsettle(connection, _named(connection, statement.id))

    def retrace(
        self, traces: Mapping[str, Trace | None], statements: Mapping[str, Statement | None], also: Iterable[str]
    ) -> None:
        """Replace traces, and what articles say of others; `also` are articles to be looked at because of that."""
        with self.transaction() as connection:
            for id_, statement in statements.items():
                _unsettle(connection, _named(connection, id_))
                connection.execute("DELETE FROM statements WHERE id = ?", (id_,))
                if statement is not None:
                    _state(connection, statement)
            for id_, trace in traces.items():
                _erase(connection, id_)
                if trace is not None:
                    _keep(connection, trace)
            _unsettle(connection, also)

    def traced(self, ids: Iterable[str], also: Iterable[str]) -> None:
        """Note that the traces of articles are those of now, and have others looked at because of that."""
        with self.transaction() as connection:
            connection.executemany("UPDATE unsettled SET traced = 1 WHERE article = ?", [(id_,) for id_ in ids])
            _unsettle(connection, also)

    def traces(self, ids: Iterable[str]) -> dict[str, Trace]:
        """Return the traces of those of `ids` that leave any."""
        return {
            cast("str", article): _load_trace(cast("str", body))
            for some in _chunks(list(ids))
            for article, body in self.rows(f"SELECT article, body FROM traces WHERE article IN ({_marks(some)})", *some)
        }

    def settled_about(self, week: int) -> bool:
        """Tell whether any article of the weeks around need not be looked at; if not, no neighbour can move one."""
        return bool(
            self.rows(
                "SELECT 1 FROM traces t WHERE week BETWEEN ?1 - 2 AND ?1 + 2"
                " AND NOT EXISTS (SELECT 1 FROM unsettled u WHERE u.article = t.article) LIMIT 1",
                week,
            )
        )

    def carriers(self, key: str, week: int, limit: int) -> tuple[Carrier, ...]:
        """Return at most `limit` articles of a week and those beside it that have a mark."""
        rows = self.rows(
            "SELECT article, language, week FROM marks WHERE key = ?1 AND week BETWEEN ?2 - 1 AND ?2 + 1 LIMIT ?3",
            text.digest(key),
            week,
            limit,
        )
        return tuple(Carrier(article=article, language=tag, week=when) for article, tag, when in cast("Any", rows))

    def addresses(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the articles by every address they were ever known at."""
        rows = [
            row
            for some in _chunks(list(ids))
            for row in self.rows(
                f"SELECT key, article FROM identities WHERE article IN ({_marks(some)}) AND {_ADDRESSES}", *some
            )
        ]
        return {f"link:{key.partition(':')[2]}": article for key, article in cast("Any", rows)}

    def statements(self, ids: Iterable[str], addresses: Iterable[str]) -> tuple[Statement, ...]:
        """Return what the articles say, and what anybody says of the addresses."""
        found = {*ids}
        for some in _chunks(list(addresses)):
            rows = self.rows(f"SELECT id FROM statements WHERE address IN ({_marks(some)})", *some)
            found |= {cast("str", row[0]) for row in rows}
        members: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for some in _chunks(sorted(found)):
            query = f"SELECT id, speaker, address, language FROM statements WHERE id IN ({_marks(some)})"
            for id_, speaker, address, language in cast("Any", self.rows(query, *some)):
                members.setdefault((id_, speaker), []).append((address, language))
        return tuple(
            Statement(id=id_, speaker=speaker, members=tuple(sorted(named)))
            for (id_, speaker), named in sorted(members.items())
        )

    def guesses(self, ids: Iterable[str]) -> dict[str, tuple[Guess, ...]]:
        """Return the best guess of each of `ids` in each language."""
        found: dict[str, list[Guess]] = {}
        for some in _chunks(list(ids)):
            query = f"SELECT * FROM guesses WHERE article IN ({_marks(some)}) ORDER BY article, language"
            for article, language, other, confidence, reasons in cast("Any", self.rows(query, *some)):
                guess = Guess(
                    article=article,
                    other=other,
                    language=language,
                    confidence=confidence,
                    reasons=tuple(json.loads(reasons)),
                )
                found.setdefault(article, []).append(guess)
        return {article: tuple(guesses) for article, guesses in found.items()}

    def siblings(self, ids: Iterable[str]) -> dict[str, tuple[Sibling, ...]]:
        """Return the same stories in other languages, by article, of those of `ids` that have any."""
        return {
            cast("str", article): _load_siblings(cast("str", body))
            for some in _chunks(list(ids))
            for article, body in self.rows(
                f"SELECT article, body FROM siblings WHERE article IN ({_marks(some)})", *some
            )
        }

    def outlines(self, ids: Iterable[str]) -> dict[str, Sibling]:
        """Return those of `ids` that are stored and were not withdrawn, as they are shown beside another article."""
        rows = [
            row
            for some in _chunks(list(ids))
            for row in self.rows(
                "SELECT id, slug, language, link, json_extract(body, '$.title') FROM articles"
                f" WHERE id IN ({_marks(some)}) AND id NOT IN (SELECT article FROM withdrawn)",
                *some,
            )
        ]
        return {
            id_: Sibling(id=id_, slug=slug, title=PlainText(title), language=LanguageTag(language), link=link)
            for id_, slug, language, link, title in cast("Any", rows)
        }

    def owners(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the keys of the sources that speak for those of `ids` that are stored."""
        return {
            cast("str", id_): cast("str", owner)
            for some in _chunks(list(ids))
            for id_, owner in self.rows(f"SELECT id, owner FROM articles WHERE id IN ({_marks(some)})", *some)
        }

    def translated(self) -> dict[str, str]:
        """Return every article that is there in other languages, with a digest of what is shown of that."""
        return dict(cast("Any", self.rows("SELECT article, state FROM siblings")))

    def settle(self, settled: Settled, done: Iterable[str]) -> None:
        """Keep what was decided; `done` need not be looked at again."""
        with self.transaction() as connection:
            for id_, guesses in settled.guesses.items():
                connection.execute("DELETE FROM guesses WHERE article = ?", (id_,))
                connection.executemany(
                    "INSERT INTO guesses VALUES (?, ?, ?, ?, ?)",
                    [
                        (id_, one.language, one.other, one.confidence, json.dumps(one.reasons, ensure_ascii=False))
                        for one in guesses
                    ],
                )
            for id_, siblings in settled.siblings.items():
                body = json.dumps([asdict(one) for one in siblings], ensure_ascii=False)
                connection.execute("DELETE FROM siblings WHERE article = ?", (id_,))
                if siblings:
                    connection.execute("INSERT INTO siblings VALUES (?, ?, ?)", (id_, text.digest(body), body))
            connection.executemany("DELETE FROM unsettled WHERE article = ?", [(id_,) for id_ in done])


def _unsettle(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO unsettled VALUES (?, 1)", [(id_,) for id_ in ids])


def _named(connection: sqlite3.Connection, statement: str) -> list[str]:
    """Return the articles that a statement names."""
    rows = connection.execute(
        "SELECT i.article FROM statements s JOIN identities i"
        " ON i.key IN (s.address, 'iri:' || substr(s.address, 6)) WHERE s.id = ?",
        (statement,),
    )
    return [row[0] for row in rows]


def _state(connection: sqlite3.Connection, statement: Statement) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO statements VALUES (?, ?, ?, ?)",
        [(statement.id, statement.speaker, address, language) for address, language in statement.members],
    )


def _erase(connection: sqlite3.Connection, id_: str) -> None:
    row = connection.execute("SELECT body FROM traces WHERE article = ?", (id_,)).fetchone()
    if row is not None:
        old = _load_trace(row[0])
        connection.executemany(
            "DELETE FROM marks WHERE key = ? AND week = ? AND article = ?",
            [(text.digest(mark.key), old.week, id_) for mark in old.marks if mark.indexed],
        )
        connection.execute("DELETE FROM traces WHERE article = ?", (id_,))


def _keep(connection: sqlite3.Connection, trace: Trace) -> None:
    body = asdict(trace) | {"published": stamp(trace.published)}
    body["marks"] = [(mark.kind, mark.value, mark.weight, mark.indexed) for mark in trace.marks]
    connection.execute(
        "INSERT INTO traces VALUES (?, ?, ?)", (trace.id, trace.week, json.dumps(body, ensure_ascii=False))
    )
    connection.executemany(
        "INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)",
        [(text.digest(mark.key), trace.week, trace.id, trace.language) for mark in trace.marks if mark.indexed],
    )


def _load_trace(body: str) -> Trace:
    raw = json.loads(body)
    raw |= {
        "published": parse_stamp(raw["published"]),
        "topics": tuple(raw["topics"]),
        "marks": tuple(
            Mark(kind=kind, value=value, weight=weight, indexed=indexed)
            for kind, value, weight, indexed in raw["marks"]
        ),
    }
    return Trace(**raw)


def _load_siblings(body: str) -> tuple[Sibling, ...]:
    return tuple(
        Sibling(
            title=PlainText(raw.pop("title")),
            language=LanguageTag(raw.pop("language")),
            said_by=tuple(raw.pop("said_by")),
            reasons=tuple(raw.pop("reasons")),
            **raw,
        )
        for raw in json.loads(body)
    )


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
