"""What a mail server's answer means for the message, the reader and the run; and how fast messages may go. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.digest.ledger import Fault
    from republisher.digest.smtp import Answer
    from republisher.digest.values import DeliveryState

TRIES: Final = 8
"""Refusals for now after which a message is given up: about four days."""
_FIRST: Final = timedelta(minutes=15)
_LONGEST: Final = timedelta(hours=24)
CLOSING: Final = 421
"""The server ends the connection (RFC 5321 §3.8)."""
_POLICY_CODES: Final = frozenset((530, 535, 538))
_POLICY: Final = re.compile(r"\brelay|authenticat", re.IGNORECASE)
"""How servers without enhanced codes say that the sender is the problem."""
_NO_SUCH: Final = frozenset(("5.1.1",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows from an answer."""

    state: DeliveryState
    fault: Fault = ""
    stop: bool = False
    """The run stops: the next reader would be answered likewise."""
    leave: bool = False
    """The connection is over."""


def judge(answer: Answer, attempts: int = 0) -> Verdict:
    """Return what follows from `answer` to a message that was refused for now `attempts` times before.

    Who is refused for a policy (5.7.x) is deferred and the run stops, so that a later run begins with others.
    """
    if answer.accepted:
        return Verdict(state="sent")
    if answer.code == CLOSING or (answer.stage == "mail" and answer.code // 100 == 4):  # noqa: PLR2004  # for now
        # Before a reader was named: many servers take a hundred messages on a connection, and then say so here.
        return Verdict(state="pending", leave=True)
    if answer.code // 100 == 5:  # noqa: PLR2004  # 5yz is a refusal for good
        return _refused_for_good(answer)
    # What is neither yes nor no is no SMTP: that conversation cannot go on.
    return refused(attempts, leave=answer.code // 100 != 4)  # noqa: PLR2004


def refused(attempts: int, *, leave: bool = False) -> Verdict:
    """Return what follows from a refusal for now, after `attempts` others."""
    return Verdict(state="failed" if attempts + 1 >= TRIES else "deferred", leave=leave)


def _refused_for_good(answer: Answer) -> Verdict:
    if answer.stage == "mail":
        return Verdict(state="pending", stop=True)
    if _is_policy(answer):
        return Verdict(state="deferred", stop=True)
    if answer.stage != "rcpt":
        return Verdict(state="failed")
    return Verdict(state="failed", fault="gone" if answer.enhanced in _NO_SUCH else "reader")


def _is_policy(answer: Answer) -> bool:
    if answer.enhanced:
        return answer.enhanced.startswith("5.7.")
    return answer.code in _POLICY_CODES or bool(_POLICY.search(answer.text))


def later(now: datetime, attempts: int) -> datetime:
    """Return when a message may be tried again that was refused for now `attempts` times before."""
    return now + min(_FIRST * int(4 ** min(attempts, 5)), _LONGEST)


class Pace:
    """Messages spread evenly over time; `at` is of a clock that nobody sets."""

    def __init__(self, per_minute: int, at: float) -> None:
        self._gap = 60 / per_minute if per_minute else 0.0
        self._next = at

    def allowed(self, at: float, wanted: int) -> int:
        """Return how many of `wanted` may go now; they count as gone."""
        if not self._gap or not wanted:
            return wanted
        if at < self._next:
            return 0
        self._next = max(self._next, at - self._gap) + self._gap
        return 1

    def wait(self, at: float) -> float:
        """Return the seconds until the next may go."""
        return max(0.0, self._next - at)
