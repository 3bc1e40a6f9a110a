"""The ledger: which editions there are, what each says, who is to get it, and how far each message has come.

    pending ──► sending ──► committing ──► sent
       ▲           │             │
       └─ deferred ┴── failed ───┴── suppressed, held

`sending` is stored before the server is told whom a message is for: found again after a crash, it was not delivered.
`committing` is stored just before the last dot: found again, nobody can know (RFC 1047). `sent` holds the server's
reply. Every change names the states it may come from, so that what another has changed meanwhile is not undone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from republisher.digest.people import SUPPRESS, People, person
from republisher.digest.values import Bodies, Delivery, EditionRecord
from republisher.errors import StoreError
from republisher.store.codec import parse_stamp, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from republisher.digest.values import DeliveryState, EditionState, Frequency

Fault = Literal["", "reader", "gone"]
"""Whose fault a failure is: nobody's in particular; the reader's address; that address, which does not exist."""

OPEN: Final = ("pending", "sending", "committing", "deferred", "held")
"""States after which something may still happen."""
_BEFORE: Final[Mapping[DeliveryState, tuple[DeliveryState, ...]]] = {
    "pending": ("sending", "committing"),
    "committing": ("sending",),
    "sent": ("committing",),
    "deferred": ("sending", "committing"),
    "failed": ("sending", "committing"),
    "suppressed": ("pending", "sending", "deferred", "held"),
    "held": ("committing",),
}
"""From which states a delivery may come into a state; `sending` is for `claim` alone."""
_ANSWERED: Final = ("sent", "deferred", "failed")
_HORIZON: Final = timedelta(days=2)
"""Nothing waits as long as this: what seems to was deferred while the clock was wrong, and is due."""
_LAST: Final = "~"
"""Sorts behind every moment, and behind none."""
_EDITION = "SELECT frequency, name, since, until, state, created, articles, approved FROM editions "
_DELIVERY = "SELECT edition, address, variant, message_id, state, attempts, reply FROM deliveries "
_DUE = "SELECT id, mark, edition, address, variant, message_id, state, attempts, reply FROM deliveries WHERE "


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a delivery."""

    delivery: Delivery
    state: DeliveryState
    reply: str = ""
    due: datetime | None = None
    """When a deferred one may be tried again."""
    fault: Fault = ""


