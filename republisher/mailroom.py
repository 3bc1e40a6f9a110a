"""The composition root of the digest: a configuration becomes a desk, a ledger and a post. It decides nothing else."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, cast

from republisher import app
from republisher.digest import desk as desks
from republisher.digest import publishing
from republisher.digest.addressed import Addresser
from republisher.digest.ledger import Ledger
from republisher.digest.links import Links
from republisher.digest.message import build, sign
from republisher.digest.people import person
from republisher.digest.render import DigestPages
from republisher.digest.send import SendSettings, send
from republisher.digest.smtp import Posting, PostSettings, SmtpPostman
from republisher.digest.tokens import Tokens, load_key
from republisher.digest.values import Variant
from republisher.errors import ConfigError, DeliveryError
from republisher.store.codec import dump_article, load_article
from republisher.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from republisher.config import Config
    from republisher.digest.desk import Desk, Issue
    from republisher.digest.ledger import Change
    from republisher.digest.send import Report
    from republisher.digest.settings import DigestSettings
    from republisher.digest.values import Delivery, Frequency
    from republisher.model import Article
    from republisher.store import SqliteStore

KEPT = timedelta(days=400)
"""How long it is kept what a finished edition said, and who got it."""
_FEED = "feed "
"""Note: the editions in the feed of a variant begin with this, and its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A configuration with what the digest needs of it."""

    config: Config
    settings: DigestSettings
    pages: DigestPages
    addresser: Addresser


def office(config: Config) -> Office:
    """Return what the digest is made with; raise `ConfigError` if the configuration says nothing of it."""
    settings = settings_of(config)
    environment, catalogues = app.templates(config)
    return Office(
        config=config,
        settings=settings,
        pages=DigestPages(environment=environment, translate=catalogues.translations, site=config.site),
        addresser=Addresser(
            settings=settings,
            site=config.site,
            translate=catalogues.translations,
            links=Links.of(settings, Tokens(load_key(settings.key))),
        ),
    )


def settings_of(config: Config) -> DigestSettings:
    """Return what the configuration says of the digest; raise `ConfigError` if it says nothing."""
    if config.mail is None:
        raise ConfigError(f"{config.path}: there is no [digest] in it — add one, as docs/howto.md shows")
    return config.mail


def open_ledger(config: Config, *, writing: bool = True) -> Ledger:
    """Open the ledger; raise `StoreError`."""
    return Ledger(str(settings_of(config).ledger), writing=writing)


def desk(given: Office, store: SqliteStore, ledger: Ledger, now: datetime) -> Desk:
    """Return what editions are made with."""
    config = given.config
    return desks.Desk(
        ledger=ledger,
        store=store,
        pages=given.pages,
        rest=lambda language: str(given.pages.translate(language).gettext("Other articles")),
        site=config.site,
        topics=app.topics(config),
        grouping=config.grouping,
        limit=given.settings.limit,
        folder=given.settings.folder,
        now=now,
    )


def show(given: Office, issue: Issue) -> tuple[Path, ...]:
    """Put an edition where the editor looks at it, its notes only if there are none yet; return what was written."""
    folder = given.settings.folder
    made = dict(desks.files(issue, given.pages))
    for key, bodies in issue.bodies.items():
        made[f"{issue.record.key}/{key}.eml"] = given.addresser.specimen(issue.digests[key], bodies, issue.record.until)
    if (folder / issue.record.key / desks.NOTES).is_file():
        del made[f"{issue.record.key}/{desks.NOTES}"]
    _, written = Writer(folder).write(made.items())
    return tuple(folder / path for path in written)


def publish(given: Office, issue: Issue, ledger: Ledger) -> tuple[str, ...]:
    """Put an edition on the web, as pages and in feeds; return the paths that changed."""
    site, known, titles = given.config.site, {}, {}
    for key, one in issue.digests.items():
        path = f"digest/{one.variant.frequency}/{key}"
        added = publishing.entry(one, issue.bodies[key], issue.record, site)
        before = tuple(load_article(body, "[]") for body in json.loads(ledger.note(f"{_FEED}{path}") or "[]"))
        known[path] = _newest(added, before)
        titles[path] = f"{given.addresser.name(one.variant)} — {site.title}"
        ledger.set_note(f"{_FEED}{path}", json.dumps([dump_article(article) for article in known[path]]))
    pages = {key: given.pages.page(one) for key, one in issue.digests.items()}
    made = [
        *publishing.pages(issue.digests.values(), pages, site),
        *publishing.feeds(known, titles, site, app.topics(given.config)),
    ]
    return Writer(given.config.output).write(made)[1]


def _newest(added: Article, before: tuple[Article, ...]) -> tuple[Article, ...]:
    others = (one for one in before if one.id != added.id)
    return tuple(sorted((added, *others), key=lambda one: one.published, reverse=True)[: publishing.KEPT])


def freeze(issue: Issue, ledger: Ledger) -> bool:
    """Fix what an edition says and who gets it; return false if that was done before."""
    return ledger.prepare(issue.record.key, issue.bodies, desks.deliveries(issue, ledger.mark_of), desks.frozen(issue))


def post(
    given: Office,
    ledger: Ledger,
    edition: str,
    now: Callable[[], datetime],
    progress: Callable[[Change], None],
    most: int,
) -> Report:
    """Send at most `most` of what is due of a frozen edition, 0 for all; raise `ConfigError` if no server is named."""
    smtp = given.settings.smtp
    numbers = ledger.numbers()
    readers = {person(one.address): one for one in ledger.subscribers()}
    frequency = cast("Frequency", edition.partition("/")[0])
    variants = {key: Variant.named(frequency, key) for key in ledger.variants(edition)}
    bodies = {key: ledger.bodies(edition, key) for key in variants}
    dkim = given.settings.dkim
    key = dkim.key.read_bytes() if dkim else b""

    def composed(delivery: Delivery) -> Posting | None:
        who = person(delivery.address)
        if who not in readers or who not in numbers:
            return None
        reader, number = readers[who], numbers[who]
        said = bodies.get(delivery.variant)
        if said is None:
            raise ConfigError(f"{delivery.edition}: {delivery.variant} is not in the ledger — restore it from a backup")
        letter = given.addresser.letter(reader, number, said, delivery, variants[delivery.variant])
        content = build(letter, now())
        if dkim:
            content = sign(content, dkim.domain, dkim.selector, key)
        return Posting(sender=letter.envelope_from, to=reader.address, content=content)

    return send(
        ledger,
        edition,
        partial(SmtpPostman, server(given.settings)),
        composed,
        now=now,
        settings=SendSettings(
            connections=smtp.connections,
            per_minute=smtp.per_minute,
            most=most,
            hold=given.settings.hold,
        ),
        progress=progress,
    )


def trial(given: Office, issue: Issue, address: str) -> int:
    """Send every variant of an edition to one address, without readers' links; return how many; nothing is recorded."""
    with SmtpPostman(server(given.settings)) as postman:
        for key, bodies in issue.bodies.items():
            content = given.addresser.specimen(issue.digests[key], bodies, issue.record.until, address)
            sender = given.settings.sender.email or ""
            answer = postman.deliver(Posting(sender=sender, to=address, content=content), lambda: True)
            if not answer.accepted:
                raise DeliveryError(f"{given.settings.smtp.host} did not take the trial: {answer.reply}")
    return len(issue.bodies)


def server(settings: DigestSettings) -> PostSettings:
    """Return which server takes our mail; raise `ConfigError` if none is named or its password cannot be had."""
    smtp = settings.smtp
    if not smtp.host:
        raise ConfigError("digest.smtp.host is missing: the server that takes our mail")
    return PostSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        password=password(smtp.user, smtp.password_file, smtp.password_variable, "digest.smtp"),
    )


def password(user: str, file: Path | None, variable: str, table: str) -> str:
    """Return the password for `user` from a file or the environment; raise `ConfigError` if there is none."""
    if not user:
        return ""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{table}.password_file: {file} cannot be read ({error}) — check its rights") from error
    if variable in os.environ:  # noqa: TID251  # the composition root
        return os.environ[variable]  # noqa: TID251  # likewise
    raise ConfigError(f"{table}: a user needs password_file, or password_variable naming one that is set")
