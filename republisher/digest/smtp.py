"""SMTP, one message at a time on a connection that stays open (RFC 5321).

`smtplib` opens the connection, encrypts it and logs in. The message itself is sent command by command, because the
ledger must know just before the last dot that the server may now take it.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal, Protocol, Self

from republisher.errors import DeliveryError, DisconnectedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Security = Literal["starttls", "tls", "none"]
Stage = Literal["mail", "rcpt", "data", "dot", "withdrawn"]

_FINAL_SECONDS: Final = 600.0
"""How long a server may think after the last dot (RFC 5321 §4.5.3.2.6): to leave before makes duplicates."""
_ENHANCED: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_UNSAFE: Final = re.compile(r"[\x00-\x20<>\x7f-\x9f]")
_NEWLINE: Final = re.compile(rb"\r\n|\r|\n")
_REPLY_LENGTH: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PostSettings:
    """Which server takes our mail, and how it knows us."""

    host: str
    port: int = 587
    security: Security = "starttls"
    """How the connection is encrypted; never less than that, whatever the server says."""
    user: str = ""
    password: str = ""
    name: str = ""
    """What we call ourselves in EHLO; this computer's own name if empty."""
    ca_file: Path | None = None
    """Certificates to be trusted besides the system's, PEM."""
    seconds: float = 300.0
    """How long one answer may take."""

    def __repr__(self) -> str:
        """Leave out the password, so that no traceback shows it."""
        return f"PostSettings({self.security}://{self.user}@{self.host}:{self.port})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message as it is handed over: the envelope (RFC 5321 §2.3.1), and the bytes in it."""

    sender: str
    """Where bounces go."""
    to: str
    content: bytes
    """Lines end in CRLF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What decided about a message: the reply that refused it, or the one to the last dot."""

    stage: Stage
    """The command it answers; `withdrawn` if we did not send the last dot."""
    code: int
    text: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the server has taken the message."""
        return self.stage == "dot" and 200 <= self.code < 300  # noqa: PLR2004  # 2yz is success

    @property
    def enhanced(self) -> str:
        """The enhanced status (RFC 3463), such as `5.1.1`; empty if there is none."""
        found = _ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def reply(self) -> str:
        """The reply in one printable line, for the ledger and for people."""
        words = " ".join("".join(letter if letter.isprintable() else " " for letter in self.text).split())
        return f"{self.code} {words}".strip()[:_REPLY_LENGTH]


class Postman(Protocol):
    """Somebody who hands over messages one after the other; belongs to one thread."""

    def deliver(self, posting: Posting, committing: Callable[[], bool]) -> Answer:
        """Hand over a message; ask `committing` just before it can be taken, and withdraw it if that says no.

        Raises `DisconnectedError` if the connection ends: if `committing` had said yes, the message may have arrived.
        """

    def close(self) -> None:
        """Say goodbye; never fails."""


class SmtpPostman:
    """A connection to a mail server, open and ready; raises `DeliveryError` if there can be none."""

    def __init__(self, settings: PostSettings) -> None:
        self._settings = settings
        self._open = False
        """Whether the server has begun a message it was not told to forget."""
        self._server = _connect(settings)
        try:
            self._greet()
        except BaseException:
            self._server.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; never fails."""
        with suppress(OSError, smtplib.SMTPException, ValueError):
            if self._server.sock is not None:
                self._server.sock.settimeout(min(5.0, self._settings.seconds))
                self._server.quit()
        self._server.close()

    def deliver(self, posting: Posting, committing: Callable[[], bool]) -> Answer:
        """Hand over a message; `Postman` says what is promised."""
        path = _path(posting.to)
        if path is None or not (path.isascii() or self._server.has_extn("smtputf8")):
            return Answer(stage="rcpt", code=553, text="5.6.7 the address cannot be written in this server's mail")
        try:
            refusal = self._envelope(posting, path) or self._begin()
            if refusal:
                return refusal
            self._server.send(_stuffed(posting.content))
            if not self._may_go(committing):
                return Answer(stage="withdrawn", code=0)
            if self._server.sock is not None:
                self._server.sock.settimeout(max(_FINAL_SECONDS, self._settings.seconds))
            answer = self._ask("dot", b".\r\n")
            if self._server.sock is not None:
                self._server.sock.settimeout(self._settings.seconds)
        except (OSError, smtplib.SMTPException) as error:
            self._server.close()
            raise self._lost(error) from error
        self._open = False
        return answer

    def _may_go(self, committing: Callable[[], bool]) -> bool:
        """Return what `committing` says; unless it is yes, end the connection.

        Nothing else makes a server forget a message it has begun to read.
        """
        going = False
        try:
            going = committing()
        finally:
            if not going:
                self._server.close()
        return going

    def _envelope(self, posting: Posting, path: str) -> Answer | None:
        """Say from whom and to whom; return the refusal, if there is one.

        Servers that allow it are told both at once (RFC 2920): on a long line that is a third of the time.
        """
        server = self._server
        sender = _path(posting.sender)
        if sender is None:
            raise DeliveryError(f"{posting.sender!r}: cannot be where bounces go — correct `bounces` in [digest]")
        options = (f" SIZE={len(posting.content)}" if server.has_extn("size") else "") + (
            "" if (path + sender).isascii() else " SMTPUTF8"
        )
        commands = [f"MAIL FROM:<{sender}>{options}\r\n".encode(), f"RCPT TO:<{path}>\r\n".encode()]
        if self._open:
            self._ask("mail", b"RSET\r\n")
        self._open = True
        if server.has_extn("pipelining"):
            server.send(b"".join(commands))
            answers = [self._reply("mail"), self._reply("rcpt")]
        else:
            answers = [self._ask("mail", commands[0])]
            if answers[0].code // 100 == 2:  # noqa: PLR2004
                answers.append(self._ask("rcpt", commands[1]))
        return next((answer for answer in answers if answer.code // 100 != 2), None)  # noqa: PLR2004

    def _begin(self) -> Answer | None:
        answer = self._ask("data", b"DATA\r\n")
        return None if answer.code == 354 else answer  # noqa: PLR2004  # RFC 5321 §4.1.1.4

    def _ask(self, stage: Stage, command: bytes) -> Answer:
        self._server.send(command)
        return self._reply(stage)

    def _reply(self, stage: Stage) -> Answer:
        code, text = self._server.getreply()
        return Answer(stage=stage, code=code, text=text.decode("utf-8", "replace"))

    def _greet(self) -> None:
        """Encrypt, and log in."""
        server, settings = self._server, self._settings
        try:
            if server.sock is not None:
                # Without this the last dot waits for the acknowledgement of what went before.
                server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.sock.settimeout(settings.seconds)
            server.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                server.starttls(context=_context(settings))
                server.ehlo_or_helo_if_needed()
            if settings.user:
                self._log_in()
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(self._says(f"offers no {_wanted(error)}") + _REMEDY[_wanted(error)]) from error
        except smtplib.SMTPAuthenticationError as error:
            raise _refusal(
                self._says("refuses the log-in"), error, "check user and password in [digest.smtp]"
            ) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(self._says("refuses to begin"), error, "ask whoever runs it") from error
        except (OSError, smtplib.SMTPException) as error:
            raise _unreachable(settings, error) from error

    def _log_in(self) -> None:
        server, settings = self._server, self._settings
        if settings.security == "none" and server.sock is not None:
            peer = str(server.sock.getpeername()[0]).partition("%")[0]
            if not ip_address(peer).is_loopback:
                raise DeliveryError(
                    self._says("would get the password over a connection anybody can read")
                    + ' — set security = "starttls" or "tls" in [digest.smtp]'
                )
        if (settings.user + settings.password).isascii():
            server.login(settings.user, settings.password)
            return
        secret = b64encode(f"\0{settings.user}\0{settings.password}".encode()).decode("ascii")
        code, text = server.docmd("AUTH", f"PLAIN {secret}")
        if code not in {235, 503}:
            raise smtplib.SMTPAuthenticationError(code, text)

    def _says(self, what: str) -> str:
        return f"{self._settings.host}:{self._settings.port}: the mail server {what}"

    def _lost(self, error: Exception) -> DisconnectedError:
        return DisconnectedError(
            self._says(f"ended the connection ({_said(error)})") + " — run it again later to go on where it stopped"
        )


_REMEDY: Final = {
    "STARTTLS": ' — set security = "tls" with its port (465), or "none" if the line to it is safe, in [digest.smtp]',
    "log-in": " — leave out user and password in [digest.smtp], or use its port for mail programs (587)",
}


def _connect(settings: PostSettings) -> smtplib.SMTP:
    """Return a connection over which the server has said its name."""
    try:
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                local_hostname=settings.name or None,
                timeout=min(60.0, settings.seconds),
                context=_context(settings),
            )
        return smtplib.SMTP(
            settings.host, settings.port, local_hostname=settings.name or None, timeout=min(60.0, settings.seconds)
        )
    except smtplib.SMTPResponseException as error:
        place = f"{settings.host}:{settings.port}: the mail server wants no mail from here"
        raise _refusal(place, error, "ask whoever runs it") from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:  # the last for a host that cannot be a name
        raise _unreachable(settings, error) from error


def _context(settings: PostSettings) -> ssl.SSLContext:
    """Return what the server's certificate is checked against."""
    context = ssl.create_default_context()
    if settings.ca_file:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise DeliveryError(
                f"{settings.ca_file}: holds no certificates that can be read — it must be a PEM file"
            ) from error
    return context


def _refusal(place: str, error: smtplib.SMTPResponseException, advice: str) -> DeliveryError:
    """Return the error for a server that says no before any message: for good, or for now."""
    said = Answer(stage="mail", code=error.smtp_code, text=_text(error.smtp_error)).reply
    if error.smtp_code // 100 == 5:  # noqa: PLR2004
        return DeliveryError(f"{place} ({said}) — {advice}")
    return DisconnectedError(f"{place} now ({said}) — run it again later")


def _unreachable(settings: PostSettings, error: Exception) -> DeliveryError:
    place = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(
            f"{place}: the mail server's certificate is not to be trusted ({error.verify_message}) — check host in"
            " [digest.smtp], or name the authority that signed it in ca_file"
        )
    if isinstance(error, ssl.SSLError):
        return DeliveryError(
            f'{place}: no encrypted connection ({error.reason or error}) — security = "tls" goes with port 465,'
            ' "starttls" with 587'
        )
    return DisconnectedError(f"{place}: no connection to the mail server ({_said(error)}) — check host and port")


def _wanted(error: Exception) -> str:
    return "STARTTLS" if "STARTTLS" in str(error) else "log-in"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _path(address: str) -> str | None:
    """Return an address as SMTP writes it, its domain in ASCII (RFC 5890); nothing if it could be another command."""
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or _UNSAFE.search(address):
        return None
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def _stuffed(content: bytes) -> bytes:
    """Return a message as DATA carries it: lines that begin with a dot get another one (RFC 5321 §4.5.2).

    A CR or LF by itself becomes CRLF: what servers disagree on could end one message and begin another (§2.3.8).
    """
    ends = content.count(b"\r\n")
    if content.count(b"\r") != ends or content.count(b"\n") != ends:
        content = _NEWLINE.sub(b"\r\n", content)
    content = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + content + (b"" if content.endswith(b"\r\n") else b"\r\n")
