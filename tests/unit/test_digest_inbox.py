"""Mail that comes to us: what it wants, whom it is about, and what is done about it."""

from __future__ import annotations

import quopri
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from readers import EDITION, TOKENS, WORDS, Office, links, token
from republisher.digest.inbox import understand
from republisher.digest.reception import PATIENCE
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator


def wrote(subject: str, sender: str = "Anna <anna@example.net>", **more: str) -> bytes:
    """Return what a reader wrote."""
    fields = {"From": sender, "To": "digest@example.org", "Subject": subject} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\nHello\r\n"


def bounced(
    status: str = "5.1.1",
    action: str = "failed",
    *,
    to: str = "",
    whole: str = 'multipart/report; report-type="delivery-status"; boundary="x"',
    diagnosis: str = "smtp; 550 5.1.1 no such user",
    original: str = "Message-ID: <other@example.org>",
) -> bytes:
    """Return a delivery status notification (RFC 3464)."""
    return "\r\n".join(
        [
            "Return-Path: <>",
            "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)",
            f"To: {to or links().envelope(1, EDITION)}",
            "Auto-Submitted: auto-replied",
            "Subject: Undelivered Mail Returned to Sender",
            f"Content-Type: {whole}",
            "",
            "--x",
            "Content-Type: text/plain",
            "",
            "I am sorry.",
            "--x",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.net",
            "",
            "Final-Recipient: rfc822; victim@example.net",
            f"Action: {action}",
            f"Status: {status}",
            f"Diagnostic-Code: {diagnosis}",
            "",
            "--x",
            "Content-Type: text/rfc822-headers",
            "",
            original,
            "Subject: Weekly digest",
            "",
            "--x--",
            "",
        ]
    ).encode()


def complained(kind: str = "abuse", original: str = "") -> bytes:
    """Return a feedback report (RFC 5965)."""
    original = original or f"List-Unsubscribe: <{links().unsubscribe(1)[0]}>"
    return (
        "From: feedback@provider.example\r\nTo: press@example.org\r\nSubject: complaint\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\r\n\r\n'
        f"--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nVersion: 1\r\n\r\n"
        f"--x\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\nSubject: Weekly digest\r\n\r\nbody\r\n--x--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("content", "kind", "gone"),
    [
        (bounced(), "bounce", True),
        (bounced(whole='multipart/mixed; boundary="x"'), "bounce", True),
        (bounced("5.2.2", diagnosis="smtp; 552 5.2.2 mailbox full"), "bounce", False),
        (bounced("5.0.0", diagnosis="smtp; 550 5.1.1 <x>: unknown"), "bounce", True),
        (bounced("5.0.0", diagnosis="smtp; 550 no"), "bounce", False),
        (bounced("4.4.1", diagnosis="smtp; timed out"), "bounce", False),
        (bounced("5.7.1", diagnosis="smtp; 550 5.7.1 spam"), "refusal", False),
        (bounced("4.4.1", "delayed", diagnosis="smtp; 451"), "delay", False),
        (bounced("2.0.0", "delivered"), "delay", False),
        (bounced(to="b@example.org", original="Message-ID: <w47.1@example.org>"), "bounce", True),
        (bounced(to="b@example.org", original="X-Nothing: here"), "unclear", False),
        (complained(), "complaint", False),
        (complained("not-spam"), "automatic", False),
        (complained(original="Message-ID: <w47.1@example.org>"), "complaint", False),
    ],
)
def test_reports_of_mail_servers(content: bytes, kind: str, gone: bool) -> None:  # noqa: FBT001
    """The part is found wherever it is; whom it is about is told by what we made, not by an address in it."""
    event = understand(content, TOKENS, WORDS)
    assert (event.kind, event.gone) == (kind, gone)
    assert (event.kind in {"unclear", "automatic"}) or event.claim or event.message_id == "w47.1@example.org"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (wrote(f"unsubscribe-{token('unsubscribe')}"), "leave"),
        (wrote(f"Re: {token('unsubscribe').upper()}", sender=""), "leave"),
        (wrote(f"unsubscribe-{token('unsubscribe')}", Auto_Submitted="auto-generated"), "leave"),
        (wrote("Unsubscribe"), "leave"),
        (wrote("Re: unsubscribe me please!"), "leave"),
        (wrote("=?utf-8?b?6rWs64+FIO2VtOyngA==?="), "leave"),
        (wrote("subscribe ko health"), "join"),
        (wrote("=?utf-8?b?6rWs64+F?="), "join"),
        (wrote("Subscribe", sender="nobody"), "unclear"),
        (wrote(f"Re: Press: Confirm your subscription ({token('confirm')})"), "confirm"),
        (wrote(f"Re: Confirm ({token('confirm')})", Auto_Submitted="auto-replied"), "automatic"),
        (wrote(f"Re: Confirm ({token('confirm')})", Precedence="bulk"), "automatic"),
        (wrote(f"Re: Confirm ({token('confirm')})", X_Autoreply="yes"), "automatic"),
        (wrote(f"Re: Confirm ({token('confirm')})", Return_Path="<>"), "automatic"),
        (wrote("subscribe", sender="noreply@example.net"), "automatic"),
        (wrote(f"preferences-{token('preferences')} ko daily"), "change"),
        (wrote(f"Re: Confirm ({token('unsubscribe')[:-1]}a)"), "unclear"),
        (wrote("Thank you") + f"> https://digest.example.org/u/{token('unsubscribe')}\r\n".encode(), "unclear"),
        (b"", "unclear"),
        (b"\xff\xfe\x00", "unclear"),
    ],
)
def test_what_readers_write(content: bytes, kind: str) -> None:
    """The subject alone counts: who answers a digest quotes its links. Programs may end, never begin a subscription."""
    assert understand(content, TOKENS, WORDS).kind == kind


