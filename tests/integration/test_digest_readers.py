"""Readers as the press officer sees them: lists in and out, people asked, mail obeyed, and all of it forgotten."""

from __future__ import annotations

import email
import json
import re
import ssl
import stat
import threading
import urllib.request
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from imap_server import Mailbox, imap_serving
from republisher import config, frontdesk, mailroom
from republisher.cli import main
from republisher.cli.serving import application
from republisher.cli.serving import server as web_server
from republisher.digest.inventory import INVENTORY
from republisher.digest.mailboxes import mailbox_name, read_imap, read_maildir
from republisher.digest.settings import InboxSettings
from republisher.errors import FetchError
from smtp_server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

LIST = "address,language,topics,consent\nanna@example.net,en,,on paper\nji@example.net,ko,health,on paper\n"


@pytest.fixture
def post() -> Iterator[Server]:
    """Run a mail server that takes everything."""
    with serving(Server()) as one:
        yield one


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, post: Server) -> Path:
    """Configure the digest, and make a Maildir."""
    monkeypatch.chdir(tmp_path)
    for part in ("new", "cur", "tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "republish.toml").write_text(
        '[site]\nurl = "https://press.example.org/feeds/"\ntitle = "Press"\n[[sources]]\nlocation = "feed.xml"\n'
        '[digest]\nfrom = { name = "Press office", email = "press@example.org" }\n'
        'requests = "digest@example.org"\nbounces = "b+{token}@example.org"\nweb = "https://digest.example.org/"\n'
        f'[digest.smtp]\nhost = "127.0.0.1"\nport = {post.port}\nsecurity = "none"\n'
        '[digest.inbox]\nmaildir = "Maildir"\n',
        encoding="utf-8",
    )
    return tmp_path


def people(*arguments: str) -> int:
    """Run `republish subscribers`."""
    return main(["subscribers", *arguments])


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what `republish subscribers … --json` says."""
    capsys.readouterr()
    people(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def letter(post: Server) -> EmailMessage:
    """Return the last letter."""
    return email.message_from_bytes(post.messages[-1][1], policy=policy.default)


def arrives(office: Path, name: str, subject: str, sender: str = "anna@example.net") -> None:
    """Put a mail into the Maildir."""
    (office / "Maildir" / "new" / name).write_text(
        f"From: {sender}\nTo: digest@example.org\nSubject: {subject}\n\nHello\n", encoding="utf-8"
    )


def test_a_list_goes_in_and_out(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is exported is imported without a change, and nobody else may read the file."""
    assert people("import", "list.csv", "--dry-run") == 0
    assert told(capsys, "list") == []
    assert people("import", "list.csv") == 0
    assert told(capsys, "import", "list.csv")["same"] == 2
    assert people("export", "out.csv") == 0
    assert stat.S_IMODE((office / "out.csv").stat().st_mode) == 0o600
    again = told(capsys, "import", "out.csv")
    assert (again["added"], again["changed"], again["same"], again["problems"]) == (0, 0, 2, [])
    assert [one["address"] for one in told(capsys, "list", "--state", "active")] == [
        "anna@example.net",
        "ji@example.net",
    ]


