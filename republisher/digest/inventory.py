"""What is kept of people: a row for each kind of fact, with its purpose and its end; docs/privacy.md shows the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kind of fact that is kept of a person."""

    what: str
    where: str
    """`ledger`, or what else it is in."""
    table: str = ""
    """Of the ledger."""
    why: str
    until: str


INVENTORY: Final = (
    Kept(
        what="Address, language, topics, frequency, state, since when, and how they agreed",
        where="ledger",
        table="subscribers",
        why="to send what was asked for, and to show that it was",
        until="erased; after 30 days if never confirmed",
    ),
    Kept(
        what="Addresses nothing is sent to, why and since when",
        where="ledger",
        table="suppressions",
        why="so that no list brings back who left",
        until="the person subscribes anew; after erasure a keyed hash instead of the address",
    ),
    Kept(
        what="Which edition went to whom, when, and what the mail server answered",
        where="ledger",
        table="deliveries",
        why="so that nothing is lost or sent twice, and bounces are understood",
        until="400 days after the edition was made, if it is finished; once a person is erased only the count stays",
    ),
    Kept(
        what="Bounces and readers' mails",
        where="mailbox",
        why="to be read by `republish digest send` and `republish subscribers inbox`",
        until="you empty the mailbox",
    ),
)
