"""How many letters strangers can make us write: one an hour to an address, and so many in all."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

_SPAN: Final = timedelta(hours=1)
MOST: Final = 300


class Throttle:
    """Remembers the letters of the last hour, in memory: it ends with the process, and nothing of it is kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._written: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def allow(self, address: str, now: datetime) -> bool:
        """Tell whether a letter may go to `address`; if so, it counts as gone."""
        with self._lock:
            self._drop(now)
            if address in self._written or len(self._written) >= self._most:
                return False
            self._written[address] = now
            return True

    def forget(self, address: str) -> None:
        """Take back that a letter went to `address`: it did not."""
        with self._lock:
            self._written.pop(address, None)

    def full(self, now: datetime) -> bool:
        """Tell whether no letter may go to anybody."""
        with self._lock:
            self._drop(now)
            return len(self._written) >= self._most

    def _drop(self, now: datetime) -> None:
        """Drop what is older than an hour; a clock that was set back drops everything."""
        self._written = {one: moment for one, moment in self._written.items() if now - _SPAN < moment <= now}
