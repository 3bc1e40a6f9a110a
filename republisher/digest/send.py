"""Sending an edition: claim → compose → hand over → settle, on some connections at once, every step on record.

Each connection has a thread of its own; the ledger belongs to the thread that called. What threads want to have
stored lies in one queue, and all that lies there is stored in one transaction: what four connections wait for costs one
write to the disk, not four.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from republisher.digest.carrier import Carrier, Told
from republisher.digest.ledger import OPEN
from republisher.digest.verdict import Pace
from republisher.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from republisher.digest.carrier import Ask
    from republisher.digest.ledger import Change, Ledger
    from republisher.digest.smtp import Posting, Postman
    from republisher.digest.values import Delivery, DeliveryState

PATIENCE: Final = 20
"""After so many messages in a row that were not taken, the fault is with none of the readers."""
_NO_END: Final = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How an edition is sent."""

    connections: int = 1
    per_minute: int = 0
    """Messages in all, evenly; 0 for as many as the server takes."""
    most: int = 0
    """Messages in this run; 0 for all."""
    hold: bool = False
    """Whether what a crash left unknown waits for a person, rather than being sent once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did."""

    edition: str
    done: Mapping[DeliveryState, int]
    """How many messages of this run came to which end."""
    counts: Mapping[DeliveryState, int]
    """How the whole edition stands now."""
    stopped: str = ""
    """Why the run ended before its end, and what to do; empty if it did not."""
    for_all: bool = False
    """Whether that holds for other editions as well: the server refuses us, or somebody stopped it."""

    @property
    def left(self) -> int:
        """How many readers a later run still has to do with."""
        return sum(self.counts.get(state, 0) for state in OPEN)


def send(  # noqa: PLR0913  # the network, the clock and the letters come from outside
    ledger: Ledger,
    edition: str,
    connect: Callable[[], Postman],
    compose: Callable[[Delivery], Posting | None],
    *,
    now: Callable[[], datetime],
    settings: SendSettings | None = None,
    sleep: Callable[[float], None] = time.sleep,
    progress: Callable[[Change], None] = lambda _: None,
) -> Report:
    """Send what is due of a prepared edition, and return what became of it.

    `connect` and `compose` are called in threads of their own, where the ledger may not be touched; `compose` returns
    None for somebody who reads us no more. Raises `LockedError` if another run is sending, `StoreError` if the ledger
    cannot be written: nothing more is sent then.
    """
    settings = settings or SendSettings()
    with ledger.alone():
        ledger.recover(edition, hold=settings.hold)
        before = ledger.counts(edition)
        desk = _Desk(ledger, edition, now, settings, progress)
        count = min(settings.connections, ledger.due(edition, now()), settings.most or settings.connections)
        desk.serve(
            [Carrier(post=desk.post, connect=connect, compose=compose, now=now, sleep=sleep) for _ in range(count)]
        )
        counts = ledger.counts(edition)
        if counts and not any(counts.get(state) for state in OPEN):
            ledger.set_edition_state(edition, "sent")
    desk.done["suppressed"] = counts.get("suppressed", 0) - before.get("suppressed", 0)
    return Report(edition=edition, done=dict(+desk.done), counts=counts, stopped=desk.stopped, for_all=desk.for_all)


