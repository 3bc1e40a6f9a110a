"""The application for subscribers: looking changes nothing, a button acts, and nobody learns who is subscribed."""

from __future__ import annotations

import io
import re
import sys
from functools import partial
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from builders import NOON, site, topics
from digests import pages
from readers import Office, token
from republisher.digest.ledger import Ledger
from republisher.digest.reader_pages import ReaderPages
from republisher.digest.throttle import Throttle
from republisher.digest.web import Application
from republisher.errors import DeliveryError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEB = "https://digest.example.org/mail/"
LANGUAGES = tuple(map(LanguageTag, ("ar", "en", "ko", "zh-Hant")))


class Site:
    """The application, as a browser sees it."""

    def __init__(self, path: Path) -> None:
        self.office = Office(str(path / "ledger.db"), WEB)
        shown = pages()
        self.application = Application(
            reception=self.office.reception,
            pages=ReaderPages(
                environment=shown.environment,
                translate=shown.translate,
                site=site(),
                topics=topics(),
                languages=LANGUAGES,
            ),
            open_ledger=partial(Ledger, str(path / "ledger.db")),
            now=lambda: NOON,
            throttle=Throttle(most=3),
        )
        self.status = 0
        self.headers: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, Any] | bytes | None = None, method: str = "", **environ: str) -> str:
        """Return the page at `path`; with a form, what comes of sending it."""
        body = form if isinstance(form, bytes) else urlencode(form or {}, doseq=True).encode()
        path, _, query = path.partition("?")
        asked: dict[str, Any] = {
            "REQUEST_METHOD": method or ("GET" if form is None else "POST"),
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/mail/{path}",
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            **({"CONTENT_LENGTH": str(len(body))} if form is not None else {}),
            **environ,
        }
        setup_testing_defaults(asked)

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            self.status, self.headers = int(status[:3]), dict(headers)
            return sys.stdout.write

        answer = validator(self.application)(asked, start)
        try:
            return b"".join(answer).decode()
        finally:
            answer.close()  # type: ignore[attr-defined]

    def state(self, address: str = "anna@example.net") -> str:
        """Return how somebody stands."""
        return self.office.state(address)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Site]:
    """Open the application."""
    one = Site(tmp_path)
    yield one
    one.office.ledger.close()


def button(page: str) -> bool:
    """Tell whether a page has a form that posts."""
    return 'method="post"' in page and "<button" in page


@pytest.mark.parametrize("path", ["", "u/{u}", "p/{p}", "c/{c}"])
def test_to_look_changes_nothing(web: Site, path: str) -> None:
    """Programs that open every link of a mail unsubscribe nobody; they are shown a button."""
    before = web.office.ledger.subscribers(), web.office.ledger.suppressions()
    place = path.format(u=token("unsubscribe"), p=token("preferences"), c=token("confirm"))
    page = web.ask(place)
    assert web.status == 200
    assert button(page) or path == "c/{c}"
    assert web.ask(place, method="HEAD") == ""
    web.ask(place, method="DELETE")
    assert web.status == 405
    assert (web.office.ledger.subscribers(), web.office.ledger.suppressions()) == before
    assert not web.office.posted


@pytest.mark.parametrize(
    "body", [b"List-Unsubscribe=One-Click", b"", b'--x\r\nContent-Disposition: form-data; name="a"']
)
def test_one_click(web: Site, body: bytes) -> None:
    """A POST acts at once, whatever is in it and however it is packed (RFC 8058 §3.2); twice is once."""
    for _ in range(2):
        page = web.ask(f"u/{token('unsubscribe')}", body)
        assert web.status == 200
        assert "You are unsubscribed." in page
    assert web.state() == "unsubscribed"
    assert web.office.ledger.suppressed(["anna@example.net"])


@pytest.mark.parametrize(
    "path", ["u/", "u/nonsense", "p/{u}", "c/{u}", "x/{u}", "u/{u}/", "index.html", "u/" + "a" * 26, "é"]
)
def test_a_link_that_is_not_ours(web: Site, path: str) -> None:
    """Nothing happens, and the page says so."""
    forms: tuple[dict[str, Any] | None, ...] = (None, {})
    for form in forms:
        page = web.ask(path.format(u=token("unsubscribe")).encode().decode("latin-1"), form)
        assert web.status == 404
        assert "This link is no longer valid." in page
    assert web.state() == "active"


def test_to_subscribe_takes_a_letter_and_a_button(web: Site) -> None:
    """The address in the letter leads to the button; what was chosen is what comes."""
    page = web.ask("", {"address": "Ji@Example.net", "language": "ko", "topic[]": ["health"], "frequency": "daily"})
    assert "메일을 보내 드렸습니다" in page
    assert web.state("ji@example.net") == "pending"
    (letter,) = web.office.posted
    assert letter.to == "Ji@example.net"
    number = web.office.ledger.number("ji@example.net") or 0
    place = f"c/{token('confirm', number)}"
    assert button(web.ask(place))
    assert web.state("ji@example.net") == "pending"
    page = web.ask(place, {})
    assert WEB + "p/" + token("preferences", number) in page
    reader = web.office.ledger.subscriber("ji@example.net")
    assert reader is not None
    assert (reader.state, reader.language, reader.topics, reader.frequency) == ("active", "ko", ("health",), "daily")
    assert reader.consent == "confirmed on the web on 2026-03-05"


