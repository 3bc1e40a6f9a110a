"""Connections to checked addresses only, with every limit enforced where the bytes arrive.

The HTTP library calls this instead of the socket module. One `Network` serves one thread, which makes one request at a
time, so the limits of the request under way can be kept here. Errors carry their cause as their argument, because the
library cuts the chain.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpcore

from republisher.transport.address import refusal
from republisher.transport.place import canonical
from republisher.transport.values import HttpError, too_large

if TYPE_CHECKING:
    from collections.abc import Iterable

    from republisher.transport.values import HttpSettings

_MOST_ADDRESSES = 4
"""Of a host, tried one after the other."""
_SLACK = 262_144
"""Bytes that may have arrived beyond twice what they held; most is what is read ahead."""
_HEAD_READ = 16_384
_NUMBERS = re.compile(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:.]*")
Where = tuple[socket.AddressFamily, tuple[Any, ...]]


class Network(httpcore.NetworkBackend):
    """Opens connections and keeps the limits of the request under way."""

    def __init__(self, settings: HttpSettings, sockets: Sockets) -> None:
        self._settings = settings
        self._sockets = sockets
        self._deadline = 0.0
        self._received = 0
        self._delivered = 0
        self._head = True
        self.opened = 0
        """Connections."""
        self.stream: Stream | None = None
        """That was written to last."""
        self.sent = False
        """Whether anything has been sent since `begin`."""

    @property
    def received(self) -> int:
        """Return the bytes that have arrived since `begin`."""
        return self._received

    def begin(self, deadline: float) -> None:
        """Start counting for a request that must end by `deadline` (of the monotonic clock)."""
        self._deadline = deadline
        self._received = self._delivered = 0
        self._head = True
        self.sent = False

    def deliver(self, size: int) -> None:
        """Note that `size` bytes of the body have come out of what arrived; after the headers, 0."""
        self._head = False
        self._delivered += size

    def wait(self, wanted: float | None) -> float:
        """Return for how long an operation may wait; raise `HttpError` if the time is up."""
        left = self._deadline - monotonic()
        if left <= 0:
            raise self._late()
        return left if wanted is None else min(wanted, left)

    def timed_out(self) -> HttpError:
        """Return what it means that an operation waited in vain."""
        if self._deadline - monotonic() <= 0:
            return self._late()
        return HttpError(f"the server has been silent for {self._settings.read:g} seconds", advice=_AGAIN)

    def room(self, wanted: int) -> int:
        """Return how many bytes may be read now."""
        return min(wanted, _HEAD_READ) if self._head else wanted

    def arrive(self, size: int) -> None:
        """Count bytes that arrived; raise `HttpError` if they are too many."""
        self._received += size
        if self._head and self._received > self._settings.header_bytes + _HEAD_READ:
            raise HttpError("the server's headers never end", advice="tell the publisher")
        if self._received > self._settings.wire_bytes + self._settings.header_bytes:
            raise too_large(self._settings.wire_bytes)
        if self._received > 2 * self._delivered + self._settings.header_bytes + _SLACK:
            raise HttpError("the server sends more wrapping than content", advice="tell the publisher")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002  # the library's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> Stream:
        """Connect to the first address of `host` that answers, if all of them may be asked."""
        proxied = self._settings.proxy is not None
        found = self._resolved(host, port)
        if not proxied:
            self.check(host, found)
        problem: OSError = OSError("no address")
        for family, where in found[:_MOST_ADDRESSES]:
            try:
                return self._connect(family, where, self.wait(timeout))
            except OSError as error:
                problem = error
        kind = httpcore.ConnectTimeout if isinstance(problem, TimeoutError) else httpcore.ConnectError
        raise kind(problem) from problem

    def check_ahead(self, host: str, port: int) -> None:
        """Refuse a host a proxy is to be asked for, if it is private as seen from here; unknown names pass."""
        try:
            found = self._resolved(host, port)
        except httpcore.ConnectError:
            return
        self.check(host, found)

    def check(self, host: str, found: Iterable[Where]) -> None:
        """Raise `HttpError` if one of the addresses `found` for `host` may not be asked."""
        if canonical(host) in map(canonical, self._settings.private_hosts):
            return
        for _, where in found:
            if reason := refusal(where[0]):
                name = host if host == where[0] else f"{host} is {where[0]}"
                raise HttpError(
                    f"the address leads into {reason} ({name})",
                    advice="if that is meant, name the host under private_hosts in the configuration",
                    host_wide=True,
                )

    def _resolved(self, host: str, port: int) -> list[Where]:
        """Ask the resolver, which knows no time limit of its own, in a thread that can be left behind."""
        answer: list[Where] = []
        problem: list[Exception] = []

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answer.extend((family, where) for family, _, _, _, where in found)
            except (OSError, UnicodeError) as error:
                problem.append(error)

        if _NUMBERS.fullmatch(host):  # nobody needs to be asked
            ask()
        else:
            asking = threading.Thread(target=ask, daemon=True, name=f"resolve {host}")
            asking.start()
            asking.join(self.wait(self._settings.connect))
        if problem or not answer:
            reason = problem[0] if problem else TimeoutError("the resolver does not answer")
            raise httpcore.ConnectError(reason) from reason
        return answer

    def _connect(self, family: socket.AddressFamily, where: tuple[Any, ...], timeout: float) -> Stream:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.connect(where)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            sock.close()
            raise
        self.opened += 1
        return Stream(sock, self, self._sockets)

    def _late(self) -> HttpError:
        return HttpError(f"the server took longer than {self._settings.total:g} seconds", advice=_AGAIN)


class Sockets:
    """The open connections of all threads, so that they can be cut when nobody waits for them any longer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[Stream] = set()
        self._cut = False

    def add(self, stream: Stream) -> None:
        """Keep `stream` in mind."""
        with self._lock:
            self._open.add(stream)
            cut = self._cut
        if cut:
            stream.cut()

    def remove(self, stream: Stream) -> None:
        """Forget `stream`."""
        with self._lock:
            self._open.discard(stream)

    def cut(self) -> None:
        """End every connection, those to come included; who reads from one gets an error at once."""
        with self._lock:
            self._cut = True
            streams = tuple(self._open)
        for stream in streams:
            stream.cut()


