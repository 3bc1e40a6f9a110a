"""A letter as the bytes that are sent: headers, a text, and HTML if there is any; ASCII, CRLF (RFC 5322, RFC 2045).

The same letter and moment always give the same bytes.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from republisher import text
from republisher.digest import headers
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.digest.values import Letter

_SIGNED: Final = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"content-language", b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"list-archive",
)  # fmt: skip
"""RFC 6376 §5.4.1, and the fields of lists, which one-click needs signed (RFC 8058 §4)."""
_NEL: Final = "\x85"
"""The control character XML lets through, and Gmail does not."""
_NEWLINE = re.compile(r"\r\n|\r|\n")


def build(letter: Letter, date: datetime) -> bytes:
    """Return `letter` as it is sent at `date`; raise `ConfigError` if an address in it is none."""
    if not letter.html:
        return "\r\n".join([*_head(letter, date), *_part("plain", letter.text), ""]).encode("ascii")
    head = _head(letter, date)
    if not letter.html:
        return "\r\n".join([*head, *_part("plain", letter.text), ""]).encode("ascii")
    boundary = f"=_{text.digest(letter.message_id, length=32)}"
    lines = [*head, f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for subtype, body in (("plain", letter.text), ("html", letter.html)):
        lines += [f"--{boundary}", *_part(subtype, body)]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def _head(letter: Letter, date: datetime) -> list[str]:
    """Return the header fields; which ones, and why, says RFC 2369, RFC 2919, RFC 3834 and RFC 8058."""
    lines = [headers.mailbox("From", letter.sender.email or "", letter.sender.name), headers.mailbox("To", letter.to)]
    if letter.reply_to:
        lines.append(headers.mailbox("Reply-To", letter.reply_to))
    lines += [
        headers.unstructured("Subject", letter.subject),
        f"Date: {format_datetime(date)}",
        headers.message_id(letter.message_id),
        headers.list_id(letter.list_id, letter.list_name),
    ]
    if letter.unsubscribe:
        lines.append(headers.uris("List-Unsubscribe", letter.unsubscribe))
    if letter.one_click:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    if letter.archive:
        lines.append(headers.uris("List-Archive", (letter.archive,)))
    return [
        *lines,
        "Auto-Submitted: auto-generated",
        headers.unstructured("Content-Language", letter.language),
        "MIME-Version: 1.0",
    ]


def _part(subtype: str, body: str) -> list[str]:
    """Return a part, quoted-printable or base64, whichever is shorter (RFC 2045 §6.7, §6.8)."""
    clean = "\r\n".join(text.legal(line).replace(_NEL, " ") for line in _NEWLINE.split(body.rstrip())) + "\r\n"
    data = clean.encode()
    quoted, packed = b2a_qp(data, istext=True), encodebytes(data).rstrip().replace(b"\n", b"\r\n")
    kind, coded = ("quoted-printable", quoted) if len(quoted) <= len(packed) else ("base64", packed)
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        f"Content-Transfer-Encoding: {kind}",
        "",
        coded.decode("ascii").removesuffix("\r\n"),
    ]


def sign(message: bytes, domain: str, selector: str, key: bytes) -> bytes:
    """Return `message` with a DKIM signature before it (RFC 6376); raise `ConfigError` if `key` cannot sign.

    `key` is an RSA key in PEM. By default nothing is signed here: the relay does it.
    """
    import dkim  # noqa: PLC0415  # only who signs pays for it

    try:
        signature = dkim.sign(message, selector.encode(), domain.encode(), key, include_headers=list(_SIGNED))
    except (dkim.DKIMException, ValueError) as error:
        raise ConfigError(
            f"the DKIM key of {selector}._domainkey.{domain} cannot sign ({error}) — see digest.dkim"
        ) from error
    return bytes(signature) + message
