"""A web server for `republish subscribers serve`: the standard library's, with a thread for each request."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from republisher import config, frontdesk
from republisher.errors import ConfigError

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout: ClassVar[float] = 30.0
    """Seconds a client may be silent."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing: an address with a token in it is personal."""


def application(path: str = "republish.toml") -> WSGIApplication:
    """Return the application of the configuration at `path`, for WSGI servers that call a factory; `ConfigError`."""
    return frontdesk.application(config.load(Path(path)), lambda: datetime.now(UTC))


def server(host: str, port: int, application: WSGIApplication) -> WSGIServer:
    """Return a server that listens at `host` and `port`; raise `ConfigError` if it cannot."""
    try:
        return make_server(host, port, application, _Server, _Handler)
    except OSError as error:
        raise ConfigError(f"{host}:{port}: cannot be listened at ({error.strerror}) — choose another --port") from error
