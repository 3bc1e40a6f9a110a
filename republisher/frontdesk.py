"""The composition root of what readers do: a configuration becomes a reception. It decides nothing else."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from republisher import app, mailroom
from republisher.digest.inbox import Words
from republisher.digest.letters import Letters
from republisher.digest.links import Links
from republisher.digest.mailboxes import read_imap, read_maildir
from republisher.digest.reception import Reception
from republisher.digest.smtp import SmtpPostman
from republisher.digest.subscribers import Defaults
from republisher.digest.tokens import Tokens, load_key
from republisher.errors import ConfigError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from republisher.config import Config
    from republisher.digest.inbox import Kind
    from republisher.digest.ledger import Ledger
    from republisher.digest.settings import DigestSettings
    from republisher.digest.smtp import Posting
    from republisher.digest.web import Application
    from republisher.messages import Catalogues

_MAIL = "Unsubscribe"
"""A message that only catalogues for mail have."""


def reception(config: Config) -> Reception:
    """Return what takes readers in; raise `ConfigError`."""
    settings = mailroom.settings_of(config)
    environment, catalogues = app.templates(config)
    letters = Letters(
        environment=environment,
        translate=catalogues.translations,
        site=config.site,
        settings=settings,
        links=Links.of(settings, Tokens(load_key(settings.key))),
    )
    return Reception(
        letters=letters,
        post=partial(_post, settings),
        topics=tuple(topic.slug for topic in app.topics(config)),
        languages=_languages(catalogues),
        words=_words(catalogues),
    )


def application(config: Config, now: Callable[[], datetime]) -> Application:
    """Return the application for subscribers; raise `ConfigError` if it could not do its work."""
    from republisher.digest.reader_pages import ReaderPages  # noqa: PLC0415
    from republisher.digest.web import Application  # noqa: PLC0415

    settings = mailroom.settings_of(config)
    if not settings.web:
        raise ConfigError(f"{config.path}: digest.web is missing: the address readers reach the application at")
    mailroom.server(settings)  # without it nobody could be asked to confirm
    mailroom.open_ledger(config).close()  # what is wrong with it is told now, not to the first reader
    desk = reception(config)
    letters = desk.letters
    letters.addressed()
    return Application(
        reception=desk,
        pages=ReaderPages(
            environment=letters.environment,
            translate=letters.translate,
            site=config.site,
            topics=app.topics(config),
            languages=desk.languages,
        ),
        open_ledger=partial(mailroom.open_ledger, config),
        now=now,
    )


def collect(config: Config, ledger: Ledger, now: datetime) -> Counter[Kind]:
    """Do what the mails in the configured mailbox want, and count them; without one there are none."""
    inbox = mailroom.settings_of(config).inbox
    if inbox is None:
        return Counter()
    if inbox.maildir is not None:
        mails = read_maildir(inbox.maildir)
    else:
        mails = read_imap(
            inbox, mailroom.password(inbox.user, inbox.password_file, inbox.password_variable, "digest.inbox")
        )
    return reception(config).collect(mails, ledger, now)


def _languages(catalogues: Catalogues) -> tuple[LanguageTag, ...]:
    """Return the languages digests are written in: English, and those whose catalogue has the words of mail."""
    return tuple(
        LanguageTag(tag)
        for tag in catalogues.languages()
        if tag == "en" or catalogues.translations(tag).gettext(_MAIL) != _MAIL
    )


def _words(catalogues: Catalogues) -> Words:
    """Return how readers say what they want in every language of mail."""
    spoken = [catalogues.translations(tag).gettext for tag in _languages(catalogues)]
    return Words(
        join=Words().join | {one("Subscribe").casefold() for one in spoken},
        leave=Words().leave | {one("Unsubscribe").casefold() for one in spoken},
    )


def defaults(config: Config, now: datetime, consent: str = "") -> Defaults:
    """Return what lists of subscribers are read with."""
    slugs = tuple(topic.slug for topic in app.topics(config))
    return Defaults(now=now, language=config.site.language, topics=slugs, consent=consent)


def _post(settings: DigestSettings, posting: Posting) -> str:
    """Hand over one letter; return why it was refused, empty if it was not."""
    with SmtpPostman(mailroom.server(settings)) as postman:
        answer = postman.deliver(posting, lambda: True)
    return "" if answer.accepted else answer.reply
