"""One connection to a mail server: encrypted as said or not at all, and every answer told as it was."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from republisher.digest.smtp import Posting, PostSettings, SmtpPostman
from republisher.errors import DeliveryError, DisconnectedError
from smtp_server import DROP, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEWLINE = re.compile(rb"\r\n|\r|\n")
CONTENT = b"Subject: x\r\n\r\n.one\r\n..\r\n\r\n.\r\nend\r\n"


def posting(to: str = "ann@example.org", sender: str = "bounces@example.org") -> Posting:
    """Return a message."""
    return Posting(sender=sender, to=to, content=CONTENT)


def yes() -> bool:
    """Let a message go."""
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server that behaves, until a test says otherwise."""
    with serving(Server()) as made:
        yield made


@pytest.fixture
def authority(server: Server, tmp_path: Path) -> Path:
    """Give the server a certificate; return whom to trust."""
    made = trustme.CA()
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(server.context)
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_message_arrives_as_it_was(server: Server, *, pipelining: bool) -> None:
    """Byte for byte once the doubled dots are undone, and one connection carries many."""
    server.extensions = ("PIPELINING", "SIZE") if pipelining else ()
    with SmtpPostman(server.settings()) as postman:
        answers = [postman.deliver(posting(f"{name}@example.org"), yes) for name in ("ann", "bob", "cid")]
    assert all(answer.accepted for answer in answers)
    assert server.readers == ["ann@example.org", "bob@example.org", "cid@example.org"]
    stuffed = CONTENT.replace(b"\r\n.", b"\r\n..")
    assert {content for _, content in server.messages} == {stuffed}
    assert server.connections == 1
    assert [line for line in server.lines if line == "RSET"] == []
    assert server.lines[-1].upper() == "QUIT"
    size = f" SIZE={len(CONTENT)}" if pipelining else ""
    assert server.lines[1] == f"MAIL FROM:<bounces@example.org>{size}"


@given(st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"x", b"MAIL FROM:<eve@example.org>"]), max_size=12))
def test_a_message_never_ends_before_its_end(parts: list[bytes]) -> None:
    """Whatever is in it: one message arrives, the same but for the kind of line ends, and no command from inside it."""
    content = b"".join(parts)
    with serving(Server()) as server, SmtpPostman(server.settings()) as postman:
        answer = postman.deliver(Posting(sender="b@example.org", to="a@example.org", content=content), yes)
        assert answer.accepted
        assert len(server.lines) == 4
        ((_, received),) = server.messages
    lines = [line.removeprefix(b".") for line in received.split(b"\r\n")]
    assert b"\r\n".join(lines).removesuffix(b"\r\n") == NEWLINE.sub(b"\r\n", content).removesuffix(b"\r\n")


def test_the_dot_comes_after_the_yes(server: Server) -> None:
    """When `committing` is asked, the server has taken nothing; if it says no, the server never will."""
    with SmtpPostman(server.settings()) as postman:
        answer = postman.deliver(posting(), lambda: bool(server.messages))
        assert (answer.stage, answer.accepted) == ("withdrawn", False)
        with pytest.raises(DisconnectedError):
            postman.deliver(posting(), yes)
    assert server.messages == []


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("command", "reply", "enhanced"),
    [
        ("mail", "550 5.1.8 who?", "5.1.8"),
        ("rcpt", "550 5.1.1 no such user", "5.1.1"),
        ("rcpt", "450 busy", ""),
        ("data", "554 5.5.1 not now", "5.5.1"),
        ("dot", "554-5.7.1 looks\r\n554 5.7.1 like spam", "5.7.1"),
    ],
)
def test_a_refusal_is_told_and_forgotten(
    server: Server, command: str, reply: str, enhanced: str, *, pipelining: bool
) -> None:
    """The stage, the code and the words come back, and the next message begins anew."""
    server.extensions = ("PIPELINING",) if pipelining else ()
    asked: list[bool] = []

    def committing() -> bool:
        asked.append(True)
        return True

    with SmtpPostman(server.settings()) as postman:
        server.say = lambda said, _: reply if said == command else None
        refused = postman.deliver(posting(), committing)
        server.say = lambda _, __: None
        assert postman.deliver(posting("bob@example.org"), yes).accepted
    assert (refused.stage, refused.code, refused.enhanced) == (command, int(reply[:3]), enhanced)
    assert bool(asked) == (command == "dot")
    assert server.readers == ["bob@example.org"]
    assert ("RSET" in server.lines) == (command != "dot")


@pytest.mark.parametrize("command", ["mail", "rcpt", "data", "dot", "rset"])
def test_a_lost_connection_is_an_error_of_its_own(server: Server, command: str) -> None:
    """Wherever it ends: it is said so, and who asks again is told at once."""
    with SmtpPostman(server.settings()) as postman:
        if command == "rset":
            server.say = lambda said, _: "550 5.1.1 no" if said == "rcpt" else None
            postman.deliver(posting(), yes)
        server.say = lambda said, _: DROP if said == command else None
        for _ in range(2):
            with pytest.raises(DisconnectedError, match="run it again later"):
                postman.deliver(posting(), yes)
    assert server.messages == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_what_is_to_be_encrypted_is(server: Server, authority: Path, security: str) -> None:
    """The certificate is checked, and name and password follow only then."""
    server.implicit = security == "tls"
    server.extensions = ("STARTTLS", "AUTH PLAIN LOGIN")
    settings = server.settings(security=security, ca_file=authority, user="desk", password="secret")  # noqa: S106  # of a server that is none
    with SmtpPostman(settings) as postman:
        assert postman.deliver(posting(), yes).accepted
    commands = [line.split()[0].upper() for line in server.lines]
    assert commands.index("AUTH") > (commands.index("STARTTLS") if security == "starttls" else 0)
    assert "secret" not in repr(settings)


