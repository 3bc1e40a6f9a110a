"""A hop through a real mail server: OpenSMTPD takes messages on loopback and hands them to a sink of ours.

It has to be started as root, as it gives its rights away itself; its queue is the system's.
"""

from __future__ import annotations

import smtplib
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = "/usr/sbin/smtpd"
PATIENCE = 60.0
UNCHANGED = ("subject", "from", "to", "list-unsubscribe", "list-unsubscribe-post", "list-id", "list-archive")
CONFIGURATION = """\
listen on 127.0.0.1 port {port} hostname mx.example.org
action "onward" relay host "smtp://127.0.0.1:{sink}" helo mx.example.org
match from any for any action "onward"
"""


class Sink:
    """What the messages end in."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Keep a message."""
        self.messages.append(envelope.original_content or envelope.content)
        return "250 kept"


def hop(messages: list[tuple[str, bytes]]) -> tuple[dict[str, list[str]], dict[str, bytes]]:
    """Send messages through the server; return by name what it changed that it must not, and how they arrived."""
    sink = Sink()
    with _sink(sink) as end, _server(end) as port, smtplib.SMTP("127.0.0.1", port) as client:
        for _, message in messages:
            client.sendmail("bounces@example.org", ["reader@example.net"], message)
        end_of_patience = time.monotonic() + PATIENCE
        while len(sink.messages) < len(messages) and time.monotonic() < end_of_patience:
            time.sleep(0.1)
    arrived = {_id(message): message for message in sink.messages}
    by_name = {name: arrived.get(_id(message), b"") for name, message in messages}
    return {name: _changed(message, by_name[name]) for name, message in messages}, by_name


def _id(message: bytes) -> str:
    return str(message_from_bytes(message, policy=policy.default)["message-id"])


def _changed(before: bytes, after: bytes) -> list[str]:
    """Return what is not as it was: headers lists need, bodies, and whether any line is longer than SMTP allows."""
    if not after:
        return ["did not arrive"]
    sent, got = (message_from_bytes(message, policy=policy.default) for message in (before, after))
    changed = [f"{name} was changed" for name in UNCHANGED if sent[name] != got[name]]
    bodies = [[part.get_payload(decode=True) for part in one.walk() if not part.is_multipart()] for one in (sent, got)]
    if bodies[0] != bodies[1]:
        changed.append("a body was changed")
    defects = [str(defect) for part in sent.walk() for defect in part.defects]
    return changed + defects + ([] if before.isascii() else ["is not ASCII"])


@contextmanager
def _sink(sink: Sink) -> Iterator[int]:
    port = _free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def _server(sink: int) -> Iterator[int]:
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "smtpd.conf"
        file.write_text(CONFIGURATION.format(port=port, sink=sink), encoding="ascii")
        file.chmod(0o600)
        with subprocess.Popen([SERVER, "-d", "-f", str(file)], stderr=subprocess.PIPE) as server:
            try:
                _wait_for(port)
                yield port
            finally:
                server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{SERVER} did not start: is another one running, and are you root?")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
