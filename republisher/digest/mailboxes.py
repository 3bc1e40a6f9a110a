"""Where mail to us lies: a Maildir, or a mailbox on an IMAP server. A mail is put away only after it has been obeyed.

What was understood is marked as read; what was not is marked for a person, and never looked at again.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from republisher.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from republisher.digest.settings import InboxSettings

_MOST: Final = 5_000_000
"""Bytes of a mail that are looked at; a report stands at the beginning."""
_FLAGS: Final = re.compile(r"^(?P<name>[^:]*)(?::2,(?P<flags>[A-Za-z]*))?$")
_SECONDS: Final = 60.0
_TLS: Final = 993


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail in a mailbox."""

    content: bytes
    done: Callable[[bool], None]
    """Puts it away; the argument tells whether it was understood."""


def read_maildir(folder: Path) -> Iterator[Received]:
    """Yield the mails in a Maildir that nobody has looked at, the oldest first; raise `FetchError`."""
    try:
        files = sorted(
            (file for part in ("new", "cur") for file in (folder / part).iterdir() if _waiting(file)),
            key=lambda file: (file.stat().st_mtime_ns, file.name),
        )
    except OSError as error:
        raise FetchError(
            f"cannot be read as a Maildir ({error.strerror})", str(folder), "check digest.inbox.maildir and its rights"
        ) from error
    for file in files:
        with suppress(FileNotFoundError):  # another program has taken it meanwhile
            with file.open("rb") as opened:
                content = opened.read(_MOST)
            yield Received(content=content, done=_put_away(folder, file))


def _waiting(file: Path) -> bool:
    found = _FLAGS.match(file.name)
    return not (file.name.startswith(".") or (found and set(found["flags"] or "") & set("SFT")))


def _put_away(folder: Path, file: Path) -> Callable[[bool], None]:
    """Return what moves a mail among those that were read, or marks it for a person."""

    def done(understood: bool) -> None:  # noqa: FBT001  # a callback
        found = _FLAGS.match(file.name)
        name, flags = (found["name"], found["flags"] or "") if found else (file.name, "")
        flags = "".join(sorted({*flags, "S" if understood else "F"}))
        try:
            file.rename(folder / "cur" / f"{name}:2,{flags}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise FetchError(
                f"cannot be put away ({error.strerror})", str(file), "check its folder's rights"
            ) from error

    return done


def read_imap(settings: InboxSettings, password: str, context: ssl.SSLContext | None = None) -> Iterator[Received]:
    """Yield the mails in a mailbox that nobody has looked at; raise `FetchError`. Nothing goes without encryption."""
    with _guarded(settings), _connected(settings, context or ssl.create_default_context()) as server:
        server.login(settings.user, password)
        _expect(server.select(mailbox_name(settings.folder)))
        found = _expect(server.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
        for number in found[0].split() if found and found[0] else []:
            uid = number.decode("ascii")
            parts = _expect(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{_MOST}>)"))
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:
                yield Received(content=content, done=_flag(settings, server, uid))


def mailbox_name(folder: str) -> str:
    """Return the name of a mailbox as IMAP wants it, in modified UTF-7 (RFC 3501 §5.1.3) and quotes."""
    parts = []
    for plain, strange in re.findall(r"([\x20-\x7e]+)|([^\x20-\x7e]+)", folder):
        coded = strange.encode("utf-7").decode("ascii").removeprefix("+").removesuffix("-").replace("/", ",")
        parts.append(plain.replace("&", "&-") if plain else f"&{coded}-")
    return '"' + "".join(parts).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _flag(settings: InboxSettings, server: imaplib.IMAP4, uid: str) -> Callable[[bool], None]:
    def done(understood: bool) -> None:  # noqa: FBT001  # a callback
        with _guarded(settings):
            _expect(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)" if understood else r"(\Flagged)"))

    return done


@contextmanager
def _connected(settings: InboxSettings, context: ssl.SSLContext) -> Iterator[imaplib.IMAP4]:
    server: imaplib.IMAP4
    if settings.port == _TLS:
        server = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=_SECONDS)
    else:
        server = imaplib.IMAP4(settings.host, settings.port, timeout=_SECONDS)
    try:
        if settings.port != _TLS:
            server.starttls(context)
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        said = answer[1][0] if answer[1] else b""
        raise imaplib.IMAP4.error(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said))
    return answer[1]


@contextmanager
def _guarded(settings: InboxSettings) -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        raise FetchError(
            f"the mailbox cannot be read ({error})", f"{settings.host}:{settings.port}", "check [digest.inbox]"
        ) from error
