"""A server of raw sockets on 127.0.0.1, which answers as badly as it is told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl

Behaviour = Callable[[socket.socket, bytes], bool | None]
"""Answers a request, given its head; true keeps the connection open for the next one."""

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title></feed>'


def answer(body: bytes = ATOM, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """Return a whole answer with a Content-Length, right unless `length` says otherwise."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(data: bytes, *, keep: bool = False) -> Behaviour:
    """Return what sends `data`, then closes the connection or keeps it."""

    def behave(sock: socket.socket, _: bytes) -> bool:
        sock.sendall(data)
        return keep

    return behave


def redirects(location: str, status: str = "301 Moved") -> Behaviour:
    """Return what leads elsewhere."""
    return says(answer(b"", status, f"Location: {location}"), keep=True)


def trickles(data: bytes, pause: float = 0.05) -> Behaviour:
    """Return what sends `data` a byte at a time, over and over."""

    def behave(sock: socket.socket, _: bytes) -> None:
        while True:
            for byte in data:
                sock.sendall(bytes((byte,)))
                time.sleep(pause)

    return behave


def floods(head: bytes, data: bytes) -> Behaviour:
    """Return what sends `head`, then `data` without end."""

    def behave(sock: socket.socket, _: bytes) -> None:
        sock.sendall(head)
        while True:
            sock.sendall(data)

    return behave


def stalls(data: bytes = b"") -> Behaviour:
    """Return what sends `data` and then nothing, for a while."""

    def behave(sock: socket.socket, _: bytes) -> None:
        sock.sendall(data)
        sock.settimeout(5)
        sock.recv(1)

    return behave


def resets(data: bytes = b"") -> Behaviour:
    """Return what sends `data` and then resets the connection."""

    def behave(sock: socket.socket, _: bytes) -> None:
        sock.sendall(data)
        time.sleep(0.05)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def half_closes(data: bytes) -> Behaviour:
    """Return what sends `data`, closes its own direction only, and waits."""

    def behave(sock: socket.socket, _: bytes) -> None:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(5)
        sock.recv(1)

    return behave


def tunnels(sock: socket.socket, head: bytes) -> None:
    """Do what a proxy does with CONNECT."""
    host, _, port = head.split(b" ")[1].decode().rpartition(":")
    with socket.create_connection((host, int(port)), 5) as other:
        sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=_pump, args=(other, sock), daemon=True).start()
        _pump(sock, other)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


class Server:
    """Listens on an address of this computer; behaviours by path, with a request's count as in `/x`."""

    def __init__(
        self,
        behaviours: Mapping[str, Behaviour],
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        greeting: bytes = b"",
    ) -> None:
        self.behaviours = dict(behaviours)
        self.requests: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._greeting = greeting
        self._host = host
        self._listener = socket.create_server((host, 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for sock in tuple(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def url(self, path: str = "/", *, host: str = "", userinfo: str = "") -> str:
        """Return the address of `path`."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{userinfo}{host or self._host}:{self.port}{path}"

    def heads(self, path: str) -> list[bytes]:
        """Return the heads of the requests for `path`."""
        return [head for head in self.requests if head.split(b" ")[1].decode() == path]

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), contextlib.ExitStack() as stack:
            stack.callback(sock.close)
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
                stack.callback(sock.close)
            if self._greeting:
                sock.sendall(self._greeting)
            self._open.add(sock)
            stack.callback(self._open.discard, sock)
            for head in _heads(sock):
                self.requests.append(head)
                if not self._behave(sock, head):
                    return

    def _behave(self, sock: socket.socket, head: bytes) -> bool | None:
        path = head.split(b" ")[1].decode()
        return self.behaviours.get(path, self.behaviours.get("*", says(answer(b"", "404 No"))))(sock, head)


def _heads(sock: socket.socket) -> Iterator[bytes]:
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            received = sock.recv(65536)
            if not received:
                return
            data += received
        head, _, data = data.partition(b"\r\n\r\n")
        yield head
