"""The digest as a press officer makes it: built, looked at, changed, approved, sent once."""

from __future__ import annotations

import email
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from republisher import config, mailroom
from republisher.cli import main
from republisher.digest.values import Subscriber
from republisher.model import LanguageTag
from republisher.text import digest as digest_of
from smtp_server import SILENCE, Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

NOW = datetime.now(UTC)
SUBSCRIBER = Subscriber(address="x@example.net", language=LanguageTag("en"), since=NOW, consent="test")
STORIES = {
    "en": ("Vaccine reaches every village hospital", "Exports rise and unemployment falls", "Choir sings in town hall"),
    "ko": ("모든 병원에서 백신 접종 시작", "수출 늘고 실업률 하락"),
    "ar": ("لقاح جديد في المستشفيات",),
}


def story(language: str, number: int, title: str) -> str:
    """Return an entry of today."""
    when = (NOW - timedelta(hours=number + 1)).isoformat()
    return (
        f'<entry xml:lang="{language}"><id>https://source.example/{language}/{number}</id><title>{title}</title>'
        f'<link href="https://source.example/{language}/{number}"/><updated>{when}</updated><published>{when}</published>'
        f"<content>{title}.</content></entry>"
    )


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a mail server that takes everything."""
    with serving(Server()) as one:
        yield one


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> Path:
    """Publish some stories, and have three readers."""
    monkeypatch.chdir(tmp_path)
    entries = "".join(
        story(language, number, title) for language, titles in STORIES.items() for number, title in enumerate(titles)
    )
    head = f"<id>urn:feed</id><title>Source</title><updated>{NOW.isoformat()}</updated>"
    (tmp_path / "feed.xml").write_text(
        f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>', encoding="utf-8"
    )
    for part in ("new", "cur", "tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    (tmp_path / "republish.toml").write_text(
        '[site]\nurl = "https://press.example.org/feeds/"\ntitle = "Press"\n[[sources]]\nlocation = "feed.xml"\n'
        '[digest]\nfrom = { name = "Press office", email = "press@example.org" }\n'
        'requests = "digest@example.org"\nbounces = "b+{token}@example.org"\n'
        f'[digest.smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n',
        encoding="utf-8",
    )
    assert main(["-q"]) == 0
    subscribe("anna@example.net", "en")
    subscribe("ben@example.net", "en", "economy", "health")
    subscribe("ji@example.net", "ko")
    return tmp_path


def subscribe(address: str, language: str, *topics: str) -> None:
    """Add a reader of the weekly digest."""
    with mailroom.open_ledger(settings()) as ledger:
        ledger.set_subscriber(
            Subscriber(address=address, language=LanguageTag(language), topics=topics, since=NOW, consent="test")
        )


def settings() -> config.Config:
    """Return the configuration as it stands."""
    from pathlib import Path  # noqa: PLC0415

    return config.load(Path("republish.toml"))


def built(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """Build the edition and return what is said of it."""
    capsys.readouterr()
    assert main(["digest", "build", "--json", *arguments]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def weeks_later(monkeypatch: pytest.MonkeyPatch, weeks: int) -> None:
    """Let the digest's clock show another week."""
    later = NOW + timedelta(weeks=weeks, hours=1)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return later

    monkeypatch.setattr("republisher.cli.digest.datetime", Clock)


def set_digest(office: Path, lines: str) -> None:
    """Add settings to `[digest]` or, with a table of their own, below it."""
    file = office / "republish.toml"
    before, after = file.read_text(encoding="utf-8").split("[digest]\n")
    made = f"{before}[digest]\n{after}{lines}" if lines.startswith("[") else f"{before}[digest]\n{lines}{after}"
    file.write_text(made, encoding="utf-8")


