"""The application for subscribers on the web (WSGI, PEP 3333): subscribe, confirm, change, leave.

To look changes nothing: a GET shows a button, only a POST acts, for programs that look for malice open every link in a
mail. One-click unsubscription (RFC 8058) is such a POST. No page tells whether somebody is subscribed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from republisher.digest import membership
from republisher.digest.request import Request, request_of
from republisher.digest.subscribers import address_of, wished
from republisher.digest.throttle import Throttle
from republisher.digest.values import Subscriber
from republisher.errors import DeliveryError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIEnvironment

    from republisher.digest.ledger import Ledger
    from republisher.digest.reader_pages import Kind, ReaderPages
    from republisher.digest.reception import Reception
    from republisher.digest.tokens import Purpose

log = logging.getLogger(__name__)

_STATUS: Final = {
    200: "200 OK",
    400: "400 Bad Request",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}
_PURPOSES: Final[dict[str, Purpose]] = {"u": "unsubscribe", "p": "preferences", "c": "confirm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered."""

    kind: Kind
    status: int = 200
    language: str = ""
    """Of the reader, if it is known; else that of the browser."""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The application; any WSGI server may call it, in several threads and processes."""

    reception: Reception
    pages: ReaderPages
    open_ledger: Callable[[], AbstractContextManager[Ledger]]
    now: Callable[[], datetime]
    throttle: Throttle = field(default_factory=Throttle)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Answer a request."""
        request = request_of(environ, self.reception.letters.links.web or "/")
        page = self._answer(request)
        language = self.pages.language(request.query("lang") or page.language, request.accepted)
        content, policy = self.pages.render(page.kind, language, page.values)
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Content-Language", language),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Vary", "Accept-Language"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Robots-Tag", "noindex"),
            *([("Allow", "GET, HEAD, POST")] if page.status == 405 else []),  # noqa: PLR2004
            *([("Retry-After", "600")] if page.status == 503 else []),  # noqa: PLR2004
        ]
        start_response(_STATUS[page.status], headers)
        return [b"" if request.method == "HEAD" else content]

    def _answer(self, request: Request) -> Page:
        if request.method not in {"GET", "HEAD", "POST"}:
            return Page(kind="invalid", status=405)
        if request.too_long:
            return Page(kind="invalid", status=413)
        try:
            return self._front(request) if not request.path else self._own(request)
        except (DeliveryError, StoreError) as error:
            log.warning("%s", error)
            return Page(kind="trouble", status=503)
        except Exception:
            log.exception("a request could not be answered")
            return Page(kind="trouble", status=500)

    def _front(self, request: Request) -> Page:
        """Show the form, or take down who wants to subscribe. Who is already is answered no differently."""
        blank = Subscriber(
            address="", language=self.pages.language(request.query("lang"), request.accepted), since=self.now()
        )
        if request.method != "POST":
            return Page(kind="subscribe", values={"reader": blank})
        wish = self._wish(request, replace(blank, address=request.text("address")))
        address = address_of(wish.address)
        if address is None:
            return Page(kind="subscribe", status=400, values={"reader": wish, "wrong": True})
        if request.text("again"):  # a field that people do not see
            return Page(kind="sent", language=wish.language)
        return self._ask(replace(wish, address=address))

    def _ask(self, wish: Subscriber) -> Page:
        """Have a letter sent, unless too many were."""
        now, key = self.now(), wish.address.casefold()
        sent, trouble = Page(kind="sent", language=wish.language), Page(kind="trouble", status=503)
        if not self.throttle.allow(key, now):
            return trouble if self.throttle.full(now) else sent
        refusal = "no server"
        try:
            with self.open_ledger() as ledger:
                _, refusal = self.reception.receive(ledger, wish, now)
        finally:
            if refusal:
                self.throttle.forget(key)
        if refusal:
            log.warning("a letter was refused: %s", refusal)
        return trouble if refusal else sent

    def _own(self, request: Request) -> Page:
        """Answer what is asked with a reader's own link."""
        place, _, token = request.path.partition("/")
        purpose = _PURPOSES.get(place)
        claim = self.reception.letters.links.tokens.read(purpose, token) if purpose else None
        if claim is None:
            return Page(kind="invalid", status=404)
        acts = request.method == "POST"
        with self.open_ledger() as ledger:
            reader = ledger.numbered(claim.number)
            if place == "u":
                return self._leave(ledger, reader, acts=acts)
            if reader is None or reader.state == "unsubscribed":
                return Page(kind="invalid", status=404, language=reader.language if reader else "")
            if place == "c":
                return self._confirm(ledger, reader, claim.number, acts=acts)
            return self._preferences(ledger, reader, claim.number, request)

    def _leave(self, ledger: Ledger, reader: Subscriber | None, *, acts: bool) -> Page:
        """Ask whether nothing more is wanted, or see to it; who is forgotten gets nothing anyway."""
        if acts and reader:
            membership.leave(ledger, reader.address, self.now())
        return Page(kind="left" if acts else "leave", language=reader.language if reader else "")

    def _confirm(self, ledger: Ledger, reader: Subscriber, number: int, *, acts: bool) -> Page:
        if acts:
            membership.confirm(ledger, number, "on the web", self.now())
        done = acts or reader.state == "active"
        links = self.reception.letters.links
        return Page(
            kind="confirmed" if done else "confirm",
            language=reader.language,
            values={"preferences": links.preferences(number, reader)} if done else {},
        )

    def _preferences(self, ledger: Ledger, reader: Subscriber, number: int, request: Request) -> Page:
        action = request.text("action") if request.method == "POST" else ""
        if action == "erase":
            ledger.erase(reader.address, self.now())
            return Page(kind="erased", language=reader.language)
        if action == "leave":
            return self._leave(ledger, reader, acts=True)
        if request.method == "POST":
            reader = membership.change(ledger, number, self._wish(request, reader)) or reader
        return Page(
            kind="preferences", language=reader.language, values={"reader": reader, "saved": request.method == "POST"}
        )

    def _wish(self, request: Request, before: Subscriber) -> Subscriber:
        """Return what a form says; no topic ticked means every one."""
        words = (request.text("language"), request.text("frequency"), *(request.texts("topic[]") or ("all",)))
        return wished(before, words, self.reception.topics, self.reception.languages)