@given(
    content=st.sampled_from([bounced(), complained(), wrote("subscribe ko"), quopri.encodestring(bounced())]),
    place=st.integers(0, 900),
    damage=st.binary(max_size=12),
    cut=st.integers(0, 40),
)
def test_whatever_comes_is_understood_or_left(content: bytes, place: int, damage: bytes, cut: int) -> None:
    """Damaged mail is no reason to stop."""
    assert understand(content[:place] + damage + content[place + cut :], TOKENS, WORDS).kind


@pytest.fixture
def office() -> Iterator[Office]:
    """Open an office."""
    one = Office()
    yield one
    one.ledger.close()


def test_an_address_that_does_not_exist_is_given_up_at_once(office: Office) -> None:
    """It is counted with its edition; the same report again changes nothing."""
    assert office.comes(bounced(), bounced()) == ({"bounce": 2}, [True, True])
    assert office.ledger.reason("anna@example.net") == "the address does not exist"
    assert office.ledger.counts(EDITION) == {"failed": 1}


def test_a_full_mailbox_is_given_another_week(office: Office) -> None:
    """What is refused for what it is says nothing about the reader; what is late nothing at all."""
    office.comes(bounced("5.7.1", diagnosis="x"), bounced("4.4.1", "delayed", diagnosis="x"))
    assert office.ledger.counts(EDITION) == {"sent": 1}
    office.comes(bounced("5.2.2", diagnosis="x"))
    assert office.ledger.counts(EDITION) == {"failed": 1}
    assert not office.ledger.reason("anna@example.net")


def test_a_forged_report_harms_nobody(office: Office) -> None:
    """An address or a token of somebody else's making is not believed; a person looks at it."""
    forged = bounced(to="b+aaaaaaaaaaaaaaaaaaaaaaaaaa@example.org", original="To: anna@example.net")
    assert office.comes(forged) == ({"unclear": 1}, [False])
    assert not office.ledger.suppressions()


def test_who_complains_is_never_written_to_again(office: Office) -> None:
    """Not even to be asked, when a form or a mail says that they want it."""
    assert office.comes(complained()) == ({"complaint": 1}, [True])
    assert office.state() == "unsubscribed"
    assert office.ledger.reason("anna@example.net") == "complained"
    office.comes(wrote("subscribe"))
    assert not office.posted


def test_to_leave_by_mail(office: Office) -> None:
    """By the token from any address, by the word from one's own; who is not known is left to a person."""
    assert office.comes(wrote("unsubscribe", sender="ben@example.net")) == ({"unclear": 1}, [False])
    assert office.state() == "active"
    assert office.comes(wrote(f"unsubscribe-{token('unsubscribe')}", sender="ben@example.net"))[1] == [True]
    assert office.state() == "unsubscribed"
    assert office.ledger.suppressed(["anna@example.net"])


