"""What holds for every test: no network beyond this machine, and golden files that can be written anew."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files anew; the tests then fail, so that nobody overlooks it."""
    parser.addoption("--update-golden", action="store_true", help="write expected results anew, then fail")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
