"""Runs `republish` again and again, and kills it or fails it at every call that changes a file; prints what was wrong.

Every open for writing, rename, removal and new folder of a run is numbered through Python's audit events. A copy of the
same beginning is made for each number, a forked child runs to that number and ends there: by SIGKILL, or by ENOSPC.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import republisher.check
import republisher.classify
import republisher.ingest
import republisher.parse
import republisher.publish
import republisher.render.html
from republisher.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = frozenset("os.rename os.remove os.mkdir os.rmdir shutil.rmtree os.truncate".split())
UNDISTURBED = 99
"""Exit status of a run that made fewer calls than the number it was to be stopped at."""
LOADED = (republisher.check, republisher.classify, republisher.ingest, republisher.parse, republisher.publish)


def child(folder: Path, number: int, how: str) -> int:
    """Run in a forked process until call `number`; return its exit status, negative for a signal."""
    process = os.fork()
    if process == 0:
        os.chdir(folder)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # before the hook is there
            sys.stdout = sys.stderr = nowhere
            count = _arm(number, how)
            status = main(["--quiet"])
            os._exit(UNDISTURBED if status == 0 and count() < number else status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _arm(number: int, how: str) -> Callable[[], int]:
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writing = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if not writing and event not in EVENTS:
            return
        seen += 1
        if seen != number:
            return
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))

    sys.addaudithook(hook)
    return lambda: seen


def published(folder: Path) -> dict[str, bytes]:
    """Return every file below the output folder, hidden ones too."""
    out = folder / "out"
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}


def sweep(start: Path, work: Path, how: str) -> dict[str, object]:
    """Return the number of calls swept and a sentence for whatever was wrong."""
    wrong = []
    old = published(start)
    whole = work / "whole"
    shutil.copytree(start, whole)
    if child(whole, 0, how):
        wrong.append("the undisturbed run failed")
    new = published(whole)
    number = 0
    while True:
        number += 1
        folder = work / "try"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, folder)
        status = child(folder, number, how)
        after = published(folder)
        visible = {path: content for path, content in after.items() if not path.startswith(".")}
        wrong += [
            f"{how} {number}: {path} is neither old nor new"
            for path, content in visible.items()
            if content not in (old.get(path), new.get(path))
        ]
        wrong += [f"{how} {number}: {path} is gone" for path in old if path not in after and path in new]
        if child(folder, 0, how):
            wrong.append(f"{how} {number}: the next run failed")
        final = published(folder)
        different = sorted(path for path in {*final, *new} if final.get(path) != new.get(path))
        if different:
            wrong.append(f"{how} {number}: the next run came to other files: {different}")
        if status == UNDISTURBED:
            return {
                "calls": number - 1,
                "wrong": wrong,
                "files": len(new),
                "changed": sum(old.get(p) != c for p, c in new.items()),
            }


if __name__ == "__main__":
    print(json.dumps(sweep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))  # noqa: T201  # read by the test
