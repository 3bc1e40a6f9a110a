"""A mail server on this machine that does as it is told: refuses, goes away, says nonsense, encrypts."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from republisher.digest.smtp import PostSettings

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

DROP = ""
"""The answer that is none: the connection ends."""
SILENCE = "stored, but"
"""To the last dot: the message is stored, and the connection ends before anybody is told."""
DEFAULT = {
    "connect": "220 mx.example.org ready",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "dot": "250 2.0.0 stored",
    "rset": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
    "auth": "235 2.7.0 welcome",
    "starttls": "220 2.0.0 go on",
}


@dataclass
class Server:
    """What the server does, and what was said to it."""

    say: Callable[[str, str], str | None] = lambda _command, _line: None
    """The answer to a command; nothing for the usual one."""
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 1000000", "ENHANCEDSTATUSCODES")
    context: ssl.SSLContext | None = None
    """For STARTTLS."""
    implicit: bool = False
    """Whether everything is encrypted from the start."""
    port: int = 0
    connections: int = 0
    lines: list[str] = field(default_factory=list)
    """Every command, without those in messages."""
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    """Reader and content of what was taken, as it stood on the line."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def readers(self) -> list[str]:
        """Return who was sent something, in order."""
        return [reader for reader, _ in self.messages]

    def settings(self, **changes: object) -> PostSettings:
        """Return how to reach it."""
        usual = {"host": "127.0.0.1", "port": self.port, "security": "none", "name": "sender", "seconds": 5.0}
        return PostSettings(**usual | changes)  # type: ignore[arg-type]

    def talk(self, sock: socket.socket) -> None:
        """Answer on one connection until it ends."""
        with suppress(OSError), ExitStack() as closing:
            closing.enter_context(sock)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.implicit and self.context:
                sock = closing.enter_context(self.context.wrap_socket(sock, server_side=True))
            if not self._answer(sock, "connect", ""):
                return
            reader = ""
            stream = closing.enter_context(sock.makefile("rb"))
            while line := stream.readline().decode("utf-8", "replace").rstrip("\r\n"):
                command = line[:4].lower() if line[:4].upper() != "STAR" else "starttls"
                with self.lock:
                    self.lines.append(line)
                said = self._answer(sock, command, line)
                if not said:
                    return
                if command == "rcpt":
                    reader = line[line.index("<") + 1 : line.rindex(">")]
                if command == "starttls" and self.context:
                    sock = closing.enter_context(self.context.wrap_socket(sock, server_side=True))
                    stream = closing.enter_context(sock.makefile("rb"))
                if command == "data" and said.startswith("354"):
                    content = b""
                    while (part := stream.readline()) not in {b".\r\n", b""}:
                        content += part
                    if not part or not self._answer(sock, "dot", reader, content):
                        return

    def _answer(self, sock: socket.socket, command: str, line: str, content: bytes = b"") -> str:
        """Answer a command; return what was said, empty if the connection is to end."""
        with self.lock:
            usual = DEFAULT.get(command, "500 5.5.1 what?")
            if command == "ehlo":
                usual = "\r\n".join(f"250-{word}" for word in ("mx.example.org", *self.extensions)) + "\r\n250 HELP"
            answer = self.say(command, line)
            answer = usual if answer is None else answer
            if command == "dot" and answer.startswith(("2", SILENCE)):
                self.messages.append((line, content))
        if answer in {DROP, SILENCE}:
            return ""
        sock.sendall(f"{answer}\r\n".encode())
        return "" if answer.startswith("421") else answer


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Run the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            threads.append(threading.Thread(target=server.talk, args=(sock,), daemon=True))
            threads[-1].start()

    main = threading.Thread(target=accept, daemon=True)
    main.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        main.join()
        for thread in threads:
            thread.join(5)