def test_suppression_wins_over_every_list(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who was removed or erased is not brought back by importing or adding; the exit status tells problems."""
    people("import", "list.csv")
    assert people("remove", "ANNA@example.net") == 0
    assert people("erase", "ji@example.net") == 0
    assert told(capsys, "import", "list.csv")["refused"] == ["anna@example.net", "ji@example.net"]
    assert people("add", "ji@example.net", "--consent", "on paper") == 2
    assert "without --consent they are asked first" in capsys.readouterr().err
    (office / "list.csv").write_text("address\nnobody\n", encoding="utf-8")
    assert people("import", "list.csv") == 1
    assert "list.csv, line 2: 'nobody' is no address" in capsys.readouterr().err


def test_who_is_added_is_asked(office: Path, post: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """The letter is in their language and leads to the button; the answer to it makes them a reader."""
    assert people("add", "ji@example.net", "--language", "ko", "--topics", "health", "economy") == 0
    said = letter(post)
    assert said["Subject"].startswith("Press: 구독 신청 확인 (")
    assert said["Reply-To"] == "digest@example.org"
    assert said.get_content_type() == "text/plain"
    assert re.search(r"\r\nhttps://digest\.example\.org/c/[a-z2-7]{26}\r\n", said.get_content())
    assert told(capsys, "list")[0]["state"] == "pending"
    arrives(office, "1", f"Re: {said['Subject']}", "ji@example.net")
    assert told(capsys, "inbox") == {"confirm": 1}
    (reader,) = told(capsys, "list")
    assert (reader["state"], reader["topics"]) == ("active", ["economy", "health"])


def test_who_agreed_is_not_asked(office: Path, post: Server) -> None:
    """The words are kept; mistakes are told at once, before anything is written."""
    assert people("add", "anna@example.net", "--consent", "at the desk, 2026-11-20") == 0
    assert people("add", "anna", "--topics", "helth", "--language", "x") == 2
    assert not post.messages
    with mailroom.open_ledger(config.load(office / "republish.toml")) as ledger:
        (reader,) = ledger.subscribers()
    assert (reader.state, reader.consent) == ("active", "at the desk, 2026-11-20")


def test_a_refused_letter_is_an_error(office: Path, post: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """The server's words are told; without a server nothing is taken down."""
    post.say = lambda command, _: "550 5.1.1 no such user" if command == "rcpt" else None
    assert people("add", "no@example.net") == 1
    assert "550 5.1.1 no such user" in capsys.readouterr().err
    file = office / "republish.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('host = "127.0.0.1"\n', ""), encoding="utf-8")
    assert people("add", "other@example.net") == 2
    assert [one["address"] for one in told(capsys, "list")] == ["no@example.net"]


def test_mail_is_put_away_after_it_was_obeyed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was understood is marked as read, what was not is marked for a person; both are looked at once."""
    people("import", "list.csv")
    arrives(office, "100.first", "unsubscribe")
    arrives(office, "200.second", "What is this?")
    (office / "Maildir" / "cur" / "50.seen:2,S").write_text("Subject: unsubscribe\n\n", encoding="utf-8")
    assert people("inbox") == 1
    assert "2 mails: 1 leave, 1 unclear." in capsys.readouterr().out
    assert sorted(file.name for file in (office / "Maildir").glob("*/*")) == [
        "100.first:2,S",
        "200.second:2,F",
        "50.seen:2,S",
    ]
    assert people("inbox") == 0
    assert {one["address"]: one["state"] for one in told(capsys, "list")}["anna@example.net"] == "unsubscribed"


def test_a_mail_is_not_put_away_before_the_ledger_has_it(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in between leaves it where it was; done again, it changes nothing."""
    people("import", "list.csv")
    arrives(office, "1", "unsubscribe")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.rename", crash)
        assert people("inbox") == 130
    assert [file.name for file in (office / "Maildir" / "new").iterdir()] == ["1"]
    with mailroom.open_ledger(config.load(office / "republish.toml")) as ledger:
        assert ledger.suppressed(["anna@example.net"])
    assert people("inbox") == 0


def test_a_maildir_that_is_none(office: Path) -> None:
    """The error names the folder and the setting; a mail that another program took meanwhile is passed over."""
    with pytest.raises(FetchError, match=r"cannot be read as a Maildir .* check digest\.inbox\.maildir"):
        next(read_maildir(office / "nowhere"))
    arrives(office, "1", "unsubscribe")
    arrives(office, "2", "unsubscribe")
    mails = read_maildir(office / "Maildir")
    first = next(mails)
    for file in (office / "Maildir" / "new").iterdir():
        file.unlink()
    first.done(True)  # noqa: FBT003
    assert list(mails) == []


def test_a_mailbox_on_a_server(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over TLS alone; what was understood is seen, what was not is flagged, and neither is fetched again."""
    people("import", "list.csv")
    authority = trustme.CA()
    serves, trusts = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(serves)
    authority.configure_trust(trusts)
    box = Mailbox(
        mails=[b"From: anna@example.net\r\nSubject: unsubscribe\r\n\r\n", b"Subject: hello\r\n\r\n"], context=serves
    )
    settings = config.load(office / "republish.toml")
    with imap_serving(box), mailroom.open_ledger(settings) as ledger:
        where = InboxSettings(host="127.0.0.1", port=box.port, user="digest", folder="Büro & Post")
        counts = frontdesk.reception(settings).collect(read_imap(where, "secret", trusts), ledger, datetime.now(UTC))
        assert dict(counts) == {"leave": 1, "unclear": 1}
        assert ledger.suppressed(["anna@example.net"])
        assert box.flags == [{"\\Seen"}, {"\\Flagged"}]
        assert box.selected == '"B&APw-ro &- Post"'
        assert list(read_imap(where, "secret", trusts)) == []
        with pytest.raises(FetchError, match=r"the mailbox cannot be read .* check \[digest\.inbox\]"):
            list(read_imap(where, "wrong", trusts))
        with pytest.raises(FetchError, match="certificate"):
            list(read_imap(where, "secret"))
    assert capsys.readouterr()


def test_names_of_mailboxes() -> None:
    """As RFC 3501 §5.1.3 writes them, and so that none can end the command."""
    assert mailbox_name("INBOX") == '"INBOX"'
    assert mailbox_name("~peter/mail/台北/日本語") == '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'
    assert mailbox_name('a"b\\c') == '"a\\"b\\\\c"'


def test_the_application_answers_on_a_socket(office: Path) -> None:
    """As `serve` starts it: the page is there, and its threads do not keep anybody waiting."""
    with web_server("127.0.0.1", 0, application(str(office / "republish.toml"))) as one:
        thread = threading.Thread(target=one.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{one.server_port}/?lang=ko", timeout=10) as answer:
                assert '<html lang="ko"' in answer.read().decode()
        finally:
            one.shutdown()
            thread.join()


def test_what_the_application_needs_is_told(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anybody sees a page."""
    file = office / "republish.toml"
    file.write_text(re.sub("web = .*", "", file.read_text(encoding="utf-8")), encoding="utf-8")
    assert people("serve") == 2
    assert "digest.web is missing" in capsys.readouterr().err


def test_the_inventory_tells_what_is_kept(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every table with people in it, counted; after everybody is erased there is nobody in any."""
    people("import", "list.csv")
    people("remove", "anna@example.net")
    counts = [one["count"] for one in told(capsys, "inventory")]
    assert counts == [2, 1, 0, None]
    people("inventory")
    assert "Address, language, topics" in capsys.readouterr().out
    for address in ("anna@example.net", "ji@example.net"):
        people("erase", address)
    assert [one["count"] for one in told(capsys, "inventory")] == [0, 0, 0, None]
    held = b"".join(file.read_bytes() for file in office.glob("republish.digest*"))
    assert b"anna@" not in held
    assert b"ji@" not in held


def test_the_inventory_knows_every_table_with_people(office: Path) -> None:
    """A table that gets a column for addresses must be told of, in the command and in the document."""
    settings = config.load(office / "republish.toml")
    with mailroom.open_ledger(settings) as ledger:
        tables = {
            str(row[0])
            for row in ledger.rows(
                "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.name = 'address'"
            )
        }
        assert set(ledger.inventory()) == tables
    assert tables == {one.table for one in INVENTORY if one.table}


def test_the_document_tells_the_same(office: Path) -> None:
    """docs/privacy.md shows the inventory word for word."""
    assert office
    document = (Path(__file__).parent.parent.parent / "docs" / "privacy.md").read_text(encoding="utf-8")
    for one in INVENTORY:
        assert f"| {one.what} | {one.where} | {one.why} | {one.until} |" in document
