"""What goes into a fetch and what comes out of it: frozen values and one error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from republisher.errors import FetchError

if TYPE_CHECKING:
    from pathlib import Path

    from republisher.transport.spool import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How the web is asked; times in seconds, sizes in bytes."""

    version: str
    """Of republisher, for the User-Agent."""
    site: str
    """Where what we publish is found, for the User-Agent: who is asked too often can see by whom."""
    contact: str = ""
    """A mail address, for the same purpose."""
    total: float = 60
    """For one document with all its redirects; waiting for the turn of a host does not count."""
    read: float = 20
    """Without a byte from the server."""
    connect: float = 10
    redirects: int = 5
    header_bytes: int = 65_536
    """Before an answer begins: its headers and whatever else a server sends first."""
    wire_bytes: int = 20_000_000
    decoded_bytes: int = 50_000_000
    waiting_bytes: int = 1_000_000_000
    """On disk, of all finished documents that wait to be looked at."""
    concurrency: int = 64
    """Hosts asked at the same time."""
    private_hosts: tuple[str, ...] = ()
    """Hosts that may have addresses inside private networks or on this computer."""
    proxy: str | None = None
    """`http://[user:password@]host:port`; the address check then rests on what names resolve to here."""
    ca_file: Path | None = None
    """Certificates trusted beside the system's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What to remember of a document once its content is stored, and never before."""

    url: str = ""
    """That gave the validators; they are shown to no other."""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    """Of the decoded content."""
    permanent: str = ""
    """Where the document moved to for good; asked first from then on. Empty if it is where the source says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A document to be asked for."""

    url: str
    """As configured: may hold `user:password@`, shown to that origin only."""
    known: Known = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResult:
    """What a server said of a document."""

    kind: Literal["fresh", "unchanged", "gone"]
    """`unchanged` is a 304, or the same bytes as before; `gone` a 410: the source is not to be asked again."""
    status: int
    url: str
    """The document came from, credentials removed; relative references resolve against it."""
    known: Known
    """The next request's, once the content is stored."""
    body: Body | None = None
    """The decoded content, if fresh."""
    media_type: str | None = None
    charset: str | None = None
    fresh_for: float | None = None
    """Seconds the server says its answer holds (Cache-Control, Expires: RFC 9111 §4.2.1)."""


class HttpError(FetchError):
    """A document could not be had over HTTP."""

    def __init__(  # an error is rebuilt from its positional arguments after a process pool
        self,
        message: str,
        location: str = "",
        advice: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        host_wide: bool = False,  # noqa: FBT001, FBT002  # likewise
    ) -> None:
        super().__init__(message, location, advice)
        self.args = (message, location, advice, status, retry_after, host_wide)
        self.status = status
        self.retry_after = retry_after
        """Seconds the server wants to be left in peace (RFC 9110 §10.2.3)."""
        self.host_wide = host_wide
        """Whether every other document of the same host would fare alike."""

    def at(self, location: str) -> HttpError:
        """Return the same error about another location."""
        return HttpError(self.message, location, self.advice, self.status, self.retry_after, self.host_wide)


def too_large(limit: int) -> HttpError:
    """Return the error for a document of more than `limit` bytes."""
    return HttpError(f"the feed is larger than {limit / 1e6:g} MB", advice="ask the publisher for a shorter one")
