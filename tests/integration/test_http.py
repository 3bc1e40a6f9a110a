"""The HTTP transport against a server that behaves: what is asked, what is remembered, who waits for whom."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest
import trustme

from integration.http_server import ATOM, Server, answer, redirects, says, stalls, tunnels
from republisher.errors import ConfigError
from republisher.transport.http import HttpTransport
from republisher.transport.values import HttpError, HttpRequest, HttpResult, HttpSettings, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = HttpSettings(
    version="1.2",
    site="https://feeds.example.org/",
    contact="desk@example.org",
    total=3,
    read=1,
    connect=1,
    private_hosts=("127.0.0.1", "localhost"),
)
MODIFIED = "Sun, 01 Mar 2026 10:00:00 GMT"


def tagged(sock: socket.socket, head: bytes) -> bool:
    """Serve a document with an ETag, unchanged for whoever knows it."""
    validators = ('ETag: "v1"', f"Last-Modified: {MODIFIED}")
    known = b'If-None-Match: "v1"' in head
    sock.sendall(answer(b"", "304 Not Modified", 'ETag: "v1"') if known else answer(ATOM, "200 OK", *validators))
    return True


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    """Return a transport that may ask this computer."""
    with HttpTransport(SETTINGS, NOW) as made:
        yield made


def taken(result: HttpResult) -> bytes:
    """Return the content of a fresh result."""
    assert result.kind == "fresh"
    assert result.body
    return result.body.take()


def test_the_request_says_who_asks(transport: HttpTransport) -> None:
    """The server learns program, version, site and contact, and which formats and codings we read."""
    with Server({"*": says(answer())}) as server:
        transport.fetch(HttpRequest(url=server.url("/feed?a=b#c")))
    head = server.requests[0].decode()
    assert head.startswith("GET /feed?a=b HTTP/1.1\r\n")
    assert "\r\nUser-Agent: republish/1.2 (+https://feeds.example.org/; desk@example.org)" in head
    assert "\r\nAccept: application/atom+xml, application/rss+xml" in head
    assert "\r\nAccept-Encoding: gzip, br, zstd" in head
    assert f"\r\nHost: 127.0.0.1:{server.port}" in "\r\n" + head
    assert "cookie" not in head.lower()


def test_an_unchanged_document_costs_nothing(transport: HttpTransport) -> None:
    """What is known is sent back, the 304 is believed, and nothing is forgotten by it."""
    with Server({"*": tagged}) as server:
        first = transport.fetch(HttpRequest(url=server.url()))
        second = transport.fetch(HttpRequest(url=server.url(), known=first.known))
    assert taken(first) == ATOM
    assert (second.kind, second.status) == ("unchanged", 304)
    assert second.known == first.known
    assert f"If-Modified-Since: {MODIFIED}".encode() in server.requests[1]


def test_the_same_content_under_a_new_tag_is_unchanged(transport: HttpTransport) -> None:
    """The digest decides, and the new tag is worth remembering because its content is stored."""
    with Server({"*": says(answer(ATOM, "200 OK", 'ETag: "new"'))}) as server:
        first = transport.fetch(HttpRequest(url=server.url()))
        known = replace(first.known, etag='"old"')
        second = transport.fetch(HttpRequest(url=server.url(), known=known))
    assert second.kind == "unchanged"
    assert second.known.etag == '"new"'


def test_validators_are_shown_to_their_own_address_only(transport: HttpTransport) -> None:
    """A tag that another address gave is not sent, on the way there or anywhere else."""
    behaviours = {"/old": redirects("/new", "302 Found"), "/new": tagged}
    with Server(behaviours) as server:
        first = transport.fetch(HttpRequest(url=server.url("/old")))
        second = transport.fetch(HttpRequest(url=server.url("/old"), known=first.known))
        transport.fetch(HttpRequest(url=server.url("/old"), known=replace(first.known, url="http://other.example/")))
    assert second.kind == "unchanged"
    assert not any(b"If-None-Match" in head for head in server.heads("/old"))
    assert [b"If-None-Match" in head for head in server.heads("/new")] == [False, True, False]


def test_a_permanent_redirect_is_remembered(transport: HttpTransport) -> None:
    """The next request goes to the new place at once."""
    with Server({"/old": redirects("/new"), "/new": tagged}) as server:
        first = transport.fetch(HttpRequest(url=server.url("/old")))
        second = transport.fetch(HttpRequest(url=server.url("/old"), known=first.known))
    assert first.url == first.known.permanent == server.url("/new")
    assert second.kind == "unchanged"
    assert second.known == first.known
    assert len(server.heads("/old")) == 1


def test_a_temporary_redirect_is_not_remembered(transport: HttpTransport) -> None:
    """Only the permanent beginning of a way is."""
    behaviours = {
        "/a": redirects("/b"), "/b": redirects("/c", "302 Found"), "/c": redirects("/d"), "/d": says(answer()),
        "/e": redirects("/d", "307 Temporary"),
    }  # fmt: skip
    with Server(behaviours) as server:
        assert transport.fetch(HttpRequest(url=server.url("/a"))).known.permanent == server.url("/b")
        assert not transport.fetch(HttpRequest(url=server.url("/e"))).known.permanent


def test_a_move_that_was_a_mistake_is_undone(transport: HttpTransport) -> None:
    """If the remembered place has nothing any more, the configured one is asked again."""
    with Server({"/feed": says(answer())}) as server:
        known = Known(permanent=server.url("/lost"))
        result = transport.fetch(HttpRequest(url=server.url("/feed"), known=known))
        assert taken(result) == ATOM
        assert not result.known.permanent
        known = Known(permanent="http://no-such-host.invalid/")
        assert transport.fetch(HttpRequest(url=server.url("/feed"), known=known)).kind == "fresh"


def test_what_is_gone_is_no_error(transport: HttpTransport) -> None:
    """A 410 is a result of its own, and forgets nothing."""
    with Server({"*": says(answer(b"", "410 Gone"))}) as server:
        result = transport.fetch(HttpRequest(url=server.url(), known=Known(etag="x")))
    assert result.kind == "gone"
    assert result.known == Known(etag="x")


def test_credentials_go_to_their_origin_only() -> None:
    """User name and password reach the configured host and port, and no other, nor any message."""
    with Server({"*": says(answer(b"", "404 No"))}) as other, Server({}) as server:
        server.behaviours = {"/feed": redirects("/there"), "/there": redirects(other.url("/x"))}
        url = server.url("/feed", userinfo="me:secret@")
        with HttpTransport(SETTINGS, NOW) as transport, pytest.raises(HttpError) as caught:
            transport.fetch(HttpRequest(url=url))
    assert all(b"Authorization: Basic bWU6c2VjcmV0" in head for head in server.requests)
    assert len(server.requests) == 2
    assert b"Authorization" not in other.requests[0]
    assert "secret" not in str(caught.value)


def test_private_addresses_need_permission() -> None:
    """Without it no connection is even opened, by name, number or redirect."""
    with Server({"*": redirects("http://localhost:1/")}) as server:
        with HttpTransport(replace(SETTINGS, private_hosts=()), NOW) as transport:
            for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::1]"):
                with pytest.raises(HttpError, match="the address leads into"):
                    transport.fetch(HttpRequest(url=server.url(host=host)))
        assert not server.connections
        with (
            HttpTransport(replace(SETTINGS, private_hosts=("127.0.0.1",)), NOW) as transport,
            pytest.raises(HttpError, match="localhost"),
        ):
            transport.fetch(HttpRequest(url=server.url()))


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address a name has is checked before any is connected to."""

    def resolve(*_: object, **__: object) -> list[object]:
        both = ("93.184.215.14", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in both]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with HttpTransport(SETTINGS, NOW) as transport, pytest.raises(HttpError, match=r"mixed\.example is 127"):
        transport.fetch(HttpRequest(url="http://mixed.example/"))


