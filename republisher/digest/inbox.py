"""What a mail that came back to us, or that a reader wrote, wants: bytes become an event. Pure.

Who a report is about is told by a token we made, or by the Message-ID of what comes back; an address that stands in a
report proves nothing. What a reader writes is told by the subject alone: an answer quotes the mail it answers, with
every link in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import TYPE_CHECKING, Final, Literal

from republisher.digest.subscribers import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.digest.tokens import Claim, Purpose, Tokens

Kind = Literal["bounce", "delay", "refusal", "complaint", "leave", "join", "confirm", "change", "automatic", "unclear"]
"""A message came back for good; it is late; it was refused for what it is, which is not the reader's fault; a reader
calls it spam; wants no more; wants to subscribe; confirms; wants something else; a program answers; nobody knows."""

_ENVELOPE: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
"""Where the address stands that a message came to."""
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_GONE: Final = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"))
"""There is no such mailbox or no such domain (RFC 3463 §3.2, RFC 7505 §5)."""
_BULK: Final = frozenset(("bulk", "junk", "list", "auto_reply"))
_ROBOTS: Final = frozenset(("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply"))
_REPLY: Final = re.compile(r"^(?:[^\s:]{2,4}\s*:\s*)+", re.IGNORECASE)
_EDGE: Final = " \t\"'“”«».!-*"
_REPLY_LENGTH: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How readers say what they want, in every language there is, in small letters."""

    join: frozenset[str] = frozenset(("subscribe",))
    leave: frozenset[str] = frozenset(("unsubscribe", "stop", "remove"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a mail wants; which of the fields say something depends on the kind."""

    kind: Kind
    claim: Claim | None = None
    """Whom it is about."""
    message_id: str = ""
    """Of the message that comes back."""
    address: str = ""
    """Who wrote it, as far as the header can be believed."""
    words: tuple[str, ...] = ()
    """What the writer added: a language, topics, a frequency."""
    reply: str = ""
    """What the mail server said."""
    gone: bool = False
    """Whether the address does not exist."""


def understand(content: bytes, tokens: Tokens, words: Words) -> Event:
    """Return what a mail wants; whatever the bytes are, there is an answer."""
    mail = message_from_bytes(content)
    return _report(mail, tokens) or _request(mail, tokens, words)


def _report(mail: Message, tokens: Tokens) -> Event | None:
    """Return what a mail server reports, None if this is no report (RFC 3464, RFC 5965).

    The part is looked for wherever it is: not every server labels the whole as `multipart/report`.
    """
    parts = list(mail.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    abuse = next((part for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if status is None and abuse is None:
        return None
    claim, message_id = _whose(mail, parts, tokens)
    if not (claim or message_id):
        return Event(kind="unclear")
    if status is not None:
        kind, reply, gone = _verdict(list(_blocks(status)))
        return Event(kind=kind, claim=claim, message_id=message_id, reply=reply, gone=gone)
    said = " ".join(_header(block, "Feedback-Type") for block in _blocks(abuse)).lower()
    return Event(kind="automatic" if "not-spam" in said else "complaint", claim=claim, message_id=message_id)


def _verdict(blocks: list[Message]) -> tuple[Kind, str, bool]:
    """Return what a delivery status means, what the server said, and whether the address does not exist."""
    told = [block for block in blocks if block["Action"] or block["Status"]]
    worst = next((block for block in told if _header(block, "Action").lower() == "failed"), told[0] if told else None)
    if worst is None:
        return "unclear", "", False
    action, diagnosis = _header(worst, "Action").lower(), _header(worst, "Diagnostic-Code")
    found = _STATUS.findall(f"{_header(worst, 'Status')} {diagnosis}")
    code = next((one for one in found if not one.endswith(".0.0")), found[0] if found else "")
    reply = " ".join(f"{code} {diagnosis}".split())[:_REPLY_LENGTH]
    if action != "failed" and (action or not code.startswith("5")):
        return "delay", reply, False
    return ("refusal" if code.startswith("5.7.") else "bounce"), reply, code in _GONE


def _whose(mail: Message, parts: list[Message], tokens: Tokens) -> tuple[Claim | None, str]:
    """Return whom a report is about, or the Message-ID of what it is about."""
    envelope = " ".join(_header(mail, name) for name in _ENVELOPE)
    claim = tokens.find("bounce", envelope)
    message_id = ""
    for original in _originals(parts):
        claim = claim or tokens.find("bounce", _header(original, "Return-Path"))
        claim = claim or tokens.find("unsubscribe", _header(original, "List-Unsubscribe"))
        message_id = message_id or _header(original, "Message-ID").strip("<> ")
    return claim, message_id


def _originals(parts: list[Message]) -> Iterator[Message]:
    """Yield the messages a report returns, or as much of them as it does."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            yield from _blocks(part)
        elif kind == "text/rfc822-headers":
            yield message_from_bytes(_body(part))


def _blocks(part: Message | None) -> Iterator[Message]:
    """Yield the groups of fields in a part, whether the parser took it to pieces or not."""
    payload = part.get_payload() if part is not None else ""
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
    elif part is not None:
        for block in re.split(rb"\r?\n\r?\n", _body(part)):
            yield message_from_bytes(block.lstrip())


def _request(mail: Message, tokens: Tokens, words: Words) -> Event:
    """Return what somebody wrote to us for.

    An answer by a program may end a subscription, as some providers write for their users, but never begin one.
    """
    subject = _header(mail, "Subject")
    address = _writer(mail)

    def made(kind: Kind, purpose: Purpose) -> Event | None:
        claim = tokens.find(purpose, subject)
        return Event(kind=kind, claim=claim, address=address, words=_rest(subject)) if claim else None

    if found := made("leave", "unsubscribe"):
        return found
    if _automatic(mail, address):
        return Event(kind="automatic")
    return made("confirm", "confirm") or made("change", "preferences") or _spoken(subject, address, words)


def _spoken(subject: str, address: str, words: Words) -> Event:
    """Return what a subject says that no program wrote."""
    line = " ".join(_REPLY.sub("", subject).casefold().split()).strip(_EDGE)
    kinds: tuple[tuple[Kind, frozenset[str]], ...] = (("leave", words.leave), ("join", words.join))
    for kind, known in kinds:
        word = next((one for one in known if line == one or line.startswith(f"{one} ")), None)
        if word and address:
            return Event(kind=kind, address=address, words=tuple(line[len(word) :].split()))
    return Event(kind="unclear", address=address)


def _rest(subject: str) -> tuple[str, ...]:
    """Return the words behind the one that holds a token, in small letters."""
    return tuple(subject.casefold().split()[1:])


def _automatic(mail: Message, address: str) -> bool:
    """Tell whether a program wrote this (RFC 3834 §5, and what others do)."""
    return (
        _header(mail, "Auto-Submitted").partition(";")[0].strip().lower() not in {"", "no"}
        or _header(mail, "Precedence").strip().lower() in _BULK
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autorespond-Subject"))
        or _header(mail, "Return-Path").strip() == "<>"
        or address.partition("@")[0].lower() in _ROBOTS
    )


def _writer(mail: Message) -> str:
    """Return who wrote this, empty if no mail can go there."""
    found = getaddresses([_header(mail, "From")])
    return (address_of(found[0][1]) or "") if len(found) == 1 else ""


def _header(mail: Message, name: str) -> str:
    """Return a field in one line, decoded as far as it can be."""
    value = mail.get(name, "")
    try:
        text = str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        text = str(value)
    return " ".join(text.split())


def _body(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