def test_a_password_may_have_any_letters(server: Server, authority: Path) -> None:
    """It is sent as UTF-8 (RFC 4616)."""
    server.extensions = ("STARTTLS", "AUTH PLAIN")
    settings = server.settings(security="starttls", ca_file=authority, user="büro", password="가나")  # noqa: S106
    SmtpPostman(settings).close()
    secret = b64encode("\0büro\0가나".encode()).decode("ascii")
    assert f"AUTH PLAIN {secret}" in server.lines


@pytest.mark.parametrize(
    ("extensions", "said", "changes", "message"),
    [
        ((), {}, {"security": "starttls"}, "offers no STARTTLS — set security"),
        (("STARTTLS",), {"starttls": "454 4.7.0 not now"}, {"security": "starttls"}, "454 4.7.0 not now"),
        (("STARTTLS",), {}, {"security": "starttls"}, "certificate is not to be trusted"),
        ((), {}, {"security": "tls"}, "goes with port 465"),
        ((), {}, {"user": "desk"}, "offers no log-in — leave out"),
        (("AUTH PLAIN",), {"auth": "535 5.7.8 wrong"}, {"user": "desk"}, r"535 5\.7\.8 wrong.*check user and password"),
        (("AUTH PLAIN",), {"auth": "454 4.7.0 later"}, {"user": "desk"}, r"454 4\.7\.0 later.*run it again later"),
        ((), {"connect": "554 5.7.1 go away"}, {}, r"wants no mail from here.*554 5\.7\.1 go away"),
        ((), {"connect": "421 4.3.2 later"}, {}, "421 4.3.2 later"),
        ((), {"connect": DROP}, {}, "no connection"),
        ((), {"ehlo": "500 no", "helo": "500 no"}, {}, "500 no"),
    ],
)
def test_no_connection_that_is_less_than_was_asked_for(
    server: Server,
    authority: Path,
    extensions: tuple[str, ...],
    said: dict[str, str],
    changes: dict[str, str],
    message: str,
) -> None:
    """There is a message that says what, where and what to do; nothing goes in the clear instead."""
    server.extensions = extensions
    server.say = lambda command, _: said.get(command)
    with pytest.raises(DeliveryError, match=message) as caught:
        SmtpPostman(server.settings(**changes))
    assert str(caught.value).startswith(f"127.0.0.1:{server.port}: ")
    assert not [line for line in server.lines if line.upper().startswith("MAIL")]
    later = {"454", "421", ""} & {reply[:3] for reply in said.values()}
    assert isinstance(caught.value, DisconnectedError) == bool(later)


def test_nobody_listens() -> None:
    """A server that is not there may be there later."""
    for host in ("127.0.0.1", "x" * 70 + ".example"):
        with pytest.raises(DisconnectedError, match="check host and port"):
            SmtpPostman(PostSettings(host=host, port=1, security="none", seconds=2))


def test_certificates_that_cannot_be_read(server: Server, tmp_path: Path) -> None:
    """The file is named."""
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(DeliveryError, match=f"{name}: holds no certificates"):
            SmtpPostman(server.settings(security="tls", ca_file=tmp_path / name))


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org>\r\nRCPT TO:<eve@example.org",
        "ann@example.org\nDATA",
        "<ann@example.org>",
        "ann @example.org",
        "ann\x85@example.org",
        "ann",
        "@example.org",
        "ann@",
        "ann@" + "ü" * 80 + ".org",
    ],
)
def test_an_address_is_never_a_command(server: Server, address: str) -> None:
    """What is no address is refused before a word is said, as a reader's and as a sender's."""
    with SmtpPostman(server.settings()) as postman:
        before = len(server.lines)
        assert postman.deliver(posting(address), yes).code == 553
        with pytest.raises(DeliveryError, match="bounces"):
            postman.deliver(posting(sender=address), yes)
        assert len(server.lines) == before


def test_addresses_in_other_scripts(server: Server) -> None:
    """A domain is written in ASCII; a name before the @ needs a server that can (RFC 6531)."""
    with SmtpPostman(server.settings()) as postman:
        assert postman.deliver(posting("ann@bücher.example"), yes).accepted
        assert postman.deliver(posting("안@example.org"), yes).code == 553
    server.extensions = ("SMTPUTF8",)
    with SmtpPostman(server.settings()) as postman:
        assert postman.deliver(posting("안@bücher.example"), yes).accepted
    assert server.readers == ["ann@xn--bcher-kva.example", "안@xn--bcher-kva.example"]
    assert sum("SMTPUTF8" in line for line in server.lines) == 1
