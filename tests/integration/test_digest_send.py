"""Sending an edition to a server that behaves, misbehaves or goes away: each reader gets it, once if one can know."""

from __future__ import annotations

import resource
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from builders import NOON
from republisher.digest.ledger import Ledger
from republisher.digest.send import PATIENCE, Report, SendSettings, send
from republisher.digest.smtp import Posting, SmtpPostman
from republisher.digest.values import Bodies, Delivery, EditionRecord, Subscriber
from republisher.errors import LockedError, StoreError
from republisher.model import LanguageTag
from smtp_server import DROP, SILENCE, Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEEK = "weekly/2026-W10"
LATER = NOON + timedelta(days=1)


class Post:
    """A ledger, a server, and runs between them."""

    def __init__(self, path: str, server: Server) -> None:
        self.path = path
        self.server = server
        self.ledger = Ledger(path)
        self.rests: list[float] = []

    def prepare(self, *names: str, week: str = "2026-W10") -> None:
        """Freeze an edition for some readers."""
        people = [
            Subscriber(address=f"{name}@example.org", language=LanguageTag("en"), since=NOON)
            for name in names
            if self.ledger.subscriber(f"{name}@example.org") is None
        ]
        self.ledger.set_subscriber(*people)
        self.ledger.add_edition(
            EditionRecord(frequency="weekly", name=week, since=NOON, until=NOON, state="built", created=NOON)
        )
        bodies = {"en.all": Bodies(subject="s", preheader="p", html="h", text="t")}
        lines = (
            Delivery(
                edition=f"weekly/{week}",
                address=f"{name}@example.org",
                variant="en.all",
                message_id=f"{name}.{week}@example.org",
                state="pending",
            )
            for name in names
        )
        assert self.ledger.prepare(f"weekly/{week}", bodies, lines)

    def send(self, edition: str = WEEK, **changes: Any) -> Report:
        """Run once."""
        now = changes.pop("now", NOON)
        progress = changes.pop("progress", lambda _: None)
        compose = changes.pop("compose", self.compose)
        server = self.server.settings(**changes.pop("server", {}))
        return send(
            self.ledger,
            edition,
            lambda: SmtpPostman(server),
            compose,
            now=lambda: now,
            settings=SendSettings(**changes),
            sleep=self.rests.append,
            progress=progress,
        )

    @staticmethod
    def compose(delivery: Delivery) -> Posting:
        """Write a letter."""
        content = f"Message-ID: <{delivery.message_id}>\r\n\r\nnews\r\n".encode()
        return Posting(sender="bounces@example.org", to=delivery.address, content=content)

    @property
    def counts(self) -> dict[str, int]:
        """Return the states of the edition."""
        return {str(state): count for state, count in self.ledger.counts(WEEK).items()}

    def refuse(self, *refusals: tuple[str, str, str]) -> None:
        """Answer a command that names a reader in some way, or ends in some way if the reader is empty."""

        def say(command: str, line: str) -> str | None:
            return next((said for at, name, said in refusals if command == at and name in line), None)

        self.server.say = say


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """Open a ledger, and a server that behaves."""
    with serving(Server()) as server:
        made = Post(str(tmp_path / "ledger.db"), server)
        yield made
        made.ledger.close()


def names(count: int) -> tuple[str, ...]:
    """Return names of readers."""
    return tuple(f"r{number}" for number in range(count))


@pytest.mark.parametrize("connections", [1, 4])
def test_everybody_gets_it_once(post: Post, connections: int) -> None:
    """Each reader one message, on no more connections than allowed; a second run does not even connect."""
    post.prepare(*names(30))
    seen: list[str] = []
    report = post.send(connections=connections, progress=lambda change: seen.append(change.delivery.address))
    assert (report.done, report.counts, report.stopped, report.left) == ({"sent": 30}, {"sent": 30}, "", 0)
    assert sorted(post.server.readers) == sorted(seen) == sorted(f"{name}@example.org" for name in names(30))
    assert post.server.connections <= connections
    record = post.ledger.edition(WEEK)
    assert record is not None
    assert record.state == "sent"
    made = post.server.connections
    assert post.send().done == {}
    assert post.server.connections == made