def test_a_resolver_that_hangs_does_not_hang_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up a name ends like every other wait."""
    done = threading.Event()

    def resolve(*_: object, **__: object) -> list[object]:
        done.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with (
        HttpTransport(replace(SETTINGS, connect=0.2), NOW) as transport,
        pytest.raises(HttpError, match="does not answer"),
    ):
        transport.fetch(HttpRequest(url="http://slow.example/"))
    done.set()


def test_one_request_at_a_time_to_a_server() -> None:
    """However many sources a server has, it is asked for one after the other, over one connection."""
    waiting, together = [0], [0]
    lock = threading.Lock()

    def slow(sock: socket.socket, _: bytes) -> bool:
        with lock:
            waiting[0] += 1
            together[0] = max(together[0], waiting[0])
        time.sleep(0.01)
        with lock:
            waiting[0] -= 1  # before the answer, for the next request may come as soon as it is there
        sock.sendall(answer())
        return True

    with Server({"*": slow}) as server, Server({"*": redirects(server.url())}) as other:
        urls = [server.url(f"/{number}") for number in range(10)] + [other.url(f"/{number}") for number in range(10)]
        with HttpTransport(SETTINGS, NOW) as transport:
            outcomes = list(transport.fetch_all([HttpRequest(url=url) for url in urls]))
    assert [request.url for request, _ in outcomes] == urls
    assert all(isinstance(outcome, HttpResult) for _, outcome in outcomes)
    assert together == [1]
    assert server.connections <= 2


def test_results_come_in_order_whoever_is_first() -> None:
    """A slow first source holds back neither the fetching nor the result of the others, only the telling of it."""
    with Server({"*": stalls()}) as slow, Server({"*": says(answer(), keep=True)}) as quick:
        urls = [slow.url(), *(quick.url(f"/{number}") for number in range(20))]
        with HttpTransport(SETTINGS, NOW) as transport:
            outcomes = list(transport.fetch_all([HttpRequest(url=url) for url in urls]))
    assert [request.url for request, _ in outcomes] == urls
    assert isinstance(outcomes[0][1], HttpError)
    assert [taken(outcome) for _, outcome in outcomes[1:] if isinstance(outcome, HttpResult)] == [ATOM] * 20


@pytest.mark.parametrize(("status", "seconds"), [("429 Slow down", 120.0), ("503 Away", 120.0)])
def test_a_server_that_wants_peace_gets_it(status: str, seconds: float) -> None:
    """After a 429 or 503 nothing more is asked of that server in this run, and its wish is passed on."""
    patience = says(answer(b"", status, "Retry-After: 120"), keep=True)
    with Server({"*": patience}) as server, HttpTransport(SETTINGS, NOW) as transport:
        outcomes = list(transport.fetch_all([HttpRequest(url=server.url(f"/{number}")) for number in range(9)]))
    assert len(server.requests) == 1
    for request, error in outcomes:
        assert isinstance(error, HttpError)
        assert error.retry_after == seconds
        assert error.location == request.url


def test_a_server_that_is_away_is_tried_once() -> None:
    """Nobody knocks nine times at a closed door."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with HttpTransport(SETTINGS, NOW) as transport:
        urls = [f"http://127.0.0.1:{port}/{number}" for number in range(9)]
        outcomes = list(transport.fetch_all([HttpRequest(url=url) for url in urls]))
    assert all(isinstance(error, HttpError) and "refuses connections" in error.message for _, error in outcomes)


