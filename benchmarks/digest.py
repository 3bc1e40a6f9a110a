"""How many messages per second an edition is sent with, over 1 and 4 connections, to a server on this computer.

    python benchmarks/digest.py [READERS] [MILLISECONDS]

The server is a process of its own that takes everything and stores nothing; MILLISECONDS is how long it thinks before
each answer, as a server in another city would. The messages are as large as a digest of 40 articles. Beside it stand
what `smtplib.sendmail` alone does without any record, and the commits to disk per second that this computer can do.
"""

from __future__ import annotations

import multiprocessing
import smtplib
import socket
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from republisher.digest.ledger import Ledger
from republisher.digest.send import SendSettings, send
from republisher.digest.smtp import Posting, PostSettings, SmtpPostman
from republisher.digest.values import Bodies, Delivery, EditionRecord, Subscriber
from republisher.model import LanguageTag

ROUNDS = 3
LINE = b"PHRkIHN0eWxlPSJwYWRkaW5nOjI0cHggMjRweCA4cHg7Zm9udDo3MDAgMjBweC8xLjMgc2VyaWYi\r\n"
CONTENT = b"Subject: digest\r\n\r\n" + LINE * 750
"""57 KB: 33 KB of HTML and 9 KB of text in base64."""
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def serve(listener: socket.socket, delay: float) -> None:
    """Say yes to everything."""

    def answer(sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with sock, sock.makefile("rb") as lines:
            sock.sendall(b"220 sink\r\n")
            while line := lines.readline():
                time.sleep(delay)
                word = line[:4].upper()
                if word == b"DATA":
                    sock.sendall(b"354 go on\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                    time.sleep(delay)
                many = b"250-sink\r\n250-PIPELINING\r\n250 SIZE\r\n"
                sock.sendall(many if word == b"EHLO" else b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

    while True:
        sock, _ = listener.accept()
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


def ours(port: int, readers: int, connections: int) -> float:
    """Return the messages per second of an edition, prepared before."""
    with tempfile.TemporaryDirectory(dir=".") as folder, Ledger(str(Path(folder, "ledger.db"))) as ledger:
        edition = EditionRecord(frequency="weekly", name="1", since=NOW, until=NOW, state="built", created=NOW)
        people = [
            Subscriber(address=f"r{n}@example.org", language=LanguageTag("en"), since=NOW) for n in range(readers)
        ]
        ledger.set_subscriber(*people)
        ledger.add_edition(edition)
        bodies = {"en.all": Bodies(subject="s", preheader="p", html="h", text="t")}
        ledger.prepare(
            edition.key,
            bodies,
            [
                Delivery(
                    edition=edition.key, address=p.address, variant="en.all", message_id=p.address, state="pending"
                )
                for p in people
            ],
        )
        settings = PostSettings(host="127.0.0.1", port=port, security="none", name="sender")
        began = time.perf_counter()
        report = send(
            ledger,
            edition.key,
            lambda: SmtpPostman(settings),
            lambda delivery: Posting(sender="b@example.org", to=delivery.address, content=CONTENT),
            now=lambda: NOW,
            settings=SendSettings(connections=connections),
        )
        seconds = time.perf_counter() - began
    if report.done != {"sent": readers}:
        raise SystemExit(f"unexpected: {report}")
    return readers / seconds


def alone(port: int, readers: int, connections: int) -> float:
    """Return the messages per second of the standard library, a connection per thread, nothing recorded."""

    def post(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="sender") as server:
            for reader in range(number, readers, connections):
                server.sendmail("b@example.org", f"r{reader}@example.org", CONTENT)

    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        list(threads.map(post, range(connections)))
    return readers / (time.perf_counter() - began)


def commits(count: int) -> float:
    """Return the transactions per second that SQLite brings safely to this disk, one after the other."""
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        closing(sqlite3.connect(Path(folder, "t.db"), isolation_level=None)) as base,
    ):
        base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a)")
        began = time.perf_counter()
        for number in range(count):
            base.execute("INSERT INTO t VALUES (?)", (number,))
        return count / (time.perf_counter() - began)


def main() -> None:
    """Measure, alternating, and print medians."""
    readers, delay = int((sys.argv[1:] or ["2000"])[0]), float((sys.argv[2:] or ["0"])[0]) / 1000
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    port = listener.getsockname()[1]
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener, delay), daemon=True)
    server.start()
    print(
        f"{len(CONTENT) / 1000:.0f} KB each, {readers} readers, the server thinks {delay * 1000:g} ms before an answer"
    )
    print(f"commits to this disk, one after the other: {commits(1000):.0f} per second; each message needs two")
    for connections in (1, 4):
        rounds = [(ours(port, readers, connections), alone(port, readers, connections)) for _ in range(ROUNDS)]
        mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"{connections} connections: {mine:.0f} messages per second; smtplib without a record {theirs:.0f}")
    server.terminate()


if __name__ == "__main__":
    main()
