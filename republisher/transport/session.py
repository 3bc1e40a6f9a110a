"""One hop: a request to one place, its answer received within every limit."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore

from republisher.errors import ConfigError
from republisher.transport import explain
from republisher.transport.decode import ACCEPTED, coding, decoded
from republisher.transport.headers import Headers
from republisher.transport.network import Network, Sockets, Stream
from republisher.transport.place import locate
from republisher.transport.spool import Body, Spool
from republisher.transport.values import HttpError, too_large

if TYPE_CHECKING:
    from collections.abc import Mapping

    from republisher.transport.place import Place
    from republisher.transport.values import HttpSettings

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_CONTENT = frozenset((200, 203))
_VERSIONS = frozenset((b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2"))
_EMPTY = frozenset((204, 304))
"""Answers without a body (RFC 9112 §6.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one place said."""

    status: int
    headers: Headers
    body: Body | None
    """The decoded content, if the status says that there is some."""


class Shared:
    """What all sessions of a transport have in common; raises `ConfigError` if the settings cannot work."""

    def __init__(self, settings: HttpSettings) -> None:
        self.settings = settings
        self.unpacker = ThreadPoolExecutor(1, thread_name_prefix="unpack")
        """One document is decompressed at a time, and always by the same thread: a decoder may ask for 16 MB, which the
        C library would keep for each thread that ever did."""
        self._making = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self.proxy = _proxy(settings.proxy) if settings.proxy else None
        if settings.ca_file:
            self._trust(self.context(), str(settings.ca_file))
        self.spool = Spool(settings.waiting_bytes)

    def close(self) -> None:
        """Let go of everything."""
        self.unpacker.shutdown()
        self.spool.close()

    def context(self) -> ssl.SSLContext:
        """Return what certificates are checked against: the system's own, with the user's; made when first needed."""
        with self._making:
            if self._context is None:
                self._context = ssl.create_default_context()
            return self._context

    @staticmethod
    def _trust(context: ssl.SSLContext, path: str) -> None:
        try:
            context.load_verify_locations(path)
        except OSError as error:
            raise ConfigError(f"{path}: holds no certificates that can be read — it must be a PEM file") from error


class Session:
    """Asks one place after the other, keeping connections; belongs to one thread."""

    def __init__(self, shared: Shared, sockets: Sockets) -> None:
        self._shared = shared
        self._settings = shared.settings
        self._network = Network(shared.settings, sockets)
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        contact = "; ".join(filter(None, (f"+{self._settings.site}", self._settings.contact)))
        self._headers = {
            "User-Agent": f"republish/{self._settings.version} ({contact})",
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
        }

    def close(self) -> None:
        """End all connections."""
        for pool in self._pools.values():
            pool.close()

    def ask(self, place: Place, headers: Mapping[str, str], deadline: float) -> Answer:
        """Return what `place` answers by `deadline` (of the monotonic clock); raise `HttpError`."""
        opened = self._network.opened
        try:
            try:
                return self._exchange(place, headers, deadline)
            except HttpError:
                raise
            except Exception:
                if self._network.opened > opened or self._network.received or not self._network.sent:
                    raise
            # A kept connection had been closed by the server meanwhile, which it may do at any time.
            return self._exchange(place, headers, deadline)
        except Exception as error:  # hostile input reaches three libraries deep
            raise explain.failure(error, place.url, self._network.received) from error

    def _exchange(self, place: Place, headers: Mapping[str, str], deadline: float) -> Answer:
        self._network.begin(deadline)
        if self._settings.proxy:
            self._network.check_ahead(place.host, place.port)
        url = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
        fields = {"Host": place.authority, **self._headers, **headers}
        times = {"connect": self._settings.connect, "read": self._settings.read, "write": self._settings.read}
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()]
        with self._pool(place.scheme).stream("GET", url, headers=raw, extensions={"timeout": times}) as response:
            if response.extensions["http_version"] not in _VERSIONS:
                raise HttpError("the server speaks a version of HTTP that does not exist", advice="tell the publisher")
            found = Headers(response.headers)
            self._network.deliver(0)
            if response.status in _EMPTY:
                for _ in response.iter_stream():
                    pass
                self._settle(response, 0)
                return Answer(status=response.status, headers=found, body=None)
            if response.status not in _CONTENT:
                return Answer(status=response.status, headers=found, body=None)
            received = self._receive(response, found)
        return Answer(status=response.status, headers=found, body=self._unpack(received, found))

    def _receive(self, response: httpcore.Response, headers: Headers) -> Body:
        limit = self._settings.wire_bytes
        coding(headers.joined("content-encoding"))
        if (headers.length() or 0) > limit:
            raise too_large(limit)
        body = Body(self._shared.spool, limit)
        try:
            for chunk in response.iter_stream():
                self._network.deliver(len(chunk))
                body.write(chunk)
            self._settle(response, headers.length())
            return body.finish()
        except BaseException:
            body.discard()
            raise

    def _unpack(self, received: Body, headers: Headers) -> Body:
        name = coding(headers.joined("content-encoding"))
        if not name:
            return received
        body = Body(self._shared.spool, self._settings.decoded_bytes)
        try:
            return self._shared.unpacker.submit(_unpack, received, name, body).result()
        except BaseException:
            body.discard()
            raise
        finally:
            received.discard()

    def _settle(self, response: httpcore.Response, length: int | None) -> None:
        """Say whether the connection can be used again; HTTP/2 itself keeps answers apart."""
        stream = self._network.stream
        if isinstance(stream, Stream):
            if response.extensions.get("http_version") == b"HTTP/2":
                stream.settled = True
            else:
                stream.settle(length)

    def _pool(self, scheme: str) -> httpcore.ConnectionPool:
        """Return the pool for `scheme`: without TLS there is no need to load the system's certificates."""
        if scheme not in self._pools:
            self._pools[scheme] = httpcore.ConnectionPool(
                ssl_context=self._shared.context() if scheme == "https" else _NO_CONTEXT,
                proxy=self._shared.proxy,
                max_connections=2,
                keepalive_expiry=30,
                http2=True,
                network_backend=self._network,
            )
        return self._pools[scheme]


_NO_CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody; keeps the library from making its own."""


def _unpack(received: Body, name: str, body: Body) -> Body:
    for piece in decoded(received.blocks(), name):
        body.write(piece)
    return body.finish()


def _proxy(url: str) -> httpcore.Proxy:
    place, authorisation = locate(url)
    if place.scheme != "http":
        raise ConfigError("the proxy's address must begin with http:// — what goes through it is encrypted anyway")
    headers = [("Proxy-Authorization", authorisation)] if authorisation else []
    return httpcore.Proxy(f"http://{place.authority}", headers=headers)
