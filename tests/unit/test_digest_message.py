"""Letters as bytes: what stands in them, how it is encoded, and that a signature of them holds."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from republisher.digest.message import build, sign
from republisher.digest.values import Letter
from republisher.errors import ConfigError
from republisher.model import LanguageTag, Person

if TYPE_CHECKING:
    from email.message import EmailMessage

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def letter(**changes: Any) -> Letter:
    """Return a letter with everything a letter can have."""
    made = Letter(
        sender=Person(name="도청 대변인실", email="digest@example.org"),
        to="reader@example.net",
        reply_to="press@example.org",
        envelope_from="bounces+abc@example.org",
        message_id="0123@example.org",
        subject="예방접종 시작, and 3 more articles",
        html='<!DOCTYPE html><html lang="ko"><body><p>예방접종 = 시작</p></body></html>\n',
        text="예방접종 시작\nhttps://example.org/\n",
        language=LanguageTag("ko"),
        list_id="digest.example.org",
        list_name="Press digest",
        unsubscribe=(
            "https://digest.example.org/u/abcdefghijklmnopqrstuvwxyz",
            "mailto:u@example.org?subject=stop%20abc",
        ),
        one_click=True,
        archive="https://example.org/digest/",
    )
    return replace(made, **changes)


def parsed(made: Letter) -> EmailMessage:
    """Return a letter as the standard library reads it, without a defect."""
    message = message_from_bytes(build(made, NOW), policy=policy.default)
    assert not [part.defects for part in message.walk() if part.defects]
    return message


def test_text_comes_first_and_both_parts_are_kept() -> None:
    """A mail is multipart/alternative, the plainest part first (RFC 2046 §5.1.4)."""
    message = parsed(letter())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content() == letter().text.replace("\n", "\r\n")
    assert html.get_content_type() == "text/html"
    assert html.get_content() == letter().html.replace("\n", "\r\n")


def test_a_letter_without_html_is_plain() -> None:
    """What asks for a confirmation is text alone."""
    message = parsed(letter(html=""))
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == letter().text.replace("\n", "\r\n")


def test_the_headers_say_what_lists_have_to_say() -> None:
    """RFC 2369, 2919, 3834 and 8058: every field, once, and none of them encoded."""
    raw = build(letter(), NOW)
    message = parsed(letter())
    assert message["subject"] == letter().subject
    assert message["from"].addresses[0].display_name == "도청 대변인실"
    assert message["to"] == "reader@example.net"
    assert message["reply-to"] == "press@example.org"
    assert message["date"].datetime == NOW
    assert message["message-id"] == "<0123@example.org>"
    assert message["auto-submitted"] == "auto-generated"
    assert message["content-language"] == "ko"
    assert b"\r\nList-Id: Press digest\r\n <digest.example.org>\r\n" in raw
    assert (
        b"\r\nList-Unsubscribe: <https://digest.example.org/u/abcdefghijklmnopqrstuvwxyz>,"
        b"\r\n <mailto:u@example.org?subject=stop%20abc>\r\n" in raw
    )
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"\r\nList-Archive: <https://example.org/digest/>\r\n" in raw
    assert len(message.keys()) == len(set(message.keys()))


def test_one_click_is_promised_only_if_it_works() -> None:
    """Without an https endpoint there is no List-Unsubscribe-Post (RFC 8058 §3.1)."""
    message = parsed(letter(one_click=False, unsubscribe=("mailto:u@example.org",)))
    assert "list-unsubscribe-post" not in message
    assert message["list-unsubscribe"] == "<mailto:u@example.org>"


def test_it_is_seven_bits_wide_and_no_line_is_long() -> None:
    """Every line ends in CRLF and has at most 998 characters (RFC 5322 §2.1.1), in practice 998 less many."""
    raw = build(letter(html=f"<p>{'é' * 3000}</p>" + "x" * 5000, text="x" * 3000 + "\r\r\n.\n\n.."), NOW)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 100


def test_control_characters_do_not_get_into_a_mail() -> None:
    """Gmail cuts off mail with C1 characters at any size; lone surrogates cannot be encoded at all."""
    message = parsed(letter(subject="a\x85b\x9fc\ud800d", html="<p>a\x00b\x85c\x9f</p>\ud800", text="a\x1b[31m\udfff"))
    text, html = message.iter_parts()
    assert message["subject"] == "a bcd"
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]", text.get_content() + html.get_content())


def test_the_same_letter_is_the_same_bytes() -> None:
    """Nothing but the moment makes two mails differ."""
    assert build(letter(), NOW) == build(letter(), NOW)
    later = build(letter(), datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    assert later.replace(b"08:00:00", b"07:00:00") == build(letter(), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "reader@example.net\r\nBcc: all@example.org"},
        {"to": "reader"},
        {"to": "a b@example.org"},
        {"to": "é@example.org"},
        {"to": "reader@-.example"},
        {"reply_to": "x@y, z@y"},
        {"sender": Person(name="Nobody")},
        {"message_id": "a b@c"},
        {"message_id": "abc"},
        {"list_id": "no dots\r\nX: y"},
        {"unsubscribe": (f"https://example.org/{'x' * 1000}",)},
    ],
    ids=str,
)
def test_what_cannot_stand_in_a_header_is_an_error(changes: dict[str, Any]) -> None:
    """It is said in words, instead of being sent in another form than it was meant."""
    with pytest.raises(ConfigError):
        build(letter(**changes), NOW)


def test_texts_cannot_add_headers() -> None:
    """Line breaks in a subject, a name or a list's name are spaces."""
    trap = "x\r\nBcc: all@example.org\r\n\r\nbody"
    message = parsed(letter(subject=trap, list_name=trap, sender=Person(name=trap, email="digest@example.org")))
    assert "bcc" not in message
    assert message["subject"] == "x Bcc: all@example.org body"


def test_a_signature_holds_and_covers_the_fields_of_lists() -> None:
    """What dkimpy signs it verifies, and a changed List-Unsubscribe breaks it (RFC 8058 §4)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    signed = sign(build(letter(), NOW), "example.org", "news", pem)
    assert dkim.verify(signed, dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(signed.replace(b"/u/abc", b"/u/xyz"), dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(signed.replace(b"One-Click", b"Two-Click"), dnsfunc=lambda *_, **__: record)


def test_a_key_that_cannot_sign_is_said() -> None:
    """A broken key is a sentence, not a traceback."""
    with pytest.raises(ConfigError, match=r"news\._domainkey\.example\.org cannot sign"):
        sign(build(letter(), NOW), "example.org", "news", b"no key")
