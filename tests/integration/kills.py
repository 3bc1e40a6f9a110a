"""Sends an edition to a real SMTP server, kills the sender again and again, and prints what was lost or doubled.

    python tests/integration/kills.py [SUBSCRIBERS] [KILLS] [CONNECTIONS] [SEED]

The server is a process of its own that writes down each message before it says yes. Half of the kills come at random
moments; the others at each point of a message's way in turn. All are SIGKILL. After each, the ledger is looked at: what
is `committing` then may arrive twice, anything else may not. In the end two runs at once send another edition.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from republisher.digest.ledger import Ledger
from republisher.digest.send import SendSettings, send
from republisher.digest.smtp import Answer, Posting, PostSettings, SmtpPostman
from republisher.digest.values import Bodies, Delivery, EditionRecord, Subscriber
from republisher.errors import LockedError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.digest.smtp import Stage
    from republisher.digest.values import DeliveryState

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
POINTS = ("claimed", "composed", "addressed", "before committing", "committing", "dot", "answered", "sent")
SECOND = 3
"""Exit status of a run that found another at work."""
SLOW = 0.004
"""Seconds the server takes to store a message."""


@dataclass
class Result:
    """What a series of kills came to."""

    subscribers: int
    kills: int = 0
    random: int = 0
    points: Counter[str] = field(default_factory=Counter)
    """Kills at each point."""
    left: Counter[str] = field(default_factory=Counter)
    """Messages that the kills left in each state on their way; `committing` those that were not so before."""
    messages: int = 0
    lost: int = 0
    copies: int = 0
    """Messages beyond the first to a reader."""
    most: int = 0
    """Messages to one reader."""
    other_id: int = 0
    """Copies whose Message-ID is not that of the first."""
    unsent: int = 0
    """Readers the ledger does not call sent in the end."""
    second: int = 0
    """Runs that found another at work."""
    extra: int = 0
    """Messages too many when two ran at once."""
    seconds: float = 0.0


class Handler:
    """Writes down every message before it is accepted."""

    def __init__(self, log: str) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # the library's name
        """Store a message, and only then say so."""
        lines = envelope.content.split(b"\r\n")
        name = next(line for line in lines if line.lower().startswith(b"message-id:")).split()[1]
        await asyncio.sleep(SLOW)
        os.write(self._log, f"{envelope.rcpt_tos[0]} {name.decode()}\n".encode())
        return "250 2.0.0 stored"


class KilledLedger(Ledger):
    """A ledger whose process dies at a point."""

    die: Any = staticmethod(lambda _point: None)

    def settle(self, edition: str, changes: Any, limit: int, now: datetime) -> Any:
        """Die before or after the transaction."""
        states = {change.state for change in changes}
        for state, point in (("committing", "before committing"), ("sent", "answered")):
            if state in states:
                self.die(point)
        result = super().settle(edition, changes, limit, now)
        for state, point in (("committing", "committing"), ("sent", "sent")):
            if state in states:
                self.die(point)
        if result[1]:
            self.die("claimed")
        return result


class KilledPostman(SmtpPostman):
    """A connection whose process dies at a point."""

    die: Any = staticmethod(lambda _point: None)

    def _ask(self, stage: Stage, command: bytes) -> Answer:
        if stage == "data":
            self.die("addressed")
        if stage == "dot":
            self._server.send(command)
            self.die("dot")
            return self._reply(stage)
        return super()._ask(stage, command)


async def serve(port_file: str, log: str) -> None:
    """Be the server until killed."""
    handler = Handler(log)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mx.example.org", loop=loop), "127.0.0.1", 0)
    place = Path(port_file)
    place.with_suffix(".new").write_text(str(server.sockets[0].getsockname()[1]), encoding="ascii")
    place.with_suffix(".new").replace(place)
    await server.serve_forever()


def run(ledger: str, edition: str, port: int, connections: int, point: str, number: int) -> int:
    """Send; die when `point` is reached for the `number`th time."""
    seen = Counter[str]()

    def die(here: str) -> None:
        seen[here] += 1
        if here == point and seen[here] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def compose(delivery: Delivery) -> Posting:
        content = f"Message-ID: <{delivery.message_id}>\r\nTo: {delivery.address}\r\n\r\n" + ".dots\r\n" * 50
        die("composed")
        return Posting(sender="bounces@example.org", to=delivery.address, content=content.encode())

    KilledLedger.die = KilledPostman.die = staticmethod(die)
    settings = PostSettings(host="127.0.0.1", port=port, security="none", name="sender.example.org")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        with KilledLedger(ledger) as book:
            report = send(
                book, edition, lambda: KilledPostman(settings), compose,
                now=lambda: NOW, settings=SendSettings(connections=connections),
            )  # fmt: skip
    except LockedError:
        return SECOND
    return int(bool(report.stopped))


def prepare(ledger: str, name: str, count: int) -> str:
    """Make an edition for `count` readers, ready to be sent; return its key."""
    people = [Subscriber(address=f"r{n}@example.org", language=LanguageTag("en"), since=NOW) for n in range(count)]
    edition = EditionRecord(frequency="weekly", name=name, since=NOW, until=NOW, state="built", created=NOW)
    with Ledger(ledger) as book:
        book.set_subscriber(*people)
        book.add_edition(edition)
        book.prepare(
            edition.key,
            {"en.all": Bodies(subject="s", preheader="p", html="h", text="t")},
            [
                Delivery(
                    edition=edition.key, address=one.address, variant="en.all", state="pending",
                    message_id=f"{number}.{name}@example.org",
                )
                for number, one in enumerate(people)
            ],
        )  # fmt: skip
    return edition.key


@dataclass
class Trial:
    """A folder with a ledger, and a server with a log."""

    ledger: str
    log: Path
    port: int
    connections: int

    def start(self, edition: str, point: str = "-", number: int = 0) -> subprocess.Popen[str]:
        """Start a run in a process of its own, and wait until it is about to begin."""
        process = subprocess.Popen(
            [
                sys.executable, __file__, "run", self.ledger, edition, str(self.port), str(self.connections), point,
                str(number),
            ],
            stdout=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def end(self, process: subprocess.Popen[str]) -> int:
        """Return how a run ended, negative for a signal."""
        process.communicate(timeout=300)
        return process.returncode

    def received(self) -> list[tuple[str, str]]:
        """Return readers and Message-IDs as the server wrote them down."""
        lines = self.log.read_text(encoding="ascii").splitlines() if self.log.exists() else []
        return [(line.split()[0], line.split()[1]) for line in lines]

    def found(self, edition: str, state: DeliveryState) -> set[str]:
        """Return the readers whose message the ledger has in a state."""
        with Ledger(self.ledger, writing=False) as book:
            return {delivery.address for delivery in book.deliveries(edition, state)}


@contextmanager
def trial(connections: int) -> Iterator[Trial]:
    """Start a server."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server = subprocess.Popen([sys.executable, __file__, "serve", str(place / "port"), str(place / "log")])
        try:
            while not (place / "port").exists() and server.poll() is None:
                time.sleep(0.02)
            port = int((place / "port").read_text(encoding="ascii"))
            yield Trial(str(place / "ledger.db"), place / "log", port, connections)
        finally:
            server.kill()
            server.wait()


