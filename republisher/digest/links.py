"""A reader's own addresses: to unsubscribe, to change what comes, to confirm; and where bounces of a message go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from republisher.digest.settings import DigestSettings
    from republisher.digest.tokens import Tokens
    from republisher.digest.values import Subscriber

LONGEST: Final = 75
"""Characters of an address that no program breaks or encodes in a header."""
UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes addresses for the reader with a number; without an application on the web they are all `mailto:`."""

    tokens: Tokens
    web: str | None
    """Ends in a slash."""
    requests: str
    """Where readers' mails go."""
    bounces: str
    """With `{token}` in it; empty if all bounces go to the sender."""
    sender: str

    @classmethod
    def of(cls, settings: DigestSettings, tokens: Tokens) -> Self:
        """Return the links that follow from `settings`; mails go to the sender if nothing better is said."""
        sender = settings.sender.email or ""
        return cls(
            tokens=tokens,
            web=settings.web,
            requests=settings.requests or settings.reply_to or sender,
            bounces=settings.bounces,
            sender=sender,
        )

    @property
    def one_click(self) -> bool:
        """Whether the first address to unsubscribe obeys RFC 8058."""
        return bool(self.web and self.web.startswith("https:"))

    def unsubscribe(self, number: int) -> tuple[str, ...]:
        """Return the addresses for `List-Unsubscribe` (RFC 2369 §3.2), that on the web first."""
        token = self.tokens.make("unsubscribe", number)
        spoken = f"mailto:{self.requests}?subject={UNSUBSCRIBE}-{token}"
        mail = spoken if len(spoken) <= LONGEST else f"mailto:{self.requests}?subject={token}"
        return (f"{self.web}u/{token}", mail) if self.web else (mail,)

    def preferences(self, number: int, subscriber: Subscriber) -> str:
        """Return where a reader changes what comes; a mail already says what comes now, to be overwritten."""
        token = self.tokens.make("preferences", number)
        if self.web:
            return f"{self.web}p/{token}"
        words = (f"{PREFERENCES}-{token}", subscriber.language, subscriber.frequency, *subscriber.topics)
        return f"mailto:{self.requests}?subject={quote(' '.join(words))}"

    def confirm(self, number: int) -> str:
        """Return where a reader confirms, empty if there is nothing on the web; the answer to a letter does too."""
        return f"{self.web}c/{self.tokens.make('confirm', number)}" if self.web else ""

    def envelope(self, number: int, edition: str = "") -> str:
        """Return the envelope sender of a message (VERP): what comes back to it tells the reader and the edition."""
        return self.bounces.replace("{token}", self.tokens.make("bounce", number, edition)) or self.sender