def test_a_server_that_hangs_is_given_up() -> None:
    """Three silences in a row are enough; a source after them does not wait as long again."""
    with Server({"*": stalls()}) as server, HttpTransport(replace(SETTINGS, read=0.2), NOW) as transport:
        outcomes = list(transport.fetch_all([HttpRequest(url=server.url(f"/{number}")) for number in range(9)]))
    assert len(server.requests) == 3
    assert all(isinstance(error, HttpError) and "silent" in error.message for _, error in outcomes)


def test_poison_in_a_kept_connection_is_not_swallowed() -> None:
    """What a server sends beyond its answer is never taken for the answer to the next request."""
    poison = answer(b"", "301 Moved", "Location: http://evil.example/")
    for extra in (poison, b"HTTP/1.1 301 Moved\r\nLocation: http://evil.example/\r\nX: "):
        behaviours = {"/0": says(answer() + extra, keep=True), "*": says(answer(b"good"), keep=True)}
        with Server(behaviours) as server, HttpTransport(SETTINGS, NOW) as transport:
            requests = [HttpRequest(url=server.url(f"/{number}")) for number in range(3)]
            results = [outcome for _, outcome in transport.fetch_all(requests) if isinstance(outcome, HttpResult)]
            assert [taken(result) for result in results] == [ATOM, b"good", b"good"]
            assert server.connections == 2