def series(subscribers: int, kills: int, connections: int, seed: int) -> Result:
    """Kill `kills` times, then let one run end, then let two run at once."""
    dice = random.Random(seed)  # noqa: S311  # kills are no secret
    result = Result(subscribers=subscribers)
    began = time.monotonic()
    stride = max(1, subscribers * 3 // (kills + 1) // 4)
    with trial(connections) as place:
        edition = prepare(place.ledger, "2026-W47", subscribers)
        while result.kills < kills:
            doubtful = place.found(edition, "committing")
            point = POINTS[result.kills // 2 % len(POINTS)] if result.kills % 2 else ""
            process = place.start(edition, point or "-", dice.randint(1, 2 * stride))
            if not point:
                time.sleep(dice.uniform(0, 2 * stride * SLOW / connections))
                process.kill()
            status = place.end(process)
            result.left["sending"] += len(place.found(edition, "sending"))
            result.left["committing"] += len(place.found(edition, "committing") - doubtful)
            if status != -signal.SIGKILL:
                break
            result.kills += 1
            result.random += not point
            result.points.update([point] if point else [])
        if place.end(place.start(edition)) != 0:
            raise SystemExit("the last run did not come to its end")
        _judge(result, place.received(), subscribers)
        result.unsent = subscribers - len(place.found(edition, "sent"))
        _twins(result, place, dice)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _judge(result: Result, received: list[tuple[str, str]], subscribers: int) -> None:
    copies = Counter(reader for reader, _ in received)
    first = dict(reversed(received))
    result.messages = len(received)
    result.lost = sum(f"r{n}@example.org" not in copies for n in range(subscribers))
    result.copies = sum(count - 1 for count in copies.values())
    result.most = max(copies.values())
    result.other_id = sum(first[reader] != name for reader, name in received)


def _twins(result: Result, place: Trial, dice: random.Random) -> None:
    """Let two runs at once send another edition, and a third one after them."""
    count = min(500, result.subscribers)
    edition = prepare(place.ledger, "2026-W48", count)
    before = len(place.received())
    first = place.start(edition)
    time.sleep(dice.uniform(0, 0.05))
    second = place.start(edition)
    statuses = [place.end(first), place.end(second), place.end(place.start(edition))]
    result.second = statuses.count(SECOND)
    result.extra = len(place.received()) - before - count


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    if arguments[:1] == ["serve"]:
        asyncio.run(serve(*arguments[1:]))
    if arguments[:1] == ["run"]:
        ledger, edition, port, connections, point, number = arguments[1:]
        return run(ledger, edition, int(port), int(connections), point, int(number))
    numbers = [*map(int, arguments), *(3000, 200, 2, 1)[len(arguments) :]]
    sys.stdout.write(json.dumps(vars(series(*numbers))) + "\n")
    return 0


if __name__ == "__main__":
    with closing(sys.stdout):
        raise SystemExit(main(sys.argv[1:]))
