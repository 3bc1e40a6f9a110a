"""What readers may do: ask, confirm, change, leave, complain; and what follows from mail that comes back.

Each is safe to do twice. Suppression wins over everything but the reader's own confirmation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from republisher.digest.tokens import mark_of

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.digest.ledger import Ledger
    from republisher.digest.tokens import Claim
    from republisher.digest.values import Subscriber

Answer = Literal["ask", "known", "refused"]
"""What is done about somebody who wants to subscribe: ask them to confirm; say that they are subscribed; nothing."""

LEFT: Final = "unsubscribed"
COMPLAINED: Final = "complained"


def subscribe(ledger: Ledger, wish: Subscriber, now: datetime) -> Answer:
    """Take down that somebody wants to subscribe; who complained once is not written to because a form says so."""
    if ledger.reason(wish.address) == COMPLAINED:
        return "refused"
    known = ledger.subscriber(wish.address)
    if known and known.state == "active" and not ledger.suppressed([known.address]):
        return "known"
    ledger.set_subscriber(replace(wish, state="pending", since=now, consent=""))
    return "ask"


def confirm(ledger: Ledger, number: int, how: str, now: datetime) -> Subscriber | None:
    """Make a reader who was asked active; return None if there is nobody to be confirmed.

    This alone takes an address off the suppressions: its owner has just shown that mail arrives and is wanted.
    """
    found = ledger.numbered(number)
    if found is None or found.state == "unsubscribed":
        return None
    if found.state == "pending":
        ledger.lift(found.address)
        found = replace(found, state="active", since=now, consent=f"confirmed {how} on {now:%Y-%m-%d}")
        ledger.set_subscriber(found)
    return found


def change(ledger: Ledger, number: int, wish: Subscriber) -> Subscriber | None:
    """Give a reader the language, topics and frequency of `wish`; return None if there is no such reader."""
    found = ledger.numbered(number)
    if found is None or found.state == "unsubscribed":
        return None
    changed = replace(found, language=wish.language, topics=wish.topics, frequency=wish.frequency)
    if changed != found:
        ledger.set_subscriber(changed)
    return changed


def leave(ledger: Ledger, address: str, now: datetime, reason: str = LEFT) -> bool:
    """See to it that nothing more is sent to `address`; return whether that is new."""
    found = ledger.subscriber(address)
    new = not ledger.suppressed([address])
    ledger.suppress(address, reason, now)
    if found and found.state != "unsubscribed":
        ledger.set_subscriber(replace(found, state="unsubscribed", since=now))
    return new


def whose(ledger: Ledger, claim: Claim | None, message_id: str = "") -> tuple[str, str]:
    """Return the address and the edition a token or a Message-ID tells of, each empty if nobody knows."""
    delivery = ledger.delivery(message_id) if message_id else None
    if claim is None:
        return (delivery.address, delivery.edition) if delivery else ("", "")
    found = ledger.numbered(claim.number)
    address = found.address if found else ""
    if claim.mark:
        return address, next((one.key for one in ledger.editions() if mark_of(one.key) == claim.mark), "")
    return address, delivery.edition if delivery and delivery.address == address else ""


def came_back(ledger: Ledger, who: tuple[str, str], reply: str, now: datetime, *, gone: bool) -> None:
    """Note that a message to an address, of an edition, came back for good.

    It is counted with its edition. A letter about a subscription is of none: there is only the address to be given up.
    """
    address, edition = who
    if address and edition:
        ledger.bounce(edition, address, reply, now, gone=gone)
    elif address and gone:
        ledger.suppress(address, "the address does not exist", now)
