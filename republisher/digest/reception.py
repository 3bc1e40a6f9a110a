"""What follows from what readers do, by mail or on the web: letters go out, the ledger changes.

mailbox ──► understand ──► obey ──► done      a mail is put away only after the ledger has what it said
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from republisher.digest import membership
from republisher.digest.inbox import understand
from republisher.digest.subscribers import wished
from republisher.digest.values import Subscriber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from republisher.digest.inbox import Event, Kind, Words
    from republisher.digest.ledger import Ledger
    from republisher.digest.letters import Letters
    from republisher.digest.mailboxes import Received
    from republisher.digest.membership import Answer
    from republisher.digest.smtp import Posting
    from republisher.model import LanguageTag

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(days=30)
"""How long somebody may take to confirm; then they are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Takes in those who want to subscribe, and does what readers ask for."""

    letters: Letters
    post: Callable[[Posting], str]
    """Hands a letter over; returns why it was refused, empty if it was not; raises `DeliveryError` without a server."""
    topics: tuple[str, ...]
    languages: tuple[LanguageTag, ...]
    words: Words

    def receive(self, ledger: Ledger, wish: Subscriber, now: datetime) -> tuple[Answer, str]:
        """Take down a wish and send the letter that goes with it; return what it was, and why it was refused.

        Who never gets it or never confirms gets nothing else either, may try again, and is forgotten in time.
        """
        answer = membership.subscribe(ledger, wish, now)
        reader, number = ledger.subscriber(wish.address), ledger.number(wish.address)
        if answer == "refused" or reader is None or number is None:
            return answer, ""
        return answer, self.post(self.letters.write(answer, reader, number, now))

    def collect(self, mails: Iterable[Received], ledger: Ledger, now: datetime) -> Counter[Kind]:
        """Do what `mails` want, and count them; what cannot be done is left to a person, under `unclear`."""
        ledger.drop_unconfirmed(now - PATIENCE)
        counts: Counter[Kind] = Counter()
        written: set[str] = set()
        for mail in mails:
            event = understand(mail.content, self.letters.links.tokens, self.words)
            again = event.kind == "join" and event.address in written
            understood = again or self.obey(ledger, event, now)
            mail.done(understood)
            counts[event.kind if understood else "unclear"] += 1
            if event.kind == "join":
                written.add(event.address)
        return counts

    def obey(self, ledger: Ledger, event: Event, now: datetime) -> bool:
        """Do what a mail wants; return whether that was possible."""
        if event.kind in {"bounce", "complaint", "refusal"}:
            return self._reported(ledger, event, now)
        if event.kind == "leave":
            return self._leave(ledger, event, now)
        if event.kind == "join":
            return self._join(ledger, event, now)
        if event.kind == "confirm" and event.claim:
            return membership.confirm(ledger, event.claim.number, "by mail", now) is not None
        if event.kind == "change" and event.claim:
            return self._change(ledger, event, event.claim.number)
        return event.kind in {"automatic", "delay"}

    def _reported(self, ledger: Ledger, event: Event, now: datetime) -> bool:
        who = membership.whose(ledger, event.claim, event.message_id)
        if event.kind == "refusal":
            log.warning("a message was refused for what it is: %s — look at the sender's reputation", event.reply)
        elif event.kind == "complaint" and who[0]:
            membership.leave(ledger, who[0], now, membership.COMPLAINED)
        else:
            membership.came_back(ledger, who, event.reply, now, gone=event.gone)
        return bool(who[0] or event.claim)

    def _leave(self, ledger: Ledger, event: Event, now: datetime) -> bool:
        """End a subscription: that of the token, or that of who wrote, whom to believe in this does no great harm."""
        address = membership.whose(ledger, event.claim)[0] if event.claim else event.address
        if address and ledger.subscriber(address):
            membership.leave(ledger, address, now)
            return True
        return event.claim is not None

    def _join(self, ledger: Ledger, event: Event, now: datetime) -> bool:
        blank = Subscriber(address=event.address, language=self.letters.site.language, state="pending", since=now)
        known = ledger.subscriber(event.address) or blank
        before = replace(known, language=known.language, state="pending")
        _, refusal = self.receive(ledger, wished(before, event.words, self.topics, self.languages), now)
        if refusal:
            log.warning("%s: the letter was refused: %s", event.address, refusal)
        return not refusal

    def _change(self, ledger: Ledger, event: Event, number: int) -> bool:
        before = ledger.numbered(number)
        if before is None:
            return False
        return membership.change(ledger, number, wished(before, event.words, self.topics, self.languages)) is not None
