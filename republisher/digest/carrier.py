"""One connection's work: take a message, hand it over, say what became of it; in a thread of its own."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from republisher.digest.ledger import Change
from republisher.digest.verdict import CLOSING, judge, later, refused
from republisher.errors import DeliveryError, DisconnectedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from republisher.digest.smtp import Answer, Posting, Postman
    from republisher.digest.values import Delivery
    from republisher.digest.verdict import Verdict

log = logging.getLogger(__name__)

_REST: Final = 2.0
"""Seconds before a connection that ended after good work is made anew, unless the server only counts messages."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk says to an `Ask`."""

    took: bool = True
    """Whether every change could be stored."""
    delivery: Delivery | None = None
    """The next message, if one was asked for and there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a thread wants to have stored, and whether it wants another message."""

    changes: tuple[Change, ...] = ()
    wants: bool = False
    stop: str = ""
    """Why nobody should be given another message."""
    gone: str = ""
    """Why this connection is over, if it ended too early."""
    ended: bool = False
    """The thread has nothing more to say."""
    told: Future[Told] = field(default_factory=Future)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What a thread is given: whom to ask, how to connect, how to compose."""

    post: Callable[[Ask], None]
    connect: Callable[[], Postman]
    compose: Callable[[Delivery], Posting | None]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def run(self) -> None:
        """Carry messages until there are none, the server wants no more, or the ledger cannot be written."""
        end = Ask(ended=True)
        try:
            while (rest := self._carry()) is not None:
                self.sleep(rest)
        except DisconnectedError as error:
            end = Ask(gone=str(error), ended=True)
        except DeliveryError as error:
            end = Ask(stop=str(error), ended=True)
        except StoreError:
            log.info("a connection was closed because the ledger cannot be written")
        except Exception:
            log.exception("a connection ended unexpectedly")
            end = Ask(stop="an unexpected error ended a connection — please report what --verbose says", ended=True)
        finally:
            self.post(end)

    def _carry(self) -> float | None:
        """Carry messages over one connection; if it ends too early though it was of use, return how long to rest."""
        postman = self.connect()
        useful = False
        end = _End()
        try:
            while True:
                delivery = self._ask(Ask(changes=end.changes, stop=end.stop, wants=True)).delivery
                if delivery is None:
                    return None
                end = self._hand_over(postman, delivery)
                useful = useful or end.useful
                if end.over:
                    self._ask(Ask(changes=end.changes, stop=end.stop))
                    if not useful:
                        raise DisconnectedError(end.over)
                    return end.rest
        finally:
            postman.close()

    def _ask(self, ask: Ask) -> Told:
        self.post(ask)
        return ask.told.result()

    def _hand_over(self, postman: Postman, delivery: Delivery) -> _End:
        unknown = False

        def committing() -> bool:
            nonlocal unknown
            unknown = self._ask(Ask(changes=(Change(delivery=delivery, state="committing"),))).took
            return unknown

        try:
            posting = self.compose(delivery)
        except Exception as error:  # one letter that cannot be written does not keep the others
            log.exception("%s: the letter cannot be written", delivery.message_id)
            return _End(changes=(self._change(delivery, refused(delivery.attempts), f"cannot be written: {error}"),))
        if posting is None:
            gone = Change(delivery=delivery, state="suppressed", reply="no subscriber any more")
            return _End(changes=(gone,))
        try:
            answer = postman.deliver(posting, committing)
        except DisconnectedError as error:
            back = Change(delivery=delivery, state="pending", reply=str(error))
            return _End(changes=() if unknown else (back,), over=str(error))
        except DeliveryError as error:
            return _End(changes=(Change(delivery=delivery, state="pending", reply=str(error)),), stop=str(error))
        return self._end(delivery, answer)

    def _end(self, delivery: Delivery, answer: Answer) -> _End:
        """Return what follows from an answer; what was withdrawn the ledger knows already."""
        verdict = judge(answer, delivery.attempts)
        why = f"the mail server says {answer.reply!r}"
        if answer.stage == "withdrawn":
            return _End(over="a message was withdrawn", useful=True)
        return _End(
            changes=(self._change(delivery, verdict, answer.reply),),
            useful=answer.accepted,
            stop=f"{why}, and would say so to every reader — check [digest.smtp], or ask whoever runs it"
            if verdict.stop
            else "",
            over=f"{why} — run it again later to go on where it stopped" if verdict.leave else "",
            rest=0 if answer.stage == "mail" and answer.code != CLOSING else _REST,
        )

    def _change(self, delivery: Delivery, verdict: Verdict, reply: str) -> Change:
        due = later(self.now(), delivery.attempts) if verdict.state == "deferred" else None
        return Change(delivery=delivery, state=verdict.state, reply=reply, due=due, fault=verdict.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """What became of a message."""

    changes: tuple[Change, ...] = ()
    stop: str = ""
    """Why the run must stop, if it must."""
    over: str = ""
    """Why the connection is over, if it is."""
    useful: bool = False
    """Whether the connection was good for something."""
    rest: float = _REST
    """Seconds before another is made, if it is over."""