def test_a_kept_connection_may_be_closed() -> None:
    """A server that closes between two requests is simply asked again."""
    with Server({"*": says(answer())}) as server, HttpTransport(SETTINGS, NOW) as transport:
        outcomes = list(transport.fetch_all([HttpRequest(url=server.url(f"/{number}")) for number in range(9)]))
    assert all(isinstance(outcome, HttpResult) for _, outcome in outcomes)
    assert len(server.requests) == 9


def test_who_stops_listening_does_not_wait() -> None:
    """Leaving the results early cuts what is under way."""
    with Server({"/good": says(answer())}) as quick, Server({"*": stalls()}) as slow:
        settings = replace(SETTINGS, total=60, read=60)
        with HttpTransport(settings, NOW) as transport:
            began = time.monotonic()
            results = transport.fetch_all([HttpRequest(url=quick.url("/good")), HttpRequest(url=slow.url())])
            next(results)
            results.close()  # type: ignore[attr-defined]
        assert time.monotonic() - began < 5


def test_hints_are_passed_on(transport: HttpTransport) -> None:
    """What the server says of type, charset and age is there for those who decide."""
    headers = ("Content-Type: text/xml; charset=KOI8-R", "Cache-Control: max-age=600")
    with Server({"*": says(answer(ATOM, "200 OK", *headers))}) as server:
        result = transport.fetch(HttpRequest(url=server.url()))
    assert (result.media_type, result.charset, result.fresh_for) == ("text/xml", "koi8-r", 600)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority nobody knows."""
    return trustme.CA()


def context(certificate: trustme.LeafCert, *protocols: str) -> ssl.SSLContext:
    """Return what a server with `certificate` speaks TLS with."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    made.set_alpn_protocols(protocols)
    return made


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> HttpSettings:
    """Return settings that trust the authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return replace(SETTINGS, ca_file=tmp_path / "ca.pem")


def test_certificates_are_verified(authority: trustme.CA, trusting: HttpSettings) -> None:
    """Unknown authority, other host and expiry are each told apart; the right certificate works, dot or no dot."""
    right = context(authority.issue_cert("localhost"))
    wrong = context(authority.issue_cert("other.example"))
    old = context(authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)))
    with Server({"*": says(answer())}, tls=right) as server, HttpTransport(trusting, NOW) as transport:
        assert taken(transport.fetch(HttpRequest(url=server.url(host="localhost.")))) == ATOM
        with HttpTransport(SETTINGS, NOW) as suspicious, pytest.raises(HttpError, match="does not know"):
            suspicious.fetch(HttpRequest(url=server.url(host="localhost")))
    for tls, message in ((wrong, "for another host"), (old, "has expired")):
        with (
            Server({"*": says(answer())}, tls=tls) as server,
            HttpTransport(trusting, NOW) as transport,
            pytest.raises(HttpError, match=message),
        ):
            transport.fetch(HttpRequest(url=server.url(host="localhost")))


def test_tls_nonsense_is_an_error(authority: trustme.CA, trusting: HttpSettings) -> None:
    """Plain HTTP on a TLS port, silence in the handshake and a plain request to a TLS port end clearly."""
    with HttpTransport(replace(trusting, connect=0.3), NOW) as transport:
        for greeting in (answer(), b"\x16\x03\x03\xff", b"\x15\x03\x01\x00\x02\x02\x28", b"\0" * 99):
            with (
                Server({}, greeting=greeting) as server,
                pytest.raises(HttpError, match=r"no secure connection|does not answer"),
            ):
                transport.fetch(HttpRequest(url=server.url().replace("http:", "https:")))
        with Server({}, tls=context(authority.issue_cert("localhost"))) as server, pytest.raises(HttpError):
            transport.fetch(HttpRequest(url=server.url(host="localhost").replace("https:", "http:")))


class H2Server:
    """Speaks HTTP/2 on one connection after the other, with what `respond` does to each request."""

    def __init__(
        self, tls: ssl.SSLContext, respond: Callable[[h2.connection.H2Connection, int, ssl.SSLSocket], None]
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._tls, self._respond = tls, respond
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._serve(self._tls.wrap_socket(sock, server_side=True))
            except (OSError, h2.exceptions.ProtocolError):
                if self._listener.fileno() < 0:
                    return

    def _serve(self, sock: ssl.SSLSocket) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        with sock:
            sock.sendall(connection.data_to_send())
            while data := sock.recv(65536):
                for event in connection.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        assert event.stream_id
                        self._respond(connection, event.stream_id, sock)
                sock.sendall(connection.data_to_send())

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _good(connection: h2.connection.H2Connection, stream: int, _: ssl.SSLSocket) -> None:
    connection.send_headers(stream, [(":status", "200"), ("etag", '"two"')])
    connection.send_data(stream, ATOM, end_stream=True)


def _reset(connection: h2.connection.H2Connection, stream: int, _: ssl.SSLSocket) -> None:
    connection.reset_stream(stream)


def _goaway(connection: h2.connection.H2Connection, _: int, __: ssl.SSLSocket) -> None:
    connection.close_connection()


def _nonsense(_: h2.connection.H2Connection, __: int, sock: ssl.SSLSocket) -> None:
    sock.sendall(b"\xff" * 100)


def _empty_frames(_: h2.connection.H2Connection, stream: int, sock: ssl.SSLSocket) -> None:
    sock.sendall(b"\0\0\x01\x01\x04" + stream.to_bytes(4, "big") + b"\x88")
    while True:
        sock.sendall((b"\0\0\0\0\0" + stream.to_bytes(4, "big")) * 1000)


def _word_as_status(_: h2.connection.H2Connection, stream: int, sock: ssl.SSLSocket) -> None:
    block = b"\x08\x03abc"
    sock.sendall(len(block).to_bytes(3, "big") + b"\x01\x05" + stream.to_bytes(4, "big") + block)


def test_http_2_is_spoken(authority: trustme.CA, trusting: HttpSettings) -> None:
    """Where a server offers it, several documents come over one connection."""
    server = H2Server(context(authority.issue_cert("localhost"), "h2"), _good)
    with HttpTransport(trusting, NOW) as transport:
        requests = [HttpRequest(url=f"https://localhost:{server.port}/{number}") for number in range(4)]
        results = [outcome for _, outcome in transport.fetch_all(requests)]
    server.close()
    assert [taken(result) for result in results if isinstance(result, HttpResult)] == [ATOM] * 4
    assert server.connections == 1


@pytest.mark.parametrize("respond", [_reset, _goaway, _nonsense, _empty_frames, _word_as_status])
def test_http_2_may_be_bad_too(
    respond: Callable[[h2.connection.H2Connection, int, ssl.SSLSocket], None],
    authority: trustme.CA,
    trusting: HttpSettings,
) -> None:
    """Resets, farewells, nonsense, floods of empty frames and broken headers end in one clear line."""
    server = H2Server(context(authority.issue_cert("localhost"), "h2"), respond)
    with HttpTransport(trusting, NOW) as transport, pytest.raises(HttpError) as caught:
        transport.fetch(HttpRequest(url=f"https://localhost:{server.port}/"))
    server.close()
    assert len(str(caught.value).splitlines()) == 1


def test_a_proxy_is_asked_for_public_hosts_only() -> None:
    """The proxy sees whole addresses and its own password; private hosts never reach it."""
    with Server({"*": says(answer())}) as proxy:
        settings = replace(SETTINGS, private_hosts=(), proxy=proxy.url(userinfo="me:secret@"))
        with HttpTransport(settings, NOW) as transport:
            url = "http://no-such-host.invalid/feed"
            assert taken(transport.fetch(HttpRequest(url=url))) == ATOM
            for private in ("http://10.0.0.1/", "http://localhost/", "http://169.254.169.254/", "https://[::1]/"):
                with pytest.raises(HttpError, match="the address leads into"):
                    transport.fetch(HttpRequest(url=private))
    assert len(proxy.requests) == 1
    assert proxy.requests[0].startswith(b"GET http://no-such-host.invalid:80/feed HTTP/1.1")
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0" in proxy.requests[0]


def test_a_proxy_tunnels_what_is_encrypted(authority: trustme.CA, trusting: HttpSettings) -> None:
    """Through the proxy the certificate is that of the host, and credentials of the proxy stay with the proxy."""
    tls = context(authority.issue_cert("localhost"))
    with (
        Server({"*": tunnels}) as proxy,
        Server({"*": says(answer())}, tls=tls) as server,
        HttpTransport(replace(trusting, proxy=proxy.url(userinfo="me:secret@")), NOW) as transport,
    ):
        assert taken(transport.fetch(HttpRequest(url=server.url(host="localhost")))) == ATOM
    assert proxy.requests[0].startswith(f"CONNECT localhost:{server.port} ".encode())
    assert b"Proxy-Authorization: Basic" in proxy.requests[0]
    assert b"Proxy" not in server.requests[0]


def test_a_proxy_that_refuses_is_named() -> None:
    """Who stands in the way is said."""
    refusing = Server({"*": says(answer(b"", "407 No"))})
    with refusing as proxy, HttpTransport(replace(SETTINGS, proxy=proxy.url()), NOW) as transport:
        for scheme in ("http", "https"):
            with pytest.raises(HttpError, match="the proxy"):
                transport.fetch(HttpRequest(url=f"{scheme}://no-such-host.invalid/"))


def test_settings_that_cannot_work_are_told(tmp_path: Path) -> None:
    """A proxy of another kind and a file without certificates are mistakes in the configuration."""
    (tmp_path / "ca.pem").write_text("nonsense", encoding="utf-8")
    for settings in (replace(SETTINGS, proxy="https://localhost:1/"), replace(SETTINGS, ca_file=tmp_path / "ca.pem")):
        with pytest.raises(ConfigError):
            HttpTransport(settings, NOW)


def test_errors_survive_a_process_pool() -> None:
    """An error comes out of a pickle as it went in."""
    error = HttpError("message", "location", "advice", 429, 1.5, True)  # noqa: FBT003
    again = type(error)(*error.args)
    assert (str(again), again.status, again.retry_after, again.host_wide) == (str(error), 429, 1.5, True)


MEMORY = """
import gzip, resource, sys
from datetime import datetime, UTC
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from republisher.transport.http import HttpTransport
from republisher.transport.values import HttpRequest, HttpResult, HttpSettings
import brotli, ssl
from backports import zstd

