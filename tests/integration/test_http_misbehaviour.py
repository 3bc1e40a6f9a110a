"""Servers that misbehave: each ends within its limit, in one clear line, and hurts nobody else."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

import brotli
import pytest
from backports import zstd

from integration.http_server import (
    ATOM,
    Behaviour,
    Server,
    answer,
    floods,
    half_closes,
    redirects,
    resets,
    says,
    stalls,
    trickles,
)
from republisher.transport.http import HttpTransport
from republisher.transport.values import HttpError, HttpRequest, HttpResult, HttpSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = HttpSettings(
    version="1",
    site="https://feeds.example.org/",
    total=1.2,
    read=0.4,
    connect=0.4,
    header_bytes=8192,
    wire_bytes=1_000_000,
    decoded_bytes=500_000,
    private_hosts=("127.0.0.1",),
)
BOMB = b"\0" * 30_000_000
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
SILENT, LATE, HEADERS = "has been silent for", "took longer than", "headers never end"
LARGE, BROKE_OFF, NOT_HTTP = "the feed is larger than", "broke off", "not valid HTTP"
DAMAGED, PRIVATE, NO_ANSWER = "cannot be decompressed", "the address leads into", "without an answer"


def encoded(body: bytes, name: str, *headers: str) -> Behaviour:
    """Return what sends `body` as if it were compressed in the way `name`."""
    return says(answer(body, "200 OK", f"Content-Encoding: {name}", *headers))


FAILURES: dict[str, tuple[Behaviour, str]] = {
    "answers-nothing": (stalls(), SILENT),
    "closes-at-once": (says(b""), NO_ANSWER),
    "resets-at-once": (resets(), BROKE_OFF),
    "resets-in-status-line": (resets(b"HTTP/1.1 20"), BROKE_OFF),
    "resets-in-headers": (resets(OK + b"Content-Ty"), BROKE_OFF),
    "resets-in-body": (resets(answer(length=5000)), BROKE_OFF),
    "resets-in-chunk": (resets(CHUNKED + b"ff\r\nabc"), BROKE_OFF),
    "resets-without-length": (resets(OK + b"\r\n<feed"), BROKE_OFF),
    "stalls-in-headers": (stalls(OK + b"X: "), SILENT),
    "stalls-in-body": (stalls(answer(length=5000)), SILENT),
    "stalls-in-chunk": (stalls(CHUNKED + b"5\r\nabc"), SILENT),
    "trickles-headers": (trickles(OK + b"X-A: " + b"a" * 90000), LATE),
    "trickles-header-lines": (trickles(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 900), LATE),
    "trickles-body": (trickles(OK + b"\r\n" + b"a" * 90000), LATE),
    "trickles-chunks": (trickles(CHUNKED + b"1\r\na\r\n" * 9000), LATE),
    "trickles-informational": (trickles(b"HTTP/1.1 100 Continue\r\n\r\n"), LATE),
    "floods-informational": (floods(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"), HEADERS),
    "floods-header-lines": (floods(OK, b"X-Header: value\r\n" * 100), HEADERS),
    "floods-one-header": (floods(OK + b"X-Header: ", b"value" * 1000), HEADERS),
    "floods-status-line": (floods(b"HTTP/1.1 200 ", b"OK" * 1000), HEADERS),
    "floods-nonsense": (floods(b"", b"\0\xff" * 1000), NOT_HTTP),
    "endless-body": (floods(OK + b"\r\n", b"<feed>" * 1000), LARGE),
    "endless-chunks": (floods(CHUNKED, b"fff\r\n" + b"a" * 0xFFF + b"\r\n"), LARGE),
    "endless-tiny-chunks": (floods(CHUNKED, b"1\r\na\r\n" * 1000), "more wrapping than content"),
    "endless-chunk-extension": (floods(CHUNKED + b"1;x=", b"y" * 1000), ""),
    "endless-trailers": (floods(CHUNKED + b"1\r\na\r\n0\r\n", b"X: y\r\n" * 1000), ""),
    "announces-too-much": (stalls(answer(length=10**12)), LARGE),
    "announces-more-than-it-sends": (says(answer(length=5000)), BROKE_OFF),
    "half-closes-early": (half_closes(answer(length=5000)), BROKE_OFF),
    "two-lengths": (says(answer(ATOM, "200 OK", "Content-Length: 3")), NOT_HTTP),
    "negative-length": (says(OK + b"Content-Length: -5\r\n\r\n" + ATOM), NOT_HTTP),
    "length-is-a-word": (says(OK + b"Content-Length: many\r\n\r\n" + ATOM), NOT_HTTP),
    "length-overflows": (says(OK + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n" + ATOM), ""),
    "chunk-size-is-a-word": (says(CHUNKED + b"xyz\r\nabc\r\n0\r\n\r\n"), NOT_HTTP),
    "chunk-size-negative": (says(CHUNKED + b"-5\r\nabc\r\n0\r\n\r\n"), NOT_HTTP),
    "chunk-size-overflows": (says(CHUNKED + b"f" * 30 + b"\r\nabc"), NOT_HTTP),
    "chunk-without-end": (says(CHUNKED + b"3\r\nabc"), BROKE_OFF),
    "unknown-transfer-encoding": (says(OK + b"Transfer-Encoding: gzip\r\n\r\nabc"), NOT_HTTP),
    "http-0.9": (says(ATOM), "or is not HTTP"),
    "http-3.7": (says(b"HTTP/3.7 200 OK\r\n\r\n"), "does not exist"),
    "speaks-ssh": (says(b"SSH-2.0-OpenSSH_9.0\r\n"), "or is not HTTP"),
    "speaks-tls": (says(b"\x15\x03\x01\x00\x02\x02\x28"), NOT_HTTP),
    "status-is-a-word": (says(b"HTTP/1.1 abc OK\r\n\r\n"), NOT_HTTP),
    "status-is-999": (says(answer(b"", "999 No")), "999"),
    "header-with-null": (says(OK + b"X: a\0b\r\n\r\n"), NOT_HTTP),
    "header-without-colon": (says(OK + b"nonsense\r\n\r\n"), NOT_HTTP),
    "header-with-space-before-colon": (says(OK + b"Content-Type : x\r\n\r\n"), NOT_HTTP),
    "switches-protocols": (says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), ""),
    "304-unasked": (says(answer(b"", "304 Not Modified")), "nobody asked"),
    "206-unasked": (says(answer(ATOM, "206 Partial")), "206"),
    "204-empty": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), "204"),
    "400": (says(answer(b"", "400 Bad")), "does not understand"),
    "401": (says(answer(b"", "401 No", 'WWW-Authenticate: Basic realm="x"')), "user name and password"),
    "403": (says(answer(b"", "403 No")), "refuses access"),
    "404-endless": (floods(b"HTTP/1.1 404 No\r\n\r\n", b"a" * 1000), "nothing at this address"),
    "500": (says(answer(b"", "500 Oops")), "a problem of its own"),
    "redirect-without-target": (says(answer(b"", "302 Found")), "302"),
    "redirect-to-itself": (redirects("#there"), "in a circle"),
    "redirect-to-file": (redirects("file:///etc/passwd"), "not on the web (file:)"),
    "redirect-to-ftp": (redirects("ftp://example.org/feed"), "not on the web (ftp:)"),
    "redirect-to-gopher": (redirects("gopher://example.org/1"), "not on the web (gopher:)"),
    "redirect-to-data": (redirects("data:text/xml,<rss/>"), "not on the web (data:)"),
    "redirect-to-script": (redirects("javascript:alert(1)"), "not on the web (javascript:)"),
    "redirect-to-metadata": (redirects("http://169.254.169.254/latest/meta-data/"), PRIVATE),
    "redirect-to-loopback-name": (redirects("http://localhost:9/"), PRIVATE),
    "redirect-to-loopback-decimal": (redirects("http://2130706434/"), PRIVATE),
    "redirect-to-loopback-hex": (redirects("//0x7f.0x2/"), PRIVATE),
    "redirect-to-loopback-ipv6": (redirects("http://[::1]/"), PRIVATE),
    "redirect-to-mapped": (redirects("http://[::ffff:127.0.0.1]/"), PRIVATE),
    "redirect-to-private": (redirects("https://10.1.2.3/"), PRIVATE),
    "redirect-past-userinfo": (redirects("http://example.org@192.168.0.1/"), PRIVATE),
    "redirect-with-backslash": (redirects("http://example.org\\@192.168.0.1/"), PRIVATE),
    "redirect-to-no-host": (redirects("http://../feed"), "no host"),
    "redirect-to-bad-port": (redirects("http://example.org:99999/"), "cannot be understood"),
    "redirect-to-bad-brackets": (redirects("http://[nonsense/"), "cannot be understood"),
    "redirect-to-endless-address": (redirects("http://example.org/" + "a" * 5000), "too long"),
    "redirect-with-split-header": (redirects("http://10.0.0.1/\rX: y"), ""),
    "bomb-gzip": (encoded(gzip.compress(BOMB), "gzip"), LARGE),
    "bomb-br": (encoded(brotli.compress(BOMB), "br"), LARGE),
    "bomb-zstd": (encoded(zstd.compress(BOMB), "zstd"), LARGE),
    "bomb-deflate": (encoded(zlib.compress(BOMB), "deflate"), LARGE),
    "bomb-of-members": (encoded(gzip.compress(b"") * 10_000 + gzip.compress(BOMB), "gzip"), LARGE),
    "window-of-a-gigabyte": (encoded(b"\x28\xb5\x2f\xfd\x00\xa0" + b"\x01\0\0" * 3, "zstd"), DAMAGED),
    "twice-compressed": (encoded(gzip.compress(gzip.compress(ATOM)), "gzip, gzip"), "more than once"),
    "unknown-coding": (encoded(ATOM, "lzma"), "nobody asked for"),
    "not-gzip": (encoded(ATOM, "gzip"), DAMAGED),
    "not-br": (encoded(ATOM, "br"), DAMAGED),
    "not-zstd": (encoded(ATOM, "zstd"), DAMAGED),
    "gzip-cut": (encoded(gzip.compress(ATOM)[:-9], "gzip"), "compressed end is missing"),
    "gzip-flipped": (encoded(gzip.compress(ATOM)[:-8] + b"12345678", "gzip"), DAMAGED),
    "br-cut": (encoded(brotli.compress(ATOM)[:-3], "br"), "compressed end is missing"),
    "zstd-cut": (encoded(zstd.compress(ATOM)[:-3], "zstd"), "compressed end is missing"),
}
SUCCESSES: dict[str, tuple[Behaviour, bytes]] = {
    "plain": (says(answer()), ATOM),
    "gzip": (encoded(gzip.compress(ATOM), "gzip"), ATOM),
    "x-gzip": (encoded(gzip.compress(ATOM), "X-GZip"), ATOM),
    "br": (encoded(brotli.compress(ATOM), "br"), ATOM),
    "zstd": (encoded(zstd.compress(ATOM), "zstd"), ATOM),
    "deflate": (encoded(zlib.compress(ATOM), "deflate"), ATOM),
    "deflate-raw": (encoded(zlib.compress(ATOM, wbits=-15), "deflate"), ATOM),
    "identity": (encoded(ATOM, "identity"), ATOM),
    "identity-and-gzip": (encoded(gzip.compress(ATOM), "identity, gzip"), ATOM),
    "empty-coding": (encoded(ATOM, ""), ATOM),
    "charset-as-coding": (encoded(ATOM, "utf-8"), ATOM),
    "gzip-with-padding": (encoded(gzip.compress(ATOM) + b"\0" * 512, "gzip"), ATOM),
    "gzip-in-members": (encoded(gzip.compress(ATOM[:9]) + gzip.compress(ATOM[9:]), "gzip"), ATOM),
    "gzip-unsaid": (says(answer(gzip.compress(ATOM, mtime=0))), gzip.compress(ATOM, mtime=0)),
    "empty-gzip": (encoded(b"", "gzip"), b""),
    "announces-less-than-it-sends": (says(answer(length=20)), ATOM[:20]),
    "no-length": (says(OK + b"\r\n" + ATOM), ATOM),
    "http-1.0": (says(b"HTTP/1.0 200 OK\r\n\r\n" + ATOM), ATOM),
    "half-closes": (half_closes(answer()), ATOM),
    "early-hints": (says(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + answer()), ATOM),
    "chunks": (says(CHUNKED + b"3;x=y\r\n<a/\r\n1\r\n>\r\n0\r\nX: y\r\n\r\n"), b"<a/>"),
    "chunks-and-length": (
        says(OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n"),
        b"<a/>",
    ),
    "bare-line-feeds": (says(b"HTTP/1.1 200 OK\nContent-Length: 4\n\n<a/>"), b"<a/>"),
    "203": (says(answer(ATOM, "203 Changed")), ATOM),
    "redirect": (redirects("plain"), ATOM),
    "redirect-by-308": (redirects("/plain", "308 Moved"), ATOM),
    "redirect-in-utf-8": (redirects("/z\xc3\xbcrich"), ATOM),
}
PATHS = {f"/{name}": behaviour for name, (behaviour, _) in {**FAILURES, **SUCCESSES}.items()}
SPECIAL = {f"/chain{number}": redirects(f"/chain{number + 1}") for number in range(9)} | {
    "/z%C3%83%C2%BCrich": says(answer()),
    "/z%C3%BCrich": says(answer()),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Run the server all tests here share."""
    with Server(PATHS | SPECIAL) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    """Return a transport with short limits."""
    with HttpTransport(SETTINGS, NOW) as made:
        yield made


