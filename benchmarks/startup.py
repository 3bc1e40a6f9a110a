"""What starting costs: `republish --help`, and a run that finds nothing changed, in multiples of starting Python.

python benchmarks/startup.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPUBLISH = str(Path(sys.executable).with_name("republish"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "republish --help": [REPUBLISH, "--help"],
    "republish, nothing changed": [REPUBLISH, "--quiet"],
}


def seconds(command: list[str], folder: str) -> float:
    """Return how long `command` takes."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Measure the commands in turn, so that a busy moment of the machine strikes all of them, and print medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([REPUBLISH, "init", "--quiet"], cwd=folder, check=True)
        subprocess.run([REPUBLISH, "--quiet"], cwd=folder, check=True)
        times = [{name: seconds(command, folder) for name, command in COMMANDS.items()} for _ in range(rounds)]
    base = statistics.median(once["python -c pass"] for once in times)
    for name in COMMANDS:
        median = statistics.median(once[name] for once in times)
        print(f"{name:28} {median * 1000:7.1f} ms  {median / base:5.1f} ×")


if __name__ == "__main__":
    main()