def test_nobody_learns_who_is_subscribed(web: Site) -> None:
    """Readers, strangers, people who complained and robots get the same page; one letter an hour goes to each."""
    web.office.comes()
    web.office.ledger.suppress("angry@example.net", "complained", NOON)
    said = {
        web.ask("", {"address": address, "again": trap})
        for address, trap in (
            ("anna@example.net", ""),
            ("new@example.net", ""),
            ("NEW@example.net", ""),
            ("angry@example.net", ""),
            ("robot@example.net", "x"),
        )
    }
    assert len(said) == 1
    assert [one.to for one in web.office.posted] == ["anna@example.net", "new@example.net"]
    assert web.state() == "active"


def test_strangers_cannot_make_us_write_for_ever(web: Site) -> None:
    """After so many letters in an hour there are no more."""
    for number in range(5):
        page = web.ask("", {"address": f"victim{number}@example.net"})
    assert len(web.office.posted) == 3
    assert "Please try again later." in page


def test_what_is_no_address_is_told(web: Site) -> None:
    """The form keeps what was chosen, and shows nothing as HTML that was typed in."""
    page = web.ask("", {"address": '"><script>alert(1)</script>', "language": "ar", "topic[]": ["peace"]})
    assert web.status == 400
    assert 'role="alert"' in page
    assert "<script" not in page
    assert re.search(r'value="ar"[^>]* selected', page)
    assert re.search(r'value="peace" checked', page)


def test_to_change_what_comes(web: Site) -> None:
    """No topic ticked is all of them; the page is in the language that was chosen."""
    place = f"p/{token('preferences')}"
    page = web.ask(place, {"language": "zh-Hant", "topic[]": ["health"], "frequency": "monthly", "action": "save"})
    assert "您的選擇已儲存。" in page
    reader = web.office.ledger.subscriber("anna@example.net")
    assert reader is not None
    assert (reader.language, reader.topics, reader.frequency) == ("zh-Hant", ("health",), "monthly")
    web.ask(place, {"language": "en"})
    assert (web.office.ledger.subscriber("anna@example.net") or reader).topics == ()
    web.ask(place, {"action": "leave"})
    assert web.state() == "unsubscribed"
    web.ask(place)
    assert web.status == 404


def test_to_be_forgotten(web: Site) -> None:
    """A reader can see to it without asking anybody; their links then end nothing and tell nothing."""
    assert "is deleted" in web.ask(f"p/{token('preferences')}", {"action": "erase"})
    assert web.office.ledger.subscriber("anna@example.net") is None
    assert web.office.ledger.suppressed(["anna@example.net"])
    web.ask(f"u/{token('unsubscribe')}", {})
    assert web.status == 200


@pytest.mark.parametrize("trouble", ["550 no such user", DeliveryError("no server"), RuntimeError("a bug")])
def test_what_was_not_sent_is_not_promised(web: Site, trouble: str | Exception) -> None:
    """The page asks to come back, and who does is not taken for one who was written to."""
    web.office.trouble = trouble
    assert "Please try again later." in web.ask("", {"address": "new@example.net"})
    assert web.status == (500 if isinstance(trouble, RuntimeError) else 503)
    web.office.trouble = ""
    assert "We have sent you a message." in web.ask("", {"address": "new@example.net"})
    assert [one.to for one in web.office.posted] == ["new@example.net"]


def test_a_body_without_end_is_not_read(web: Site) -> None:
    """However its length is told."""
    for length in ("30000", "9" * 30):
        web.ask("", b"x" * 30_000, CONTENT_LENGTH=length)
        assert web.status == 413


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "fr;q=0.9, zh-TW;q=0.8", "zh-Hant"),
        ("", "en;q=0.1, ar;q=0.2", "ar"),
        ("", "ar;q=0, en;q=0.5", "en"),
        ("", ";;,q=9,*" * 50, "en"),
        ("?lang=ar", "ko", "ar"),
        ("?lang=xx-nonsense", "ko", "ko"),
        ("?lang=%00", "", "en"),
    ],
)
def test_the_page_speaks_the_reader_s_language(web: Site, query: str, accepted: str, language: str) -> None:
    """That of the address, then the browser's, then the site's; from right to left where it is written so."""
    page = web.ask(query, HTTP_ACCEPT_LANGUAGE=accepted)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert web.headers["Content-Language"] == language


def test_pages_are_private_and_hold_nothing_active(web: Site) -> None:
    """Neither kept nor framed nor indexed, nor is the address with the token in it told to anybody."""
    page = web.ask(f"p/{token('preferences')}")
    assert "default-src 'none'" in web.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in web.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in web.headers["Content-Security-Policy"]
    assert web.headers["Cache-Control"] == "no-store"
    assert web.headers["Referrer-Policy"] == "no-referrer"
    assert web.headers["X-Robots-Tag"] == "noindex"
    assert "anna@example.net" not in page
    assert not re.search(r"<script| style=| src=| on\w+=", page)


class Labels(HTMLParser):
    """Collects which fields there are and which labels, and whether ids are told apart."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []
        self.labels: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is of interest."""
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        if tag in {"input", "select"} and values.get("tabindex") != "-1":
            self.fields.append(values["id"])
        if tag == "label":
            self.labels.add(values["for"])


@pytest.mark.parametrize("path", ["", "p/{p}"])
def test_every_field_has_a_label(web: Site, path: str) -> None:
    """Those who hear the page know what they fill in."""
    labels = Labels()
    labels.feed(web.ask(path.format(p=token("preferences"))))
    assert len(labels.fields) >= 6
    assert set(labels.fields) <= labels.labels
    assert len(labels.ids) == len(set(labels.ids))
