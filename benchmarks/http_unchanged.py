"""How long 1,000 unchanged feeds take over HTTP: the whole command, its transport, and the HTTP client alone.

    python benchmarks/http_unchanged.py [FEEDS] [HOSTS]

A local server in a process of its own gives every path a small feed, and answers conditional requests with a 304.
HOSTS are addresses of this computer's loopback network, each asked for one document at a time, as the transport does
it; the client alone does the same with a connection pool and a thread per host.
"""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import httpcore

from republisher.transport.http import HttpTransport
from republisher.transport.values import HttpRequest, HttpResult, HttpSettings, Known

ROUNDS = 5
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n'
ANSWER = 'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Type: application/atom+xml\r\nContent-Length: {}\r\n\r\n'
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:example:{0}</id><title>Feed {0}</title>
<updated>2026-03-01T00:00:00Z</updated><entry><id>tag:example.org,2026:{0}</id><title>Vaccine for town {0}</title>
<updated>2026-03-01T00:00:00Z</updated><content>The hospital of town {0} has received its vaccine.</content></entry>
</feed>"""
REPUBLISH = str(Path(sys.executable).with_name("republish"))


def serve(listener: socket.socket) -> None:
    """Answer every request on every connection: with a feed, or with a 304 if it is conditional."""

    def answer(sock: socket.socket) -> None:
        with sock:
            while data := sock.recv(65536):
                for request in data.split(b"\r\n\r\n")[:-1]:
                    sock.sendall(NOT_MODIFIED if b"if-none-match" in request.lower() else whole(request))

    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


def whole(request: bytes) -> bytes:
    """Return the feed a request asks for."""
    content = FEED.format(request.split()[1].decode().strip("/").replace("/", "-")).encode()
    return ANSWER.format(len(content)).encode() + content


def command(urls: list[str], hosts: tuple[str, ...]) -> float:
    """Return the seconds the whole command takes to find that nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
        Path(folder, "list.opml").write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>', "utf-8")
        allowed = ", ".join(f'"{host}"' for host in hosts)
        Path(folder, "republish.toml").write_text(
            f'[fetch]\nprivate_hosts = [{allowed}]\n[[sources]]\nlocation = "list.opml"\n', "utf-8"
        )
        subprocess.run([REPUBLISH, "--quiet"], cwd=folder, check=True)
        times = []
        for _ in range(ROUNDS):
            began = perf_counter()
            subprocess.run([REPUBLISH, "--quiet"], cwd=folder, check=True)
            times.append(perf_counter() - began)
        return statistics.median(times)


def ours(urls: list[str], hosts: tuple[str, ...]) -> float:
    """Return the seconds the transport takes."""
    settings = HttpSettings(version="benchmark", site="https://example.org/", private_hosts=hosts)
    requests = [HttpRequest(url=url, known=Known(url=url, etag='"v1"')) for url in urls]
    began = perf_counter()
    with HttpTransport(settings, datetime.now(UTC)) as transport:
        for _, outcome in transport.fetch_all(requests):
            if not isinstance(outcome, HttpResult) or outcome.kind != "unchanged":
                raise SystemExit(f"unexpected: {outcome}")
    return perf_counter() - began


def alone(urls: list[str], hosts: tuple[str, ...]) -> float:
    """Return the seconds the HTTP client alone takes, a thread and a connection for each host."""

    def ask(host: str) -> None:
        with httpcore.ConnectionPool() as pool:
            for url in urls:
                if f"//{host}:" in url and pool.request("GET", url, headers={"If-None-Match": '"v1"'}).status != 304:
                    raise SystemExit("unexpected answer")

    began = perf_counter()
    with ThreadPoolExecutor(len(hosts)) as threads:
        list(threads.map(ask, hosts))
    return perf_counter() - began


def main() -> None:
    """Measure, alternating, and print medians."""
    feeds, count = int((sys.argv[1:] or ["1000"])[0]), int((sys.argv[2:] or ["50"])[0])
    listener = socket.create_server(("0.0.0.0", 0), backlog=1024)  # noqa: S104  # every loopback address
    port = listener.getsockname()[1]
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
    server.start()
    for number in dict.fromkeys((1, count)):
        hosts = tuple(f"127.0.0.{index + 1}" for index in range(number))
        urls = [f"http://{hosts[index % number]}:{port}/feeds/{index}.atom" for index in range(feeds)]
        rounds = [(ours(urls, hosts), alone(urls, hosts)) for _ in range(ROUNDS)]
        mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"{feeds} unchanged feeds on {number} hosts: {mine:.3f} s, {mine / feeds * 1e6:.0f} µs each; "
            f"the HTTP client alone {theirs:.3f} s; ratio {mine / theirs:.2f}"
        )
        everything = command(urls, hosts)
        print(f"the whole command: {everything:.3f} s; ratio to the HTTP client alone {everything / theirs:.2f}")
    server.terminate()


if __name__ == "__main__":
    main()