def test_to_subscribe_by_mail_takes_an_answer(office: Office) -> None:
    """The letter is in the language asked for, is plain text, and names who asked; the answer to it makes a reader."""
    assert office.comes(*[wrote("subscribe ko health daily", sender="Ji <ji@example.net>")] * 2)[0] == {"join": 2}
    assert office.state("ji@example.net") == "pending"
    (letter,) = office.posted
    assert letter.to == "ji@example.net"
    assert b"Content-Type: text/plain" in letter.content
    assert b"multipart" not in letter.content
    assert b"Auto-Submitted: auto-generated" in letter.content
    number = office.ledger.number("ji@example.net") or 0
    assert TOKENS.find("bounce", letter.sender) is not None
    answer = f"Re: =?utf-8?q?=ED=99=95=EC=9D=B8?= ({token('confirm', number)})"
    assert office.comes(wrote(answer, sender="other@example.net")) == ({"confirm": 1}, [True])
    reader = office.ledger.subscriber("ji@example.net")
    assert reader is not None
    assert (reader.state, reader.language, reader.topics, reader.frequency) == ("active", "ko", ("health",), "daily")
    assert reader.consent == "confirmed by mail on 2026-03-05"


def test_who_left_comes_back_by_their_own_hand_only(office: Office) -> None:
    """The suppression holds until they confirm; a letter that came to them before does not bring them back."""
    office.comes(wrote("unsubscribe"), wrote(f"Re: ({token('confirm')})"))
    assert office.state() == "unsubscribed"
    office.comes(wrote("subscribe"))
    assert office.ledger.suppressed(["anna@example.net"])
    office.comes(wrote(f"Re: ({token('confirm')})"))
    assert office.state() == "active"
    assert not office.ledger.suppressed(["anna@example.net"])


def test_who_is_subscribed_is_told_how_to_change(office: Office) -> None:
    """And stays so; the mail that changes says what is wanted."""
    office.comes(wrote("subscribe ko"))
    assert office.state() == "active"
    assert b"preferences-" in office.posted[0].content
    assert office.comes(wrote(f"preferences-{token('preferences')} ko health peace")) == ({"change": 1}, [True])
    reader = office.ledger.subscriber("anna@example.net")
    assert reader is not None
    assert (reader.language, reader.topics, reader.state) == ("ko", (), "active")


def test_a_letter_that_is_refused_is_left_to_a_person(office: Office) -> None:
    """Nobody becomes a reader by it, and other mails are done."""
    office.trouble = "550 5.1.1 no"
    assert office.comes(wrote("subscribe", sender="no@example.net"), complained()) == (
        {"unclear": 1, "complaint": 1},
        [False, True],
    )
    assert office.state("no@example.net") == "pending"


def test_who_never_confirms_is_forgotten(office: Office) -> None:
    """After a month nothing of them is left; readers stay."""
    office.comes(wrote("subscribe", sender="late@example.net"))
    office.reception.collect([], office.ledger, NOON + PATIENCE - timedelta(minutes=1))
    assert office.state("late@example.net") == "pending"
    office.reception.collect([], office.ledger, NOON + PATIENCE + timedelta(minutes=1))
    assert office.state("late@example.net") == ""
    assert office.state() == "active"


def test_a_report_without_our_address_still_tells_the_edition(office: Office) -> None:
    """What it returns names the reader in one field and the edition in another."""
    original = f"Message-ID: <w47.1@example.org>\r\nList-Unsubscribe: <{links().unsubscribe(1)[0]}>"
    office.comes(bounced("5.2.2", to="press@example.org", diagnosis="x", original=original))
    assert office.ledger.counts(EDITION) == {"failed": 1}


def test_a_letter_nobody_could_answer_is_not_sent(office: Office) -> None:
    """Without a page and without a mailbox nobody could ever confirm; with a page alone no answer is asked for."""
    reader = office.ledger.subscriber("anna@example.net")
    assert reader is not None
    letters = replace(office.reception.letters, settings=replace(office.reception.letters.settings, inbox=None))
    with pytest.raises(ConfigError, match="nobody can confirm"):
        letters.write("ask", reader, 1, NOON)
    content = replace(letters, links=links("https://d.example.org/")).write("ask", reader, 1, NOON).content
    assert b"https://d.example.org/c/" in content
    assert b"answer" not in content
    assert TOKENS.find("confirm", content.decode().partition("Date:")[0]) is None