class _Desk:
    """Where the threads come to: it stores what they bring and gives out messages, in the thread of the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        edition: str,
        now: Callable[[], datetime],
        settings: SendSettings,
        progress: Callable[[Change], None],
    ) -> None:
        self._ledger = ledger
        self._edition = edition
        self._now = now
        self._progress = progress
        self._queue: SimpleQueue[Ask] = SimpleQueue()
        self._brought: list[Ask] = []
        """What is to be stored in this turn."""
        self._waiting: list[Ask] = []
        """Who wants a message and has not been given one."""
        self._claimed: list[Delivery] = []
        """What is theirs and has not been given."""
        self._none_left = False
        self._pace = Pace(settings.per_minute, time.monotonic())
        self._budget = settings.most or _NO_END
        self._alive = 0
        self._row = 0
        """How many messages in a row were not taken."""
        self._gone = ""
        """Why a connection ended, if one did."""
        self._broken: Exception | None = None
        self.done: Counter[DeliveryState] = Counter()
        self.stopped = ""
        self.for_all = False
        self.post = self._queue.put

    def serve(self, carriers: Sequence[Carrier]) -> None:
        """Serve until every thread has ended."""
        self._alive = len(carriers)
        for carrier in carriers:
            threading.Thread(target=carrier.run, daemon=True, name="post").start()
        while self._alive or self._brought:
            try:
                self._collect()
                self._turn()
            except KeyboardInterrupt:
                self.stopped = "interrupted — run it again to go on where it stopped"
            except Exception as error:  # noqa: BLE001  # raised again when no thread is left waiting
                self._broken = error
                self._send_home()
        if self._broken:
            raise self._broken
        self.for_all = bool(self.stopped)
        if self._ledger.due(self._edition, self._now()) or self._ledger.counts(self._edition).get("committing"):
            self.stopped = self.stopped or self._gone

    def _collect(self) -> None:
        """Take all that lies in the queue; wait for something, but no longer than until the next message may go."""
        with suppress(Empty):
            if not self._brought:
                pause = self._pace.wait(time.monotonic()) if self._waiting else None
                self._brought.append(self._queue.get(timeout=pause))
            while True:
                self._brought.append(self._queue.get_nowait())

    def _turn(self) -> None:
        """Store what was brought and claim what may go, in one transaction; then answer."""
        if self._broken:
            self._send_home()
            return
        for ask in self._brought:
            self.stopped = self.stopped or ask.stop
        changes = [change for ask in self._brought for change in ask.changes]
        for change in changes:
            self._lose_patience(change)
        wanting = len(self._waiting) + sum(ask.wants for ask in self._brought)
        limit = 0 if self.stopped else self._pace.allowed(time.monotonic(), min(wanting, self._budget))
        took: tuple[bool, ...] = ()
        claimed: tuple[Delivery, ...] = ()
        if changes or limit:
            took, claimed = self._ledger.settle(self._edition, changes, limit, self._now())
        self._claimed += claimed
        self._budget -= len(claimed)
        self._none_left = len(claimed) < limit
        self._answer(dict(zip(map(id, changes), took, strict=True)))
        self._give()

    def _answer(self, took: Mapping[int, bool]) -> None:
        """Tell those who brought something that it is stored, and count it."""
        while self._brought:
            ask = self._brought.pop(0)
            self._alive -= ask.ended
            self._gone = ask.gone or self._gone
            if ask.wants:
                self._waiting.append(ask)
            else:
                ask.told.set_result(Told(took=all(took[id(change)] for change in ask.changes)))
            for change in ask.changes:
                if took[id(change)] and change.state != "committing":
                    self._count(change)

    def _give(self) -> None:
        """Give messages to those who wait; if there will be none any more, tell the others."""
        while self._claimed:
            self._waiting.pop(0).told.set_result(Told(delivery=self._claimed.pop(0)))
        if self.stopped or self._none_left or not self._budget:
            for ask in self._waiting:
                ask.told.set_result(Told())
            self._waiting.clear()

    def _count(self, change: Change) -> None:
        if change.state != "pending":
            self.done[change.state] += 1
        self._progress(change)

    def _lose_patience(self, change: Change) -> None:
        """Stop after too many refusals in a row; that an address does not exist says nothing about the others."""
        if change.state == "sent":
            self._row = 0
        elif change.state in {"deferred", "failed"} and change.fault != "gone":
            self._row += 1
        if self._row >= PATIENCE:
            self.stopped = self.stopped or (
                f"{PATIENCE} messages in a row were not taken, the last with {change.reply!r} — see whether the"
                " mail server takes our mail at all, then run it again"
            )

    def _send_home(self) -> None:
        """End every thread: what cannot be stored must not be sent."""
        brought, self._brought = self._brought, []
        for ask in (*brought, *self._waiting):
            self._alive -= ask.ended
            ask.told.set_exception(StoreError("the ledger cannot be written — the run has ended"))
        self._waiting.clear()
