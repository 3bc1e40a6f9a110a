"""An IMAP server on this machine with one mailbox: enough of RFC 3501 to be read from."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


@dataclass
class Mailbox:
    """What is in the mailbox, and what was done with it."""

    mails: list[bytes]
    context: ssl.SSLContext
    port: int = 0
    selected: str = ""
    flags: list[set[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.flags = [set() for _ in self.mails]

    def talk(self, plain: socket.socket) -> None:
        """Answer one client: in the clear nothing but STARTTLS."""
        with suppress(OSError), plain:
            plain.sendall(b"* OK ready\r\n")
            stream = plain.makefile("rb")
            tag = b""
            while b"STARTTLS" not in tag.upper():
                line = stream.readline()
                if not line:
                    return
                tag = line
                name = line.split()[0]
                plain.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + name + b" OK done\r\n")
            with self.context.wrap_socket(plain, server_side=True) as sock:
                for line in sock.makefile("rb"):
                    word, _, command = line.decode().strip().partition(" ")
                    sock.sendall(self._answer(word, command))

    def _answer(self, name: str, command: str) -> bytes:
        verb, _, rest = command.partition(" ")
        verb = verb.upper()
        data = b""
        if verb == "CAPABILITY":
            data = b"* CAPABILITY IMAP4rev1\r\n"
        elif verb == "LOGIN" and "secret" not in rest:
            return f"{name} NO wrong password\r\n".encode()
        elif verb == "SELECT":
            self.selected = rest
            data = f"* {len(self.mails)} EXISTS\r\n".encode()
        elif verb == "LOGOUT":
            data = b"* BYE\r\n"
        elif verb == "UID":
            data = self._uid(rest)
        return data + f"{name} OK done\r\n".encode()

    def _uid(self, rest: str) -> bytes:
        verb, _, arguments = rest.partition(" ")
        if verb.upper() == "SEARCH":
            found = [str(number) for number, flags in enumerate(self.flags, 1) if not flags]
            return f"* SEARCH {' '.join(found)}\r\n".encode()
        number = int(arguments.split()[0])
        if verb.upper() == "FETCH":
            content = self.mails[number - 1]
            head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n"
            return head.encode() + content + b")\r\n"
        self.flags[number - 1] |= set(re.findall(r"\\\w+", arguments))
        return b""


@contextmanager
def imap_serving(box: Mailbox) -> Iterator[Mailbox]:
    """Run the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    box.port = listener.getsockname()[1]
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=box.talk, args=(sock,), daemon=True))
            threads[-1].start()

    main = threading.Thread(target=accept, daemon=True)
    main.start()
    try:
        yield box
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        main.join()
        for thread in threads:
            thread.join(5)
