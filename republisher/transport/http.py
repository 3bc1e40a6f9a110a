"""Fetches documents over HTTP: redirects, validators, many hosts at a time; see the package for the picture."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

from republisher.transport.conclude import conclude, conditions, refused
from republisher.transport.hosts import Hosts
from republisher.transport.network import Sockets
from republisher.transport.place import locate, redirected, shown
from republisher.transport.session import Session, Shared
from republisher.transport.values import HttpError, HttpResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from republisher.transport.place import Place
    from republisher.transport.session import Answer
    from republisher.transport.values import HttpRequest, HttpSettings

log = logging.getLogger(__name__)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_BUSY = frozenset((429, 503))
_GONE = 410
_LOST = frozenset((404, 410))
Outcome = HttpResult | HttpError


class HttpTransport:
    """A client for the length of one run; `close` it, or use it in a `with` statement."""

    def __init__(self, settings: HttpSettings, now: datetime) -> None:
        self._settings = settings
        self._now = now
        self._shared = Shared(settings)
        self._hosts = Hosts()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is still waiting to be taken."""
        self._shared.close()

    def fetch(self, request: HttpRequest) -> HttpResult:
        """Return what became of the document; raise `HttpError`."""
        session = Session(self._shared, Sockets())
        try:
            return self._fetch(session, request)
        finally:
            session.close()

    def fetch_all(self, requests: Sequence[HttpRequest]) -> Iterator[tuple[HttpRequest, Outcome]]:
        """Give what became of each request, in their order, while others are under way."""
        outcomes: list[Future[Outcome]] = [Future() for _ in requests]
        groups: dict[str, list[tuple[HttpRequest, Future[Outcome]]]] = {}
        for request, outcome in zip(requests, outcomes, strict=True):
            groups.setdefault(_server(request), []).append((request, outcome))
        sockets, stop = Sockets(), threading.Event()
        workers = ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="fetch")
        try:
            for group in groups.values():
                workers.submit(self._work, group, sockets, stop)
            outcomes.reverse()
            for request in requests:
                yield request, outcomes.pop().result()
        finally:
            stop.set()
            if outcomes:
                sockets.cut()
            workers.shutdown(cancel_futures=True)

    def _work(self, group: list[tuple[HttpRequest, Future[Outcome]]], sockets: Sockets, stop: threading.Event) -> None:
        """Fetch what one server has, one after the other."""
        session = Session(self._shared, sockets)
        for request, outcome in group:
            if stop.is_set():
                break
            try:
                outcome.set_result(self._fetch(session, request))
            except HttpError as error:
                outcome.set_result(error.at(error.location))  # without the frames it came through, and what they hold
            except Exception as error:
                log.exception("%s: unexpected error", shown(request.url))
                outcome.set_exception(error)
        session.close()

    def _fetch(self, session: Session, request: HttpRequest) -> HttpResult:
        """Fetch from where the document moved to for good, and from its first place if it is not there any more."""
        deadline = monotonic() + self._settings.total
        if request.known.permanent:
            try:
                return self._follow(session, request, request.known.permanent, deadline)
            except HttpError as error:
                if error.status not in _LOST and not (error.status is None and error.host_wide):
                    raise
        return self._follow(session, request, request.url, deadline)

    def _follow(self, session: Session, request: HttpRequest, start: str, deadline: float) -> HttpResult:
        home, authorisation = locate(request.url)
        place = home if start == request.url else locate(start)[0]
        moved, seen = place, {place.url}
        while True:
            headers = conditions(place, request.known)
            if authorisation and place.origin == home.origin:
                headers["Authorization"] = authorisation
            answer, waited = self._ask(session, place, headers, deadline)
            deadline += waited
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                if answer.status == _GONE and moved != place:  # where a way ends that may be another tomorrow
                    raise refused(place, answer, self._now)
                return conclude(request.known, place, "" if moved == home else moved.url, answer, self._now)
            target = redirected(place, answer.headers.get("location"))
            if target.url in seen:
                raise HttpError("the address leads in a circle", place.url, "tell the publisher")
            if len(seen) > self._settings.redirects:
                raise HttpError(f"more than {self._settings.redirects} redirects in a row", place.url)
            seen.add(target.url)
            if moved == place and answer.status in _PERMANENT and not _weaker(place, target):
                moved = target
            place = target

    def _ask(self, session: Session, place: Place, headers: dict[str, str], deadline: float) -> tuple[Answer, float]:
        """Ask `place` when it is our turn; return its answer and for how long we waited for the turn."""
        with self._hosts.turn(place.server, place.url) as waited:
            try:
                answer = session.ask(place, headers, deadline + waited)
            except HttpError as error:
                self._hosts.note(place.server, error)
                raise
            self._hosts.answered(place.server)
            if answer.status in _BUSY:
                self._hosts.note(place.server, refused(place, answer, self._now))
            return answer, waited


def _weaker(place: Place, target: Place) -> bool:
    """Tell whether going on is less safe than it was: nobody should be able to make that last."""
    return place.scheme == "https" and target.scheme == "http"


def _server(request: HttpRequest) -> str:
    """Return whose turn a request needs first; what cannot be located fails at once, wherever it stands."""
    try:
        return locate(request.known.permanent or request.url)[0].server
    except HttpError:
        return ""