@pytest.mark.parametrize("name", FAILURES)
def test_a_misbehaving_server_ends_in_one_clear_line(name: str, server: Server, transport: HttpTransport) -> None:
    """Whatever a server does, there is an error of one line, soon, with the address in it."""
    began = monotonic()
    with pytest.raises(HttpError, match=r"http") as caught:
        transport.fetch(HttpRequest(url=server.url(f"/{name}")))
    assert FAILURES[name][1] in caught.value.message
    assert monotonic() - began < 4
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert len(line) < 600
    assert caught.value.location


@pytest.mark.parametrize("name", SUCCESSES)
def test_an_odd_server_is_understood(name: str, server: Server, transport: HttpTransport) -> None:
    """What can be understood without guessing is."""
    result = transport.fetch(HttpRequest(url=server.url(f"/{name}")))
    assert result.kind == "fresh"
    assert result.body
    assert result.body.take() == SUCCESSES[name][1]


def test_redirects_have_an_end(server: Server, transport: HttpTransport) -> None:
    """A chain that is longer than allowed is not followed to its end."""
    with pytest.raises(HttpError, match="more than 5 redirects in a row"):
        transport.fetch(HttpRequest(url=server.url("/chain0")))
    assert not server.heads("/chain6")


def test_the_others_finish(transport: HttpTransport) -> None:
    """All misbehaving servers at once delay nobody: every outcome is there, in the order of the requests."""
    began = monotonic()
    servers = [Server({"*": behaviour}) for behaviour, _ in FAILURES.values() for _ in range(2)]
    good = Server({"*": says(answer(), keep=True)})
    with good:
        for one in servers:
            one.__enter__()
        requests = [HttpRequest(url=one.url(f"/{number}")) for number, one in enumerate(servers)]
        requests[10:10] = [HttpRequest(url=good.url(f"/{number}")) for number in range(50)]
        outcomes = list(transport.fetch_all(requests))
        for one in servers:
            one.__exit__()
    assert [request for request, _ in outcomes] == requests
    assert sum(isinstance(outcome, HttpResult) and outcome.kind == "fresh" for _, outcome in outcomes) == 50
    assert monotonic() - began < 15
