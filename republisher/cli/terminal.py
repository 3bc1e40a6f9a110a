"""What a person sees while they wait and when it is done."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from republisher.protocols import Progress


def talkative(options: argparse.Namespace, environment: Mapping[str, str]) -> bool:
    """Tell whether somebody is there to read: a terminal, or a shell that has one; cron and timers have neither."""
    if options.quiet or options.json:
        return False
    return bool(options.verbose or sys.stdout.isatty() or "TERM" in environment)


def progress_bar(options: argparse.Namespace) -> Progress:
    """Return a progress bar on standard error, or what does nothing where nobody would see it move."""
    if options.quiet or options.json or not sys.stderr.isatty():
        return lambda _stage, _done, _total: None
    from tqdm import tqdm  # noqa: PLC0415

    bars: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        bar = bars.get(stage)
        if bar is None:
            bar = bars[stage] = tqdm(total=total, desc=stage, leave=False, unit="", dynamic_ncols=True)
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return show


def say_json(value: object) -> None:
    """Print `value` as JSON, readable and in a stable order."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def table(rows: Sequence[Sequence[object]], *, head: Sequence[str] = ()) -> str:
    """Return `rows` in columns, numbers to the right; wide letters count double."""
    texts = [[str(cell) for cell in row] for row in ([head] if head else []) + [list(row) for row in rows]]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    numbers = [all(isinstance(row[index], int) for row in rows) for index in range(len(widths))]
    lines = []
    for row in texts:
        cells = (pad(cell, size, right=right) for cell, size, right in zip(row, widths, numbers, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def width(value: str) -> int:
    """Return how many columns of a terminal `value` takes (Unicode Standard Annex #11)."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in value
    )


def pad(value: str, size: int, *, right: bool = False) -> str:
    """Return `value` filled up to `size` columns."""
    space = " " * (size - width(value))
    return space + value if right else value + space
