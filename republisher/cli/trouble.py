"""Errors as a person or a program wants to read them; never a traceback unless it is asked for."""

from __future__ import annotations

import json
import sys
import traceback
from typing import TYPE_CHECKING

from republisher.errors import ConfigError, LockedError, PublishError, RepublisherError, StoreError

if TYPE_CHECKING:
    import argparse

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (ConfigError, 2),
    (LockedError, 4),
    (StoreError, 3),
    (PublishError, 3),
    (RepublisherError, 1),
)
_UNEXPECTED = 70
"""EX_SOFTWARE of sysexits.h: a bug of ours."""


def report(error: Exception, options: argparse.Namespace) -> int:
    """Say what went wrong, on standard error or as JSON, and return the exit status that goes with it."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), _UNEXPECTED)
    message = str(error)
    if status == _UNEXPECTED:
        message = f"unexpected error: {error!r} — this is a bug; please report it with what --verbose shows"
        if options.verbose:
            traceback.print_exc()
    if options.json:
        sys.stdout.write(json.dumps({"error": message, "status": status}, ensure_ascii=False) + "\n")
    if not options.json or status == _UNEXPECTED:
        for line in message.splitlines():
            sys.stderr.write(f"republish: {line}\n")
    return status
