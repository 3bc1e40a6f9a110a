"""Letters to one reader about the subscription itself: please confirm; you are subscribed already. Plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import TemplateError

from republisher import text
from republisher.digest.message import build
from republisher.digest.smtp import Posting
from republisher.digest.values import Letter
from republisher.digest.wrap import wrapped
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jinja2 import Environment

    from republisher.digest.links import Links
    from republisher.digest.settings import DigestSettings
    from republisher.digest.values import Subscriber
    from republisher.model import Site

Kind = Literal["ask", "known"]
_BLANKS = "\n\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Writes letters; `environment` holds the templates, `translate` the words."""

    environment: Environment
    translate: Callable[[str], Any]
    site: Site
    settings: DigestSettings
    links: Links

    def write(self, kind: Kind, subscriber: Subscriber, number: int, now: datetime) -> Posting:
        """Return a letter as it is handed over; raise `ConfigError` if nobody could send it or answer it.

        Where answers are read, the subject of one that asks holds a token: whoever answers it has confirmed.
        """
        email = self.addressed()
        words = self.translate(subscriber.language).gettext
        token = self.links.tokens.make("confirm", number)
        answers = self.settings.inbox is not None
        if kind == "ask" and not (answers or self.links.web):
            raise ConfigError("nobody can confirm — set digest.web, or say in [digest.inbox] where answers arrive")
        subject = words("Confirm your subscription" if kind == "ask" else "You are subscribed.")
        if kind == "ask" and answers:
            subject = f"{subject} ({token})"
        letter = Letter(
            sender=self.settings.sender,
            to=subscriber.address,
            reply_to=self.links.requests if self.links.requests != email else None,
            envelope_from=self.links.envelope(number),
            message_id=f"{text.digest(kind, token, now.isoformat())}@{email.rpartition('@')[2]}",
            subject=f"{self.site.title}: {subject}",
            html="",
            text=self._text(kind, subscriber, number),
            language=subscriber.language,
            list_id=self.settings.list_id,
            list_name=self.site.title,
            unsubscribe=(),
            one_click=False,
            archive="",
        )
        return Posting(sender=letter.envelope_from, to=letter.to, content=build(letter, now))

    def addressed(self) -> str:
        """Return the address letters come from; raise `ConfigError` if there is none."""
        if not self.settings.sender.email:
            raise ConfigError("nobody is there to send mail — give digest.from an email")
        return self.settings.sender.email

    def _text(self, kind: Kind, subscriber: Subscriber, number: int) -> str:
        try:
            made = self.environment.get_template("digest-confirm.txt").render(
                known=kind == "known",
                site=self.site,
                gettext=self.translate(subscriber.language).gettext,
                wrap=wrapped,
                address=subscriber.address,
                answers=self.settings.inbox is not None,
                confirm=self.links.confirm(number),
                preferences=self.links.preferences(number, subscriber),
                unsubscribe=self.links.unsubscribe(number)[0],
            )
        except TemplateError as error:
            raise ConfigError(f"digest-confirm.txt: the template cannot be used: {error.message}") from error
        while _BLANKS in made:
            made = made.replace(_BLANKS, "\n\n")
        return made.strip() + "\n"
