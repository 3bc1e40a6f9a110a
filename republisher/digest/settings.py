"""The digest's part of the configuration: `[digest]` and the tables in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from republisher.digest.values import LIMIT, Frequency
from republisher.model import Person

if TYPE_CHECKING:
    from pathlib import Path

    from republisher.settings import Table

Security = Literal["starttls", "tls", "none"]
_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
_MARK: Final = "{token}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server mail is handed to."""

    host: str = ""
    """Empty: nothing can be sent."""
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password_file: Path | None = None
    password_variable: str = ""
    """The environment variable the password is in, if it is in no file."""
    connections: int = 2
    per_minute: int = 0
    """Messages at most; 0 means as fast as the server takes them."""
    most: int = 0
    """Messages in one run; 0 means all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """What messages are signed with, where the relay does not do it (RFC 6376)."""

    domain: str
    selector: str
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """Where bounces and readers' mails arrive: a Maildir, or a mailbox on an IMAP server."""

    maildir: Path | None = None
    host: str = ""
    port: int = 993
    user: str = ""
    password_file: Path | None = None
    password_variable: str = ""
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """Everything the digest is told."""

    sender: Person
    """Its address may be missing: then editions are made and published, and nothing can be sent."""
    reply_to: str | None
    bounces: str
    """Envelope sender; `{token}` is where each reader's own token comes, so that bounces tell who it was (VERP)."""
    requests: str
    """Where readers write to subscribe and to unsubscribe."""
    web: str | None
    """Where the application for subscribers is on the web, ending in a slash; None if there is none."""
    list_id: str
    limit: int
    """Articles of a channel that are shown."""
    approve: bool
    """Whether somebody must approve an edition before it is sent."""
    hold: bool
    """Whether messages of which nobody knows if they went are held for a person instead of being sent again."""
    folder: Path
    """Where editions are put for the editor."""
    ledger: Path
    key: Path
    """What readers' links are signed with; made when it is first needed."""
    smtp: SmtpSettings
    dkim: DkimSettings | None
    inbox: InboxSettings | None


def read(table: Table, base: Path, stem: str, site: tuple[Person, str]) -> DigestSettings:
    """Return the settings in `table`; paths count from `base`, `site` is who publishes and under which host."""
    author, host = site
    sender = table.table("from")
    settings = DigestSettings(
        sender=Person(name=sender.text("name", author.name), email=sender.email("email") or author.email),
        reply_to=table.email("reply_to"),
        bounces=table.text("bounces", ""),
        requests=table.email("requests") or "",
        web=_folder_address(table.url("web")),
        list_id=table.text("list_id", f"digest.{host}"),
        limit=table.number("limit", LIMIT),
        approve=table.truth("approve", default=False),
        hold=table.choice("uncertain", ("resend", "hold")) == "hold",
        folder=base / table.text("folder", "digest"),
        ledger=base / table.text("ledger", f"{stem}.digest.db"),
        key=base / table.text("key", f"{stem}.digest.key"),
        smtp=_smtp(table.table("smtp"), base),
        dkim=_dkim(table.table("dkim"), base),
        inbox=_inbox(table.table("inbox"), base),
    )
    if settings.bounces and (_MARK not in settings.bounces or "@" not in settings.bounces):
        table.problem("bounces", f"must be an address with {_MARK} in it, such as bounces+{_MARK}@example.org")
    if settings.limit < 1:
        table.problem("limit", "must be at least 1")
    sender.finish()
    table.finish()
    return settings


def frequencies() -> tuple[Frequency, ...]:
    """Return how often digests can come."""
    return cast("tuple[Frequency, ...]", get_args(Frequency))


def _folder_address(url: str | None) -> str | None:
    return url if url is None or url.endswith("/") else f"{url}/"


def _smtp(table: Table, base: Path) -> SmtpSettings:
    security = cast("Security", table.choice("security", get_args(Security)))
    settings = SmtpSettings(
        host=table.text("host", ""),
        port=table.number("port", _PORTS[security]),
        security=security,
        user=table.text("user", ""),
        password_file=_file(table, "password_file", base),
        password_variable=table.text("password_variable", ""),
        connections=table.number("connections", 2),
        per_minute=table.number("per_minute", 0),
        most=table.number("most", 0),
    )
    if not 1 <= settings.connections <= 20:  # noqa: PLR2004  # more is an attack
        table.problem("connections", "must be between 1 and 20")
    if settings.user and security == "none":
        table.problem("user", "would be sent in clear — set security to starttls or tls")
    table.finish()
    return settings


def _dkim(table: Table, base: Path) -> DkimSettings | None:
    if not table.keys:
        return None
    domain, selector, key = table.text("domain", ""), table.text("selector", ""), _file(table, "key_file", base)
    table.finish()
    if not (domain and selector and key):
        table.problem("", "needs a domain, a selector and a key_file")
        return None
    return DkimSettings(domain=domain, selector=selector, key=key)


def _inbox(table: Table, base: Path) -> InboxSettings | None:
    if not table.keys:
        return None
    settings = InboxSettings(
        maildir=_file(table, "maildir", base),
        host=table.text("host", ""),
        port=table.number("port", 993),
        user=table.text("user", ""),
        password_file=_file(table, "password_file", base),
        password_variable=table.text("password_variable", ""),
        folder=table.text("folder", "INBOX"),
    )
    table.finish()
    if (settings.maildir is None) == (not settings.host):
        table.problem("", "needs either a maildir or a host")
        return None
    return settings


def _file(table: Table, key: str, base: Path) -> Path | None:
    value = table.text(key, "")
    return base / value if value else None
