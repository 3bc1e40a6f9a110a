"""Live URLs, over real HTTP on this machine: asked politely, taken once, explained when they fail."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from newsroom import entry, feed
from republisher.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Web:
    """Pages by path: content, or a status with headers; every request is remembered."""

    url: str = ""
    pages: dict[str, bytes | tuple[int, dict[str, str]]] = field(default_factory=dict)
    requests: list[tuple[str, int]] = field(default_factory=list)

    def asked(self) -> list[tuple[str, int]]:
        """Return path and status of what was asked since the last call."""
        asked = sorted(self.requests)
        self.requests.clear()
        return asked


@pytest.fixture
def web() -> Iterator[Web]:
    """Serve pages on this machine."""
    made = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            page = made.pages.get(self.path, (404, {}))
            status, headers, content = (200, {}, page) if isinstance(page, bytes) else (*page, b"")
            etag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, content = 304, b""
            made.requests.append((self.path, status))
            self.send_response(status)
            for name, value in ({"ETag": etag} if status in {200, 304} else {} | headers).items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit down in an empty folder, with a terminal's environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    return tmp_path


def configure(desk: Path, *locations: str, private: bool = True) -> None:
    """Write a configuration for some URLs."""
    sources = "".join(f'[[sources]]\nlocation = "{location}"\n' for location in locations)
    allowed = '[fetch]\nprivate_hosts = ["127.0.0.1"]\nseconds = 5\n' if private else ""
    (desk / "republish.toml").write_text(allowed + sources, encoding="utf-8")


def titles(desk: Path) -> list[str]:
    """Return the titles in the channel of everything."""
    return [item["title"] for item in json.loads((desk / "out" / "all.json").read_text(encoding="utf-8"))["items"]]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Return all that was printed."""
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_an_unchanged_feed_costs_a_conditional_request(desk: Path, web: Web) -> None:
    """The second run asks, is told 304, parses nothing and writes nothing; a change is taken."""
    web.pages["/a"] = feed(entry(1))
    configure(desk, f"{web.url}/a")
    assert main(["-q"]) == 0
    assert web.asked() == [("/a", 200)]
    before = {file: file.stat().st_mtime_ns for file in (desk / "out").rglob("*")}
    assert main(["-q"]) == 0
    assert web.asked() == [("/a", 304)]
    assert {file: file.stat().st_mtime_ns for file in (desk / "out").rglob("*")} == before
    web.pages["/a"] = feed(entry(1), entry(2))
    assert main(["-q"]) == 0
    assert titles(desk) == ["News of health 2", "News of health 1"]


def test_validators_are_not_kept_for_what_was_not_stored(desk: Path, web: Web) -> None:
    """A page that is no feed is asked for whole again, once its failure has cooled down."""
    web.pages["/a"] = b"<!DOCTYPE html><html><title>Maintenance</title></html>"
    configure(desk, f"{web.url}/a")
    assert main(["-q"]) == 1
    assert main(["-q"]) == 0
    assert web.asked() == [("/a", 200)]
    assert main(["status"]) == 1


