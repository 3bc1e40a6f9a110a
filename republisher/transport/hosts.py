"""Manners: one request at a time to a server, and none for a while to one that cannot or will not answer."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from republisher.transport.values import HttpError

_STRIKES = 3
"""Documents a server may keep to itself without an answer, each for as long as we are ready to wait."""


class Hosts:
    """Knows, for one run, whose turn it is with which server and who asked to be left in peace."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._down: dict[str, HttpError] = {}
        self._strikes: dict[str, int] = {}

    @contextmanager
    def turn(self, server: str, location: str) -> Iterator[float]:
        """Wait for the turn with `server` and give the seconds that took; raise `HttpError` if it is down.

        Nobody may hold two turns, or two who each want the other's would wait for ever.
        """
        began = monotonic()
        with self._lock:
            turn = self._turns.setdefault(server, threading.Lock())
        with turn:
            with self._lock:
                down = self._down.get(server)
            if down is not None:
                raise down.at(location)
            yield monotonic() - began

    def note(self, server: str, error: HttpError) -> None:
        """Ask `server` nothing more in this run if `error` is true of all it has, or is one of several in a row."""
        with self._lock:
            self._strikes[server] = self._strikes.get(server, 0) + 1
            if error.host_wide or self._strikes[server] >= _STRIKES:
                self._down[server] = error.at(error.location)

    def answered(self, server: str) -> None:
        """Forget that `server` failed before."""
        with self._lock:
            self._strikes.pop(server, None)