class Ledger(People):
    """The ledger; use as a context manager. `writing=False` reads a ledger that is there."""

    def note(self, key: str) -> str | None:
        """Return what was noted under `key`."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return cast("str", rows[0][0]) if rows else None

    def set_note(self, key: str, value: str) -> None:
        """Note `value` under `key`."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def editions(self, frequency: Frequency | None = None) -> tuple[EditionRecord, ...]:
        """Return every edition, or those of one frequency, the last first."""
        rows = self.rows(_EDITION + "WHERE frequency = ? OR ? IS NULL ORDER BY id DESC", frequency, frequency)
        return tuple(map(_edition, rows))

    def edition(self, key: str) -> EditionRecord | None:
        """Return the edition called `key`, such as `weekly/2026-W47`."""
        rows = self.rows(_EDITION + "WHERE key = ?", key)
        return _edition(rows[0]) if rows else None

    def add_edition(self, edition: EditionRecord) -> bool:
        """Keep a new edition; return false, and change nothing, if there is one of that name."""
        with self.transaction() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO editions"
                " (key, frequency, name, since, until, state, created, articles, approved)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    edition.key,
                    edition.frequency,
                    edition.name,
                    stamp(edition.since),
                    stamp(edition.until),
                    edition.state,
                    stamp(edition.created),
                    json.dumps(edition.articles),
                    edition.approved,
                ),
            )
            return bool(added.rowcount)

    def set_edition_state(self, key: str, state: EditionState, approved: str | None = None) -> None:
        """Say how far an edition has come, and who approved it."""
        with self.transaction() as connection:
            connection.execute(
                "UPDATE editions SET state = ?, approved = coalesce(?, approved) WHERE key = ?", (state, approved, key)
            )

    def prepare(
        self,
        edition: str,
        bodies: Mapping[str, Bodies],
        deliveries: Iterable[Delivery],
        articles: Sequence[str] | None = None,
    ) -> bool:
        """Freeze all that an edition is, in one transaction; return false if it is frozen already.

        `bodies` are those of each variant by its key. A person who is in `deliveries` twice gets the first.
        """
        with self.transaction() as connection:
            row = connection.execute("SELECT state FROM editions WHERE key = ?", (edition,)).fetchone()
            if row is None or row[0] == "skipped":
                raise StoreError(f"{edition}: there is no such edition to send — run `republish digest build` first")
            if row[0] not in {"built", "approved"}:
                return False
            connection.executemany(
                "INSERT INTO bodies VALUES (?, ?, ?, ?, ?, ?)",
                [(edition, variant, one.subject, one.preheader, one.html, one.text) for variant, one in bodies.items()],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO deliveries"
                " (edition, mark, address, variant, message_id, state, attempts, due, fault, reply, moment)"
                " VALUES (?, ?, ?, ?, ?, 'pending', 0, '', 0, '', '')",
                [(edition, self.mark_of(one.address), one.address, one.variant, one.message_id) for one in deliveries],
            )
            connection.execute(
                "UPDATE editions SET state = 'sending', articles = coalesce(?, articles) WHERE key = ?",
                (None if articles is None else json.dumps(articles), edition),
            )
        return True

    def variants(self, edition: str) -> tuple[str, ...]:
        """Return the keys of the variants an edition was frozen in."""
        rows = self.rows("SELECT variant FROM bodies WHERE edition = ? ORDER BY variant", edition)
        return tuple(cast("str", row[0]) for row in rows)

    def bodies(self, edition: str, variant: str) -> Bodies | None:
        """Return what an edition says in one variant, as it was frozen."""
        query = "SELECT subject, preheader, html, text FROM bodies WHERE edition = ? AND variant = ?"
        rows = cast("Any", self.rows(query, edition, variant))
        return Bodies(subject=rows[0][0], preheader=rows[0][1], html=rows[0][2], text=rows[0][3]) if rows else None

    def deliveries(self, edition: str, state: DeliveryState | None = None) -> tuple[Delivery, ...]:
        """Return the lines of an edition, or those in one state, in the order they were prepared."""
        rows = self.rows(
            _DELIVERY + "WHERE edition = ? AND (state = ? OR ? IS NULL) ORDER BY id", edition, state, state
        )
        return tuple(map(_delivery, rows))

    def delivery(self, message_id: str) -> Delivery | None:
        """Return the line that was sent as `message_id`."""
        rows = self.rows(_DELIVERY + "WHERE message_id = ? AND message_id <> ''", message_id)
        return _delivery(rows[0]) if rows else None

    def counts(self, edition: str) -> dict[DeliveryState, int]:
        """Return how many deliveries of an edition are in each state that there is."""
        rows = self.rows("SELECT state, count(*) FROM deliveries WHERE edition = ? GROUP BY state", edition)
        return cast("dict[DeliveryState, int]", dict(cast("Any", rows)))

    def due(self, edition: str, now: datetime) -> int:
        """Return how many deliveries of an edition may be tried `now`."""
        rows = self.rows(
            "SELECT count(*) FROM deliveries WHERE edition = ?"
            " AND (state = 'pending' OR state = 'deferred' AND (due <= ? OR due > ?))",
            edition,
            stamp(now),
            stamp(now + _HORIZON),
        )
        return cast("int", rows[0][0])

    def recover(self, edition: str, *, hold: bool) -> None:
        """Take up what a run left that died: `sending` was not delivered, of `committing` nobody knows.

        What nobody knows is sent once more, with the same Message-ID, or held for a person to decide. Both come last:
        who got two must not get three if it all happens again. Only who is `alone` may do this.
        """
        with self.transaction() as connection:
            for found, then in (("sending", "pending"), ("committing", "held" if hold else "pending")):
                connection.execute(
                    "UPDATE deliveries SET state = ?, due = ? WHERE edition = ? AND state = ?",
                    (then, _LAST, edition, found),
                )

    def release(self, edition: str, *, again: bool) -> int:
        """Decide about what was held: send it again, or take it as sent; return how many there were."""
        with self.transaction() as connection:
            decided = connection.execute(
                "UPDATE deliveries SET state = ? WHERE edition = ? AND state = 'held'",
                ("pending" if again else "sent", edition),
            ).rowcount
            connection.execute(
                "UPDATE editions SET state = 'sent' WHERE key = ? AND state = 'sending' AND ? > 0 AND NOT EXISTS ("
                " SELECT 1 FROM deliveries WHERE edition = key AND state IN (SELECT value FROM json_each(?)))",
                (edition, decided, json.dumps(OPEN)),
            )
            return decided

    def claim(self, edition: str, limit: int, now: datetime) -> tuple[Delivery, ...]:
        """Return at most `limit` deliveries that are due, now `sending`; who may not be written to is passed over."""
        return self.settle(edition, (), limit, now)[1]

    def mark(self, delivery: Delivery, state: DeliveryState, reply: str, now: datetime) -> bool:
        """Store what became of a delivery; return false if it may not come into that state any more."""
        return self.settle(delivery.edition, (Change(delivery=delivery, state=state, reply=reply),), 0, now)[0][0]

    def settle(
        self, edition: str, changes: Sequence[Change], limit: int, now: datetime
    ) -> tuple[tuple[bool, ...], tuple[Delivery, ...]]:
        """Store `changes` and claim up to `limit`, in one transaction; return which changes took, and the claimed."""
        with self.transaction() as connection:
            took = tuple(self._change(connection, change, now) for change in changes)
            return took, tuple(self._claim(connection, edition, limit, now)) if limit > 0 else ()

    def bounce(self, edition: str, address: str, reply: str, now: datetime, *, gone: bool) -> bool:
        """Store that a message came back for good; return whether it had been sent.

        The address is suppressed if it is `gone`, or if the edition before came back too.
        """
        mark = self.mark_of(address)
        with self.transaction() as connection:
            found = connection.execute(
                "UPDATE deliveries SET state = 'failed', fault = 1, reply = ?, moment = ?"
                " WHERE edition = ? AND mark = ? AND state IN ('sent', 'committing', 'held')",
                (reply, stamp(now), edition, mark),
            ).rowcount
            if found:
                _blame(connection, edition, (mark, address), now, gone=gone)
            return bool(found)

    def forget(self, before: datetime) -> int:
        """Drop the texts and the lines of editions that were made `before` and are finished; return how many."""
        with self.transaction() as connection:
            keys = connection.execute(
                "SELECT key FROM editions WHERE created < ? AND state IN ('sent', 'skipped')", (stamp(before),)
            ).fetchall()
            connection.executemany("DELETE FROM bodies WHERE edition = ?", keys)
            return connection.executemany("DELETE FROM deliveries WHERE edition = ?", keys).rowcount if keys else 0

    def _change(self, connection: sqlite3.Connection, change: Change, now: datetime) -> bool:
        delivery, mark = change.delivery, self.mark_of(change.delivery.address)
        state, reply = change.state, change.reply
        reason = _barred(connection, mark, delivery.address) if state == "committing" else ""
        if reason:
            state, reply = "suppressed", reason
        took = connection.execute(
            "UPDATE deliveries SET state = ?, reply = ?, due = ?, fault = ?, moment = ?, attempts = attempts + ?"
            " WHERE edition = ? AND mark = ? AND state IN (SELECT value FROM json_each(?))",
            (
                state,
                reply,
                stamp(change.due) if change.due else "",
                int(bool(change.fault)),
                stamp(now),
                int(state in _ANSWERED),
                delivery.edition,
                mark,
                json.dumps(_BEFORE[state]),
            ),
        ).rowcount
        if took and change.fault:
            _blame(connection, delivery.edition, (mark, delivery.address), now, gone=change.fault == "gone")
        return bool(took) and not reason

    def _claim(self, connection: sqlite3.Connection, edition: str, limit: int, now: datetime) -> list[Delivery]:
        claimed: list[Delivery] = []
        while len(claimed) < limit:
            rows = _due(connection, edition, limit - len(claimed), now)
            if not rows:
                break
            for number, mark, *columns in rows:
                reason = _barred(connection, mark, columns[1])
                state = "suppressed" if reason else "sending"
                connection.execute(
                    "UPDATE deliveries SET state = ?, reply = ?, moment = ? WHERE id = ?",
                    (state, reason or columns[6], stamp(now), number),
                )
                if not reason:
                    claimed.append(_delivery((*columns[:4], state, *columns[5:])))
        return claimed


