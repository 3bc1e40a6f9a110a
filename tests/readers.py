"""A reception for tests, with one reader who was sent an edition; it keeps the letters it posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builders import NOON, site
from digests import TEMPLATES, pages
from republisher.digest.inbox import Words
from republisher.digest.ledger import Ledger
from republisher.digest.letters import Letters
from republisher.digest.links import Links
from republisher.digest.mailboxes import Received
from republisher.digest.reception import Reception
from republisher.digest.settings import DigestSettings, read
from republisher.digest.tokens import Tokens
from republisher.digest.values import Bodies, Delivery, EditionRecord, Subscriber
from republisher.model import LanguageTag, Person
from republisher.settings import Table

if TYPE_CHECKING:
    from republisher.digest.smtp import Posting

TOKENS = Tokens(b"k" * 32)
EDITION = "weekly/2026-W47"
WORDS = Words(join=frozenset({"subscribe", "구독"}), leave=frozenset({"unsubscribe", "구독 해지"}))


def links(web: str | None = None) -> Links:
    """Return what makes addresses."""
    return Links(
        tokens=TOKENS,
        web=web,
        requests="digest@example.org",
        bounces="b+{token}@example.org",
        sender="press@example.org",
    )


def token(purpose: Any, number: int = 1) -> str:
    """Return a token of ours."""
    return TOKENS.make(purpose, number)


class Office:
    """The reception, its ledger and its letters; the reader is anna@example.net, number 1."""

    def __init__(self, path: str = ":memory:", web: str | None = None) -> None:
        self.ledger = Ledger(path)
        self.posted: list[Posting] = []
        self.trouble: str | Exception = ""
        shown = pages()
        letters = Letters(
            environment=shown.environment, translate=shown.translate, site=site(), settings=settings(), links=links(web)
        )
        self.reception = Reception(
            letters=letters,
            post=self.post,
            topics=("health", "peace"),
            languages=tuple(map(LanguageTag, ("ar", "en", "ko", "zh-Hant"))),
            words=WORDS,
        )
        self.ledger.set_subscriber(
            Subscriber(address="anna@example.net", language=LanguageTag("en"), since=NOON, consent="asked")
        )
        record = EditionRecord(frequency="weekly", name="2026-W47", since=NOON, until=NOON, state="built", created=NOON)
        self.ledger.add_edition(record)
        bodies = {"en.all": Bodies(subject="", preheader="", html="", text="")}
        delivery = Delivery(
            edition=EDITION,
            address="anna@example.net",
            variant="en.all",
            message_id="w47.1@example.org",
            state="pending",
        )
        self.ledger.prepare(EDITION, bodies, [delivery])
        (claimed,) = self.ledger.claim(EDITION, 1, NOON)
        for state in ("committing", "sent"):
            self.ledger.mark(claimed, state, "250 ok", NOON)

    def post(self, posting: Posting) -> str:
        """Keep a letter."""
        if isinstance(self.trouble, Exception):
            raise self.trouble
        if not self.trouble:
            self.posted.append(posting)
        return self.trouble

    def comes(self, *contents: bytes) -> tuple[dict[str, int], list[bool]]:
        """Do what mails want; return what they were, and which were understood."""
        understood: list[bool] = []
        mails = [Received(content=content, done=understood.append) for content in contents]
        counts = self.reception.collect(mails, self.ledger, NOON)
        return {str(kind): number for kind, number in counts.items()}, understood

    def state(self, address: str = "anna@example.net") -> str:
        """Return how somebody stands."""
        found = self.ledger.subscriber(address)
        return found.state if found else ""


def settings(**changes: Any) -> DigestSettings:
    """Return settings as they are read."""
    problems: list[str] = []
    table = {
        "from": {"name": "Press", "email": "press@example.org"},
        "requests": "digest@example.org",
        "inbox": {"maildir": "Maildir"},
        **changes,
    }
    found = read(Table(table, "digest", problems), TEMPLATES, "press", (Person(name="Press"), "example.org"))
    assert not problems
    return found