def test_a_refusal_for_now_is_tried_in_a_later_run(post: Post) -> None:
    """Not again at once, and not before its time."""
    post.prepare("ann", "bob")
    post.refuse(("rcpt", "ann@", "450 4.2.1 busy"))
    assert post.send().done == {"deferred": 1, "sent": 1}
    assert post.send(now=NOON + timedelta(minutes=5)).done == {}
    post.refuse()
    assert post.send(now=LATER).counts == {"sent": 2}
    assert post.server.readers == ["bob@example.org", "ann@example.org"]


def test_a_reader_who_does_not_exist_gets_no_other_edition(post: Post) -> None:
    """The others get theirs; 5.1.1 suppresses at once, another refusal with the second edition."""
    post.prepare("ann", "bob", "cid")
    post.refuse(("rcpt", "ann@", "550 5.1.1 no such user"), ("rcpt", "bob@", "552 5.2.2 full"))
    assert post.send().done == {"failed": 2, "sent": 1}
    assert [one.reason for one in post.ledger.suppressions()] == ["the address does not exist"]
    post.prepare("ann", "bob", "cid", week="2026-W11")
    report = post.send("weekly/2026-W11")
    assert report.counts == {"suppressed": 1, "failed": 1, "sent": 1}
    assert report.done == {"suppressed": 1, "failed": 1, "sent": 1}
    assert post.ledger.suppressed(["ann@example.org", "bob@example.org", "cid@example.org"]) == {
        "ann@example.org",
        "bob@example.org",
    }


@pytest.mark.parametrize(
    ("refusal", "counts"),
    [
        (("mail", "", "550 5.1.8 sender unknown"), {"pending": 5}),
        (("mail", "", "452 4.3.1 no room"), {"pending": 5}),
        (("rcpt", "", "554 5.7.1 relay access denied"), {"deferred": 1, "pending": 4}),
        (("dot", "", "554 5.7.1 looks like spam"), {"deferred": 1, "pending": 4}),
        (("connect", "", "554 5.7.1 go away"), {"pending": 5}),
        (("connect", "", "421 4.3.2 later"), {"pending": 5}),
    ],
)
def test_what_is_no_readers_fault_stops_the_run(
    post: Post, refusal: tuple[str, str, str], counts: dict[str, int]
) -> None:
    """Nobody is blamed, the report says why, and when the server has changed its mind everybody gets it."""
    post.prepare(*names(5))
    post.refuse(refusal)
    report = post.send()
    assert refusal[2] in report.stopped
    assert report.counts == counts
    assert report.left == 5
    assert post.server.connections == 1
    post.refuse()
    assert post.send(now=LATER).counts == {"sent": 5}
    assert len(post.server.messages) == 5


def test_a_reader_at_whom_a_run_stopped_does_not_stop_the_next(post: Post) -> None:
    """The next run begins with others."""
    post.prepare("ann", "bob", "cid")
    post.refuse(("rcpt", "ann@", "550 5.7.1 not from you"))
    assert post.send().stopped
    assert post.send(now=NOON + timedelta(minutes=1)).counts == {"deferred": 1, "sent": 2}


def test_a_log_in_that_is_refused_changes_nothing(post: Post) -> None:
    """Nothing was claimed, nobody has to be recovered."""
    post.prepare("ann")
    post.server.extensions = ("AUTH PLAIN",)
    post.refuse(("auth", "", "535 5.7.8 wrong"))
    report = post.send(server={"user": "desk"})
    assert "check user and password" in report.stopped
    assert post.counts == {"pending": 1}


