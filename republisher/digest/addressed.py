"""Editions as letters: what a variant says, with one reader's own links and what lists need (RFC 2369, RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from republisher.digest.message import build
from republisher.digest.render import personal
from republisher.digest.values import Letter
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from republisher.digest.links import Links
    from republisher.digest.settings import DigestSettings
    from republisher.digest.values import Bodies, Delivery, Digest, Frequency, Subscriber, Variant
    from republisher.model import Person, Site

_NAMES: Final[Mapping[Frequency, str]] = {
    "daily": "Daily digest",
    "weekly": "Weekly digest",
    "monthly": "Monthly digest",
}
"""Messages of the catalogues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresser:
    """Makes letters of editions."""

    settings: DigestSettings
    site: Site
    translate: Callable[[str], Any]
    links: Links

    def name(self, variant: Variant) -> str:
        """Return what a digest is called in its language."""
        return str(self.translate(variant.language).gettext(_NAMES[variant.frequency]))

    def letter(self, reader: Subscriber, number: int, bodies: Bodies, delivery: Delivery, variant: Variant) -> Letter:
        """Return the letter to a reader who has `number` in the ledger; raise `ConfigError` without a sender."""
        unsubscribe = self.links.unsubscribe(number)
        html, text = personal(bodies, unsubscribe[0], self.links.preferences(number, reader))
        return Letter(
            sender=self.sender(),
            to=reader.address,
            reply_to=self.settings.reply_to,
            envelope_from=self.links.envelope(number, delivery.edition),
            message_id=delivery.message_id,
            subject=bodies.subject,
            html=html,
            text=text,
            language=variant.language,
            list_id=self.settings.list_id,
            list_name=self.site.title,
            unsubscribe=unsubscribe,
            one_click=self.links.one_click,
            archive=f"{self.site.url}digest/{delivery.edition}/{variant.key}.html",
        )

    def specimen(self, digest: Digest, bodies: Bodies, date: datetime, to: str = "") -> bytes:
        """Return an edition as a message to nobody in particular: for who sends by other means, and for trials."""
        sender, requests = self.sender(), self.links.requests
        html, text = personal(
            bodies, f"mailto:{requests}?subject=unsubscribe", f"mailto:{requests}?subject=preferences"
        )
        variant = digest.variant
        letter = Letter(
            sender=sender,
            to=to or sender.email or "",
            envelope_from=sender.email or "",
            message_id=f"{variant.frequency}.{digest.name}.{variant.key}@{self.settings.list_id}",
            subject=bodies.subject,
            html=html,
            text=text,
            language=variant.language,
            list_id=self.settings.list_id,
            list_name=self.site.title,
            unsubscribe=(),
            one_click=False,
            archive=digest.page,
        )
        return build(letter, date)

    def sender(self) -> Person:
        """Return whom digests come from; raise `ConfigError` if no address is set."""
        if not self.settings.sender.email:
            raise ConfigError("digest.from.email is missing: the address digests come from")
        return self.settings.sender