def next_week(office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Let another story come, and a week pass; build and return the next edition."""
    file = office / "feed.xml"
    news = story("en", 9, "Bridge opens after repairs") + story("ko", 9, "다리 보수 공사 끝나")
    file.write_text(file.read_text(encoding="utf-8").replace("</feed>", f"{news}</feed>"), encoding="utf-8")
    assert main(["-q"]) == 0
    weeks_later(monkeypatch, 1)
    told = built(capsys)
    assert told["state"] == "built"
    return str(told["edition"])


def busy_for(*addresses: str) -> Callable[[str, str], str | None]:
    """Return what a server says that takes nothing for `addresses` now."""

    def say(command: str, line: str) -> str | None:
        return "451 4.7.1 later" if command == "rcpt" and any(one in line for one in addresses) else None

    return say


def standing(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, dict[str, int]]]:
    """Return the state and the counts of each edition."""
    capsys.readouterr()
    main(["digest", "status", "--json"])
    told = json.loads(capsys.readouterr().out)["editions"]
    return {one["edition"]: (one["state"], one["counts"]) for one in told}


def received(server: Server) -> dict[str, EmailMessage]:
    """Return the messages the server took, by reader."""
    return {to: email.message_from_bytes(content, policy=policy.default) for to, content in server.messages}


def test_an_edition_is_built_looked_at_and_sent_once(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each reader gets one message in the right language; a second run sends nothing; the web has pages and feeds."""
    told = built(capsys)
    assert told["readers"] == 3
    folder = office / "digest" / str(told["edition"])
    assert {file.name for file in folder.iterdir()} == {"edition.toml"} | {
        f"{variant}.{kind}" for variant in ("en.all", "en.economy.health", "ko.all") for kind in ("html", "txt", "eml")
    }
    assert server.messages == []
    assert main(["digest", "send"]) == 0
    assert "3 sent" in capsys.readouterr().out
    mails = received(server)
    assert sorted(mails) == ["anna@example.net", "ben@example.net", "ji@example.net"]
    assert "Vaccine reaches every village hospital" in mails["anna@example.net"]["Subject"]
    assert mails["ji@example.net"]["Content-Language"] == "ko"
    text = mails["ben@example.net"].get_body(("plain",))
    assert text is not None
    assert "Choir" not in text.get_content()
    assert "unsubscribe-" in text.get_content()
    assert main(["digest", "send"]) == 2
    assert len(server.messages) == 3
    page = office / "out" / "digest" / str(told["edition"]) / "en.all.html"
    assert "Choir sings in town hall" in page.read_text(encoding="utf-8")
    assert "unsubscribe-" not in page.read_text(encoding="utf-8")
    assert (office / "out" / "digest" / "weekly" / "en.all.html").read_bytes() == page.read_bytes()
    for ending in ("atom", "rss"):
        feed = etree.parse(office / "out" / "digest" / "weekly" / f"en.all.{ending}")
        assert len(feed.findall(".//{*}entry" if ending == "atom" else ".//item")) == 1


def test_the_next_edition_has_only_what_came_since(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing twice; a week without news is skipped and recorded, and the one after begins where it ended."""
    first = built(capsys)
    main(["digest", "send", "-q"])
    weeks_later(monkeypatch, 1)
    second = built(capsys)
    assert second["state"] == "skipped"
    assert second["since"] == first["until"]
    assert main(["digest", "send"]) == 2
    main(["digest", "status"])
    assert re.search(r"skipped", capsys.readouterr().out)


def test_an_editor_changes_the_edition_before_it_goes(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """First, dropped, another subject, an introduction; the notes are not overwritten, a mistake in them is told."""
    told = built(capsys)
    notes = office / "digest" / str(told["edition"]) / "edition.toml"
    assert "https://source.example/en/1" in notes.read_text(encoding="utf-8")
    notes.write_text(
        'drop = ["https://source.example/en/2"]\n[subject]\nen = "Our week"\n[introduction]\nen = "Dear **readers**"\n',
        encoding="utf-8",
    )
    built(capsys)
    assert notes.read_text(encoding="utf-8").startswith("drop")
    main(["digest", "send", "-q"])
    mail = received(server)["anna@example.net"]
    assert mail["Subject"] == "Our week"
    body = mail.get_body(("html",))
    assert body is not None
    assert "<strong" in body.get_content()
    assert "Choir" not in body.get_content()


def test_a_mistake_in_the_notes_stops_the_digest(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the file, the word and what may have been meant; nothing is sent."""
    told = built(capsys)
    (office / "digest" / str(told["edition"]) / "edition.toml").write_text('frist = ["x"]\n', encoding="utf-8")
    assert main(["digest", "send"]) == 2
    assert "did you mean 'first'?" in capsys.readouterr().err


def test_nothing_goes_without_approval_where_it_is_asked_for(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Built, refused, approved, sent."""
    file = office / "republish.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("[digest]\n", "[digest]\napprove = true\n"), encoding="utf-8"
    )
    built(capsys)
    assert main(["digest", "send"]) == 2
    assert "not approved yet" in capsys.readouterr().err
    assert main(["digest", "approve"]) == 0
    assert main(["digest", "send", "-q"]) == 0
    assert len(server.messages) == 3


def test_trials_leave_no_trace(office: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a dry run nor a message to oneself; then everybody gets theirs."""
    built(capsys)
    assert main(["digest", "send", "--dry-run"]) == 0
    assert "Nothing is sent." in capsys.readouterr().out
    assert main(["digest", "send", "--to", "me@example.org"]) == 0
    assert [to for to, _ in server.messages] == ["me@example.org"] * 3
    assert main(["digest", "send", "-q"]) == 0
    assert len(server.messages) == 6


def test_at_most_so_many_and_the_rest_later(office: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """`--max` ends a run early; the next one goes on."""
    built(capsys)
    assert main(["digest", "send", "--max", "2"]) == 0
    assert "1 are left" in capsys.readouterr().out
    main(["digest", "status", "--json"])
    assert json.loads(capsys.readouterr().out)["editions"][0]["state"] == "sending"
    assert main(["digest", "send", "-q"]) == 0
    assert len(server.messages) == 3


def test_who_could_not_be_reached_does_not_keep_the_next_edition(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one reader is asked again first; the others get this week's."""
    first = str(built(capsys)["edition"])
    server.say = busy_for("anna@")
    assert main(["digest", "send", "-q"]) == 0
    second = next_week(office, monkeypatch, capsys)
    assert main(["digest", "send", "--dry-run", "--json"]) == 0
    dry = json.loads(capsys.readouterr().out)
    assert dry["edition"] == second
    assert dry["under_way"] == {first: {"deferred": 1, "sent": 2}}
    assert len(server.messages) == 2
    server.lines.clear()
    assert main(["digest", "send"]) == 0
    told = capsys.readouterr().out
    assert told.index(first) < told.index(second)
    assert next(line for line in server.lines if line.startswith("RCPT")).startswith("RCPT TO:<anna@")
    assert standing(capsys)[first] == ("sending", {"deferred": 1, "sent": 2})
    assert standing(capsys)[second] == ("sending", {"deferred": 1, "sent": 1}), told
    assert server.readers.count("ji@example.net") == 2


def test_a_connection_that_ends_at_one_reader_does_not_keep_the_next_edition(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever it is the server cannot bear; it is told, and needs a look."""
    built(capsys)
    server.say = busy_for("anna@")
    main(["digest", "send", "-q"])
    next_week(office, monkeypatch, capsys)
    server.say = lambda command, line: "" if command == "rcpt" and "anna@" in line else None
    assert main(["digest", "send", "-q"]) == 1
    assert server.readers.count("ji@example.net") == 2


def test_at_most_so_many_of_all_editions(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--max` counts what is left of last week as well; an edition nothing may be sent of is not frozen yet."""
    first = str(built(capsys)["edition"])
    assert main(["digest", "send", "-q", "--max", "1"]) == 0
    second = next_week(office, monkeypatch, capsys)
    assert main(["digest", "send", "-q", "--max", "2"]) == 0
    assert standing(capsys)[first] == ("sent", {"sent": 3})
    assert standing(capsys)[second] == ("built", {})
    assert main(["digest", "send", "--json", "--max", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["edition"], one["done"]) for one in told["editions"]] == [(second, {"sent": 1})]
    assert len(server.messages) == 4


def test_a_trial_is_a_trial_while_another_edition_is_being_sent(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--to` never sends to anybody else."""
    built(capsys)
    main(["digest", "send", "-q", "--max", "1"])
    assert main(["digest", "send", "--to", "me@example.org"]) == 2
    assert "no weekly edition waits" in capsys.readouterr().err
    assert len(server.messages) == 1


def test_a_new_edition_without_approval_does_not_keep_the_old_one(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was approved goes on; what was not waits, and that is said."""
    built(capsys)
    main(["digest", "send", "-q", "--max", "1"])
    set_digest(office, "approve = true\n")
    second = next_week(office, monkeypatch, capsys)
    assert main(["digest", "send"]) == 0
    assert f"{second} is not approved yet" in capsys.readouterr().out
    assert len(server.messages) == 3


def test_the_inbox_is_read_before_anything_is_sent(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has left by mail gets nothing more; what cannot be understood is told; trials leave the inbox alone."""
    set_digest(office, '[digest.inbox]\nmaildir = "Maildir"\n')
    built(capsys)
    mail = "From: anna@example.net\nTo: digest@example.org\nSubject: {}\nMessage-ID: <{}@example.net>\n\n"
    for number, subject in enumerate(("unsubscribe", "What is this?")):
        (office / "Maildir" / "new" / str(number)).write_text(mail.format(subject, number), encoding="utf-8")
    assert main(["digest", "send", "--dry-run", "-q"]) == 0
    assert len(list((office / "Maildir" / "new").iterdir())) == 2
    assert main(["digest", "send", "-q"]) == 1
    assert capsys.readouterr().err.count("1 mails in the inbox are marked for you") == 1
    assert sorted(server.readers) == ["ben@example.net", "ji@example.net"]


def test_an_inbox_that_cannot_be_read_does_not_keep_the_edition(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says so, and the exit status."""
    set_digest(office, '[digest.inbox]\nmaildir = "nowhere"\n')
    built(capsys)
    assert main(["digest", "send", "-q"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "the inbox was not read to its end" in told
    assert len(server.messages) == 3


@pytest.mark.parametrize("again", [False, True])
def test_what_was_held_is_released(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], *, again: bool
) -> None:
    """Taken as sent, or sent again with the same Message-ID."""
    set_digest(office, 'uncertain = "hold"\n')
    edition = str(built(capsys)["edition"])
    lost: list[str] = []

    def fall_silent(command: str, line: str) -> str | None:
        if command == "dot" and "anna@" in line and not lost:
            lost.append(line)
            return SILENCE
        return None

    server.say = fall_silent
    main(["digest", "send", "-q"])
    assert main(["digest", "send"]) == 1
    assert "`republish digest release` decides about 1 held" in capsys.readouterr().out
    assert main(["digest", "release", *(["--again"] if again else [])]) == 0
    assert f"{edition}: 1 messages are" in capsys.readouterr().out
    assert standing(capsys)[edition][0] == ("sending" if again else "sent")
    assert main(["digest", "send", "-q"]) == (0 if again else 2)
    assert standing(capsys)[edition] == ("sent", {"sent": 3})
    letters = [
        email.message_from_bytes(content, policy=policy.default)
        for reader, content in server.messages
        if reader == "anna@example.net"
    ]
    assert len(letters) == 1 + again
    assert len({one["Message-ID"] for one in letters}) == 1
    capsys.readouterr()
    assert main(["digest", "release", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"again": False, "editions": {}}


def test_a_message_id_cannot_be_made_by_who_knows_the_address(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes from a mark that only this ledger can make: with another ledger it is another one."""
    edition = str(built(capsys)["edition"])
    main(["digest", "send", "-q"])
    sent = received(server)["anna@example.net"]["Message-ID"].strip("<>")
    assert digest_of(edition, "anna@example.net") not in sent
    with mailroom.open_ledger(settings()) as ledger:
        assert sent == f"{digest_of(edition, ledger.mark_of('anna@example.net'))}@press.example.org"


def test_who_is_erased_or_changed_after_the_freeze_is_no_trouble(
    office: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to who is gone, also if the moment is the worst; another spelling of an address is the same person."""
    edition = str(built(capsys)["edition"])
    with mailroom.open_ledger(settings()) as ledger:
        ledger.set_subscriber(replace(SUBSCRIBER, address="Stra\u00dfe@example.net"))
    main(["digest", "send", "-q", "--max", "1"])
    with mailroom.open_ledger(settings()) as ledger:
        ledger.set_subscriber(replace(SUBSCRIBER, address="STRASSE@example.net"))
        ledger.erase("ben@example.net", NOW)
        gone = [one for one in ledger.subscribers() if one.address != "ji@example.net"]
    monkeypatch.setattr("republisher.digest.people.People.subscribers", lambda _: tuple(gone))
    assert main(["digest", "send", "-q"]) == 0
    assert sorted(server.readers) == ["STRASSE@example.net", "anna@example.net"]
    assert standing(capsys)[edition] == ("sent", {"sent": 2, "suppressed": 2})


def test_what_was_sent_is_forgotten_in_time(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 400 days, as docs/privacy.md says, whether or not there is an edition to send."""
    edition = str(built(capsys)["edition"])
    main(["digest", "send", "-q"])
    for weeks, kept in ((57, {"sent": 3}), (58, {})):
        weeks_later(monkeypatch, weeks)
        assert main(["digest", "send", "-q"]) == 2
        assert standing(capsys)[edition] == ("sent", kept)


def test_the_same_inputs_give_the_same_edition(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Built again, no byte of it changes."""
    told = built(capsys)
    folder = office / "digest" / str(told["edition"])
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert built(capsys)["written"] == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("", "there is no [digest] in it"),
        ("[digest]\nlimit = 0\n", "digest.limit must be at least 1"),
        ('[digest]\nbounces = "b@example.org"\n', "must be an address with {token} in it"),
        ('[digest]\n[digest.smtp]\nsecurity = "ssl"\n', "digest.smtp.security must be one of"),
        ('[digest]\n[digest.smtp]\nuser = "a"\nsecurity = "none"\n', "would be sent in clear"),
        ('[digest]\n[digest.inbox]\nuser = "a"\n', "digest.inbox needs either a maildir or a host"),
        ('[digest]\n[digest.dkim]\ndomain = "a"\n', "digest.dkim needs a domain, a selector and a key_file"),
        ('[digest]\nfrum = "a"\n', "did you mean 'from'?"),
    ],
)
def test_wrong_settings_are_told(office: Path, capsys: pytest.CaptureFixture[str], lines: str, words: str) -> None:
    """Each with its name and what to write instead."""
    file = office / "republish.toml"
    file.write_text(file.read_text(encoding="utf-8").split("[digest]")[0] + lines, encoding="utf-8")
    assert main(["digest", "build"]) == 2
    assert words in capsys.readouterr().err
