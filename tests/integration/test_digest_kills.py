"""Pulling the plug: `kills.py` says how; a larger series is run by hand and quoted in the documentation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SUBSCRIBERS, KILLS, CONNECTIONS, SEED = 300, 20, 2, 1


@pytest.fixture(scope="module")
def result() -> Any:
    """Kill twenty runs, then let one end, then let two run at once."""
    script = str(Path(__file__).with_name("kills.py"))
    command = [sys.executable, script, *map(str, (SUBSCRIBERS, KILLS, CONNECTIONS, SEED))]
    return json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=300).stdout)


def test_nothing_is_lost_and_what_comes_twice_was_unknowable(result: Any) -> None:
    """Every reader gets the edition; copies come only from kills while `committing`, and carry the same Message-ID."""
    assert result["kills"] == KILLS
    assert len(result["points"]) == 8
    assert result["lost"] == result["unsent"] == result["other_id"] == 0
    assert result["copies"] <= result["left"]["committing"] <= KILLS * CONNECTIONS
    assert result["most"] <= 2


def test_two_runs_at_once_send_nothing_twice(result: Any) -> None:
    """The second finds the first at work, and a third after them finds nothing to do."""
    assert result["second"] == 1
    assert result["extra"] == 0