class Stream(httpcore.NetworkStream):
    """A connection that counts and waits as its `Network` says."""

    def __init__(self, sock: socket.socket, network: Network, sockets: Sockets) -> None:
        self._sock = sock
        self._network = network
        self._sockets = sockets
        self._answer = bytearray()
        self.settled = False
        """Whether nothing is left of the last answer, so that the connection can be used again."""
        sockets.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for bytes; empty means that the server has closed."""
        wait = self._network.wait(timeout)
        try:
            self._sock.settimeout(wait)
            data = self._sock.recv(self._network.room(max_bytes))
        except TimeoutError as error:
            raise self._network.timed_out() from error
        except OSError as error:
            raise httpcore.ReadError(error) from error
        if b"\r\n\r\n" not in self._answer:
            self._answer += data
        self._network.arrive(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`."""
        self.settled = False
        if not self._network.sent:
            self._answer.clear()
        self._network.stream = self
        self._network.sent = True
        wait = self._network.wait(timeout)
        try:
            self._sock.settimeout(wait)
            self._sock.sendall(buffer)
        except TimeoutError as error:
            raise self._network.timed_out() from error
        except OSError as error:
            raise httpcore.WriteError(error) from error

    def settle(self, length: int | None) -> None:
        """Let the connection be used again if what arrived is one answer with `length` bytes of body, and no more.

        Bytes after the end would be taken for the answer to the next request.
        """
        head = self._answer.find(b"\r\n\r\n") + 4
        informational = self._answer.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1"))
        self.settled = length is not None and not informational and head + length == self._network.received

    def close(self) -> None:
        """End the connection."""
        self._sockets.remove(self)
        self._sock.close()

    def cut(self) -> None:
        """End the connection from another thread."""
        with suppress(OSError):  # it is closed already
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Go on encrypted, with a server whose certificate is for `server_hostname`."""
        wait = self._network.wait(timeout)
        try:
            self._sock.settimeout(wait)
            self._sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(error) from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(error) from error
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # the library's signature
        """Return what the library asks about the connection."""
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "is_readable":
            return not self.settled or _readable(self._sock)
        return None


_AGAIN = "it is asked again next time; if that stays so, ask the publisher"


def _readable(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