def test_a_server_that_never_takes_anything_is_left_alone(post: Post) -> None:
    """After some refusals in a row the run ends; those who were not tried are still to come."""
    post.prepare(*names(PATIENCE + 10))
    post.refuse(("rcpt", "", "450 4.7.1 not now"))
    report = post.send()
    assert f"{PATIENCE} messages in a row" in report.stopped
    assert report.counts == {"deferred": PATIENCE, "pending": 10}


@pytest.mark.parametrize(("said", "rests"), [("421 4.4.2 enough", 3), ("452 4.5.3 too many messages", 0), (DROP, 3)])
def test_a_server_that_takes_some_messages_at_a_time_is_asked_again(post: Post, said: str, rests: int) -> None:
    """As long as every connection is of use the run goes on, after a rest if the server went away."""
    post.prepare(*names(10))
    answered = Counter[str]()

    def say(command: str, _line: str) -> str | None:
        answered[command] += 1
        return said if command == "mail" and answered["mail"] % 4 == 0 else None

    post.server.say = say
    report = post.send()
    assert (report.counts, report.stopped) == ({"sent": 10}, "")
    assert len([rest for rest in post.rests if rest]) == rests
    assert post.server.connections == 4
    assert len(set(post.server.readers)) == len(post.server.readers) == 10