def _due(connection: sqlite3.Connection, edition: str, limit: int, now: datetime) -> list[tuple[Any, ...]]:
    """Return lines that may be sent: first what was never tried, then what was deferred until now."""
    rows = connection.execute(
        _DUE + "edition = ? AND state = 'pending' ORDER BY due, id LIMIT ?", (edition, limit)
    ).fetchall()
    return (
        rows
        or connection.execute(
            _DUE + "edition = ? AND state = 'deferred' AND (due <= ? OR due > ?) ORDER BY due, id LIMIT ?",
            (edition, stamp(now), stamp(now + _HORIZON), limit),
        ).fetchall()
    )


def _barred(connection: sqlite3.Connection, mark: str, address: str) -> str:
    """Return why nothing may be sent to `address`, empty if it may: suppression wins, and who left has left."""
    row = connection.execute("SELECT reason FROM suppressions WHERE mark = ?", (mark,)).fetchone()
    if row:
        return str(row[0])
    row = connection.execute("SELECT state FROM subscribers WHERE person = ?", (person(address),)).fetchone()
    return "" if row and row[0] == "active" else str(row[0]) if row else "no subscriber any more"


def _blame(connection: sqlite3.Connection, edition: str, who: tuple[str, str], now: datetime, *, gone: bool) -> None:
    """Suppress an address that is `gone`, or that could not be reached with the edition before either."""
    before = connection.execute(
        "SELECT fault FROM deliveries WHERE mark = ? AND edition <> ? AND state IN ('sent', 'failed')"
        " ORDER BY id DESC LIMIT 1",
        (who[0], edition),
    ).fetchone()
    if gone or (before and before[0]):
        reason = "the address does not exist" if gone else "two editions in a row came back"
        connection.execute(SUPPRESS, (*who, reason, stamp(now)))


def _edition(row: Any) -> EditionRecord:  # noqa: ANN401  # a row is what SQLite returns
    frequency, name, since, until, state, created, articles, approved = row
    return EditionRecord(
        frequency=frequency,
        name=name,
        since=parse_stamp(since),
        until=parse_stamp(until),
        state=state,
        created=parse_stamp(created),
        articles=tuple(json.loads(articles)),
        approved=approved,
    )


def _delivery(row: Any) -> Delivery:  # noqa: ANN401
    edition, address, variant, message_id, state, attempts, reply = row
    return Delivery(
        edition=edition,
        address=address,
        variant=variant,
        message_id=message_id,
        state=state,
        attempts=attempts,
        reply=reply,
    )
