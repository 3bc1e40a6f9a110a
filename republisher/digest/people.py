"""Who reads: subscribers, those who are sent nothing whatever a list says, and how a person is forgotten."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from republisher.digest.ledger_file import LedgerFile
from republisher.digest.values import Subscriber, Suppression
from republisher.store.codec import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_SUBSCRIBER = "SELECT address, language, topics, frequency, state, since, consent FROM subscribers "
_PUT = """
    INSERT INTO subscribers (person, address, language, topics, frequency, state, since, consent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET
    address = excluded.address, language = excluded.language, topics = excluded.topics,
    frequency = excluded.frequency, state = excluded.state, since = excluded.since, consent = excluded.consent
"""
SUPPRESS = "INSERT OR IGNORE INTO suppressions (mark, address, reason, since) VALUES (?, ?, ?, ?)"
_FORGET = """
    UPDATE deliveries SET address = '', message_id = '', variant = '', reply = '',
    state = CASE WHEN state IN ('pending', 'sending', 'deferred', 'held') THEN 'suppressed' ELSE state END
    WHERE mark = ?
"""


class People(LedgerFile):
    """What the ledger knows of people; addresses that differ in case only are one person."""

    def subscribers(self) -> tuple[Subscriber, ...]:
        """Return everybody, in the order of their addresses, whatever their state."""
        return tuple(map(_subscriber, self.rows(_SUBSCRIBER + "ORDER BY person")))

    def subscriber(self, address: str) -> Subscriber | None:
        """Return who has `address`."""
        rows = self.rows(_SUBSCRIBER + "WHERE person = ?", person(address))
        return _subscriber(rows[0]) if rows else None

    def numbers(self) -> dict[str, int]:
        """Return everybody's number, by `person(address)`."""
        return cast("dict[str, int]", dict(cast("Any", self.rows("SELECT person, id FROM subscribers"))))

    def number(self, address: str) -> int | None:
        """Return the number of who has `address`: it never changes, and is given to nobody else later."""
        rows = self.rows("SELECT id FROM subscribers WHERE person = ?", person(address))
        return cast("int", rows[0][0]) if rows else None

    def numbered(self, number: int) -> Subscriber | None:
        """Return who has `number`."""
        rows = self.rows(_SUBSCRIBER + "WHERE id = ?", number)
        return _subscriber(rows[0]) if rows else None

    def set_subscriber(self, *subscribers: Subscriber) -> None:
        """Keep `subscribers`, all or none, in place of what was known of them; suppressions stay."""
        with self.transaction() as connection:
            connection.executemany(_PUT, map(_row, subscribers))

    def suppress(self, address: str, reason: str, now: datetime) -> None:
        """See to it that nothing more is sent to `address`; the first reason stays."""
        with self.transaction() as connection:
            connection.execute(SUPPRESS, (self.mark_of(address), address, reason, stamp(now)))

    def lift(self, address: str) -> bool:
        """Let mail go to `address` again, as its reader has asked to; return whether it was suppressed."""
        with self.transaction() as connection:
            return bool(
                connection.execute("DELETE FROM suppressions WHERE mark = ?", (self.mark_of(address),)).rowcount
            )

    def suppressed(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those of `addresses` nothing may be sent to."""
        known = {row[0] for row in self.rows("SELECT mark FROM suppressions")}
        return frozenset(address for address in addresses if self.mark_of(address) in known)

    def reason(self, address: str) -> str:
        """Return why nothing may be sent to `address`, empty if something may."""
        rows = self.rows("SELECT reason FROM suppressions WHERE mark = ?", self.mark_of(address))
        return cast("str", rows[0][0]) if rows else ""

    def suppressions(self) -> tuple[Suppression, ...]:
        """Return every suppression, the oldest first."""
        rows = cast("Any", self.rows("SELECT address, reason, since FROM suppressions ORDER BY since, mark"))
        return tuple(Suppression(address=row[0], reason=row[1], since=parse_stamp(row[2])) for row in rows)

    def erase(self, address: str, now: datetime) -> bool:
        """Forget who has `address`, and overwrite what is deleted; return whether anything was known.

        What stays: that somebody was sent an edition, for the counts, and a keyed hash of the address among the
        suppressions, so that an old list does not bring the person back.
        """
        mark = self.mark_of(address)
        with self.transaction() as connection:
            known = [
                connection.execute("DELETE FROM subscribers WHERE person = ?", (person(address),)).rowcount,
                connection.execute(_FORGET, (mark,)).rowcount,
                connection.execute("UPDATE suppressions SET address = '' WHERE mark = ?", (mark,)).rowcount,
            ]
            if any(known):
                connection.execute(SUPPRESS, (mark, "", "erased", stamp(now)))
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return any(known)

    def inventory(self) -> dict[str, int]:
        """Return how many rows with personal data each table has."""
        return {
            table: cast("int", self.rows(f"SELECT count(*) FROM {table} WHERE address <> ''")[0][0])  # noqa: S608
            for table in ("subscribers", "suppressions", "deliveries")
        }

    def drop_unconfirmed(self, before: datetime) -> int:
        """Forget those who were asked to confirm `before`, and never did; return how many."""
        with self.transaction() as connection:
            return connection.execute(
                "DELETE FROM subscribers WHERE state = 'pending' AND since < ?", (stamp(before),)
            ).rowcount

    def mark_of(self, address: str) -> str:
        """Return what stands for the person in the record of what was sent: a hash only this ledger can make."""
        return blake2b(person(address).encode("utf-8", "replace"), key=self._salt, digest_size=16).hexdigest()

    @cached_property
    def _salt(self) -> bytes:
        return cast("str", self.rows("SELECT value FROM meta WHERE key = 'salt'")[0][0]).encode("ascii")


def person(address: str) -> str:
    """Return what is the same for all spellings of an address that are one person."""
    return address.strip().casefold()


def _row(subscriber: Subscriber) -> tuple[str, ...]:
    return (
        person(subscriber.address),
        subscriber.address,
        subscriber.language,
        " ".join(subscriber.topics),
        subscriber.frequency,
        subscriber.state,
        stamp(subscriber.since),
        subscriber.consent,
    )


def _subscriber(row: Any) -> Subscriber:  # noqa: ANN401  # a row is what SQLite returns
    address, language, topics, frequency, state, since, consent = row
    return Subscriber(
        address=address,
        language=language,
        topics=tuple(topics.split()),
        frequency=frequency,
        state=state,
        since=parse_stamp(since),
        consent=consent,
    )