@pytest.mark.parametrize("command", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize("said", ["421 4.3.2 closing", DROP])
def test_a_server_that_goes_away_ends_the_run_politely(post: Post, command: str, said: str) -> None:
    """What it had not taken is sent in the next run; only a silence after the last dot leaves a doubt."""
    post.prepare(*names(5))
    post.refuse((command, "r2@" if command in {"rcpt", "dot"} else "", said))
    report = post.send()
    unknown = command == "dot" and said == DROP
    assert unknown or "run it again later" in report.stopped
    assert report.left
    assert report.counts.get("committing", 0) == unknown
    post.refuse()
    assert post.send().counts == {"sent": 5}
    assert Counter(post.server.readers).most_common(1)[0][1] == 1


@pytest.mark.parametrize("hold", [True, False])
def test_a_message_nobody_knows_of_goes_again_or_is_held(post: Post, *, hold: bool) -> None:
    """The server stored it and fell silent: a copy has the same Message-ID, and a held one waits for a person."""
    post.prepare("ann", "bob")
    post.refuse(("dot", "ann@", SILENCE))
    post.send()
    assert post.counts == {"committing": 1, "pending": 1}
    post.refuse()
    report = post.send(hold=hold)
    assert report.counts == ({"held": 1, "sent": 1} if hold else {"sent": 2})
    assert Counter(post.server.readers) == {"ann@example.org": 1 if hold else 2, "bob@example.org": 1}
    assert len({content for reader, content in post.server.messages if reader == "ann@example.org"}) == 1
    assert report.left == hold
    post.ledger.release(WEEK, again=True)
    assert post.send(hold=hold).counts == {"sent": 2}


def test_a_connection_too_many_does_not_stop_the_others(post: Post) -> None:
    """A server that allows two gets two."""
    post.prepare(*names(20))
    greeted = Counter[str]()

    def say(command: str, _line: str) -> str | None:
        greeted[command] += 1
        return "421 4.7.0 too many connections" if command == "connect" and greeted["connect"] > 2 else None

    post.server.say = say
    report = post.send(connections=4)
    assert (report.counts, report.stopped) == ({"sent": 20}, "")


def test_no_more_than_asked_for(post: Post) -> None:
    """A run with a maximum sends so many, evenly if there is a rate, and the next goes on."""
    post.prepare(*names(7))
    assert post.send(most=3, connections=2).counts == {"sent": 3, "pending": 4}
    assert post.send(per_minute=6000, connections=2).counts == {"sent": 7}
    assert len(set(post.server.readers)) == len(post.server.readers) == 7


@pytest.mark.parametrize("moment", ["compose", "data"])
def test_who_leaves_while_the_run_is_sending_gets_nothing(post: Post, moment: str) -> None:
    """Even between the claim and the last dot; the message is withdrawn and the others get theirs."""
    post.prepare("ann", "bob", "cid")

    def leave() -> None:
        with Ledger(post.path) as office:
            office.suppress("bob@example.org", "unsubscribed", NOON)

    def compose(delivery: Delivery) -> Posting:
        if moment == "compose" and delivery.address == "bob@example.org":
            leave()
        return post.compose(delivery)

    def say(command: str, _line: str) -> str | None:
        if command == moment and len(post.server.messages) == 1:
            leave()
        return None

    post.server.say = say
    report = post.send(compose=compose)
    assert post.server.readers == ["ann@example.org", "cid@example.org"]
    assert (report.done, report.stopped) == ({"sent": 2, "suppressed": 1}, "")


def test_a_letter_that_cannot_be_written_does_not_keep_the_others(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    """It is tried again later, and said."""
    post.prepare("ann", "bob")

    def compose(delivery: Delivery) -> Posting:
        if delivery.address == "ann@example.org":
            raise KeyError("ann")
        return post.compose(delivery)

    assert post.send(compose=compose).counts == {"deferred": 1, "sent": 1}
    assert "cannot be written" in post.ledger.deliveries(WEEK, "deferred")[0].reply
    assert "ann.2026-W10@example.org" in caplog.text
    assert post.send(now=LATER).counts == {"sent": 2}


def test_a_second_run_stops_at_once(post: Post) -> None:
    """It says who is at work, and nothing is sent."""
    post.prepare("ann")
    with Ledger(post.path) as other, other.alone(), pytest.raises(LockedError, match="another run is at work"):
        post.send()
    assert post.server.connections == 0
    assert post.send().counts == {"sent": 1}


def test_an_interruption_ends_the_run_politely(post: Post) -> None:
    """Messages under way are finished, the others stay to be sent."""
    post.prepare(*names(10))

    def progress(_change: object) -> None:
        if len(post.server.messages) == 3:
            raise KeyboardInterrupt

    report = post.send(progress=progress)
    assert "interrupted" in report.stopped
    assert set(report.counts) == {"sent", "pending"}
    assert report.counts["sent"] in {3, 4}
    assert post.send().counts == {"sent": 10}
    assert len(post.server.messages) == 10


def test_a_mistake_of_the_caller_is_no_secret_and_leaves_nobody_waiting(post: Post) -> None:
    """The run ends with the exception, and another can follow."""
    post.prepare(*names(10))

    def progress(_change: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post.send(progress=progress, connections=3)
    assert post.send().counts == {"sent": 10}


@contextmanager
def full_disk(post: Post, command: str, count: int) -> Iterator[None]:
    """Refuse every further byte in any file, from the `count`th `command` on, or at once if there is none."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    seen = Counter[str]()

    def say(said: str, _line: str) -> str | None:
        seen[said] += 1
        if said == command and seen[said] == count:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        return None

    post.server.say = say
    try:
        if not command:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))
        post.server.say = lambda _, __: None


@pytest.mark.parametrize("connections", [1, 3])
@pytest.mark.parametrize("command", ["", "rcpt", "data", "dot"])
def test_with_a_full_disk_nothing_is_sent_that_cannot_be_recorded(post: Post, command: str, connections: int) -> None:
    """The run ends at once; when there is room again, at most one message per connection comes twice."""
    post.prepare(*names(20))
    with full_disk(post, command, 5), pytest.raises(StoreError, match="make room"):
        post.send(connections=connections)
    assert len(post.server.messages) <= 4 + connections
    assert post.send(connections=connections).counts == {"sent": 20}
    copies = Counter(post.server.readers)
    assert len(copies) == 20
    assert sum(copies.values()) - 20 <= (connections if command == "dot" else connections - 1)