def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

base = peak()
ports = sys.argv[2].split(",")
settings = HttpSettings(version="1", site="x", total=20, read=5, private_hosts=("127.0.0.1",), decoded_bytes=20_000_000)
requests = [HttpRequest(url=f"http://127.0.0.1:{port}/{kind}") for port in ports for kind in ("big", "bomb", "many")]
waiting = 0
with HttpTransport(settings, datetime.now(UTC)) as transport:
    for request, outcome in transport.fetch_all(requests):
        if isinstance(outcome, HttpResult):
            waiting += outcome.body.size
print(round(peak() - base, 1), round(waiting / 1e6))
"""


def test_memory_stays_small() -> None:
    """Hundreds of large, exploding and endless documents at once take less than 64 MB above the base."""
    import brotli  # noqa: PLC0415

    bomb = answer(brotli.compress(b"\0" * 300_000_000, quality=5), "200 OK", "Content-Encoding: br")
    servers = [
        Server(
            {"/big": says(answer(ATOM * 16_000), keep=True), "/bomb": says(bomb), "/many": says(answer(ATOM * 1500))}
        )
        for _ in range(70)
    ]
    for server in servers:
        server.__enter__()
    command = [sys.executable, "-c", MEMORY, str(Path(__file__).parents[2]), ",".join(str(s.port) for s in servers)]
    found = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=60).stdout.split()
    for server in servers:
        server.__exit__()
    assert float(found[0]) < 64
    assert float(found[1]) > 60