def test_a_feed_that_moved_for_good_is_asked_at_its_new_place(
    desk: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    """The articles stay the same ones, and the status says what to change."""
    web.pages["/old"] = feed(entry(1))
    configure(desk, f"{web.url}/old")
    assert main(["-q"]) == 0
    web.pages |= {"/new": feed(entry(1)), "/old": (301, {"Location": "/new"})}
    assert main(["-q"]) == 0
    web.asked()
    assert main(["-q"]) == 0
    assert web.asked() == [("/new", 304)]
    assert titles(desk) == ["News of health 1"]
    said(capsys)
    assert main(["status"]) == 1
    message = f"has moved to {web.url}/new for good"
    assert message in said(capsys)
    assert message in (desk / "out" / "sources.html").read_text(encoding="utf-8")


def test_a_feed_that_is_gone_is_not_asked_again(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said once, the articles stay, and the status goes on saying it."""
    web.pages["/a"] = feed(entry(1))
    configure(desk, f"{web.url}/a")
    assert main(["-q"]) == 0
    web.pages["/a"] = (410, {})
    assert main(["-q"]) == 1
    assert "gone for good" in said(capsys)
    web.asked()
    assert main(["-q"]) == 0
    assert web.asked() == []
    assert titles(desk) == ["News of health 1"]
    assert main(["status", "--mail"]) == 1
    assert said(capsys).startswith("Subject: ")


def test_the_others_go_on(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """Errors are one line each, and what can be had is had."""
    web.pages |= {"/a": feed(entry(1)), "/b": (500, {}), "/c": (302, {"Location": "/c"}), "/e": feed(entry(2))}
    configure(desk, *(f"{web.url}/{name}" for name in "abcde"))
    assert main([]) == 1
    lines = [line for line in said(capsys).splitlines() if line.startswith("republish: ")]
    assert len(lines) == 3
    assert titles(desk) == ["News of health 2", "News of health 1"]
    assert main(["status", "--runs"]) == 1
    assert "/a: 1 entries, 1 new" in said(capsys)


def test_private_addresses_are_refused_unless_allowed(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is asked of this machine because a list or a redirect says so."""
    web.pages["/a"] = feed(entry(1))
    configure(desk, f"{web.url}/a", private=False)
    assert main([]) == 1
    assert web.asked() == []
    assert "private" in said(capsys)


def test_a_live_list_of_feeds(desk: Path, web: Web) -> None:
    """What the list names is read in the same run, and what it newly names in the next."""

    def listed(*names: str) -> bytes:
        outlines = "".join(f'<outline type="rss" text="{name}" xmlUrl="{web.url}/{name}"/>' for name in names)
        return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()

    web.pages |= {"/list.opml": listed("a"), "/a": feed(entry(1)), "/b": feed(entry(2))}
    configure(desk, f"{web.url}/list.opml")
    assert main(["-q"]) == 0
    assert titles(desk) == ["News of health 1"]
    web.pages["/list.opml"] = listed("b")
    assert main(["-q"]) == 0
    assert titles(desk) == ["News of health 2", "News of health 1"]


def test_a_password_in_an_address_is_never_shown(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in messages, not in the status, not in what is published."""
    secret = web.url.replace("http://", "http://desk:hunter2@")
    web.pages |= {"/a": feed(entry(1)), "/b": b"nothing"}
    configure(desk, f"{secret}/a", f"{secret}/b")
    assert main(["-v"]) == 1
    main(["status", "--runs"])
    main(["status", "--json"])
    main(["explain", "health", "--json"])
    main(["list", "--json"])
    main(["check"])
    assert "hunter2" not in said(capsys)
    assert not [file for file in (desk / "out").rglob("*") if file.is_file() and b"hunter2" in file.read_bytes()]


def test_parse_shows_what_is_understood(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file and of a URL, in Atom's names, for people and for programs; nothing is stored."""
    web.pages["/a"] = feed(entry(1))
    configure(desk, f"{web.url}/a")
    assert main(["parse", f"{web.url}/a", "--json"]) == 0
    facts = json.loads(said(capsys))
    assert facts["format"] == "atom"
    assert facts["entries"][0]["id"] == "urn:example:1"
    (desk / "a.xml").write_bytes(feed(entry(1)).replace(b"</feed>", b""))
    assert main(["parse", "a.xml"]) == 0
    text = said(capsys)
    assert "entry 1\n  id          urn:example:1" in text
    assert "problem truncated" in text
    assert main(["parse", "b.xml"]) == 1
    assert "no such file" in said(capsys)
    assert sorted(file.name for file in desk.iterdir()) == ["a.xml", "republish.toml"]


def test_withdraw_takes_an_article_out_for_good(desk: Path, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    """The next run removes it everywhere, and no later one brings it back."""
    web.pages["/a"] = feed(entry(1), entry(2))
    configure(desk, f"{web.url}/a")
    assert main(["-q"]) == 0
    assert main(["withdraw", "urn:example:1", "--reason", "asked by the author"]) == 0
    assert "is withdrawn" in said(capsys)
    for content in (feed(entry(1), entry(2)), feed(entry(1, "Corrected"), entry(2))):
        web.pages["/a"] = content
        assert main(["-q"]) == 0
        assert titles(desk) == ["News of health 2"]
    assert main(["explain", "urn:example:1"]) == 0
    assert "it was withdrawn" in said(capsys)


def test_a_lost_store_is_made_anew_from_what_is_published(desk: Path, web: Web) -> None:
    """Articles their source no longer carries are still there, under the same ids and pages."""
    web.pages["/a"] = feed(*(entry(number) for number in range(60)))
    configure(desk, f"{web.url}/a")
    assert main(["-q"]) == 0
    feeds = {file: file.read_bytes() for file in (desk / "out").glob("*.atom")}
    for file in desk.glob("republish.db*"):
        file.unlink()
    web.pages["/a"] = feed(entry(59))
    assert main(["-q"]) == 0
    assert {file: file.read_bytes() for file in (desk / "out").glob("*.atom")} == feeds
    assert main(["check", "-q"]) == 0
