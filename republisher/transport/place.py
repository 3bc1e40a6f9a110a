"""Where a request goes, parsed once: no second parser, ours or the library's, can read the address differently."""

from __future__ import annotations

import ipaddress
import re
import socket
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit

from republisher import text, urls
from republisher.transport.values import HttpError

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*")
_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}")
"""What `inet_aton` reads as an IPv4 address: decimal, octal and hexadecimal, one to four parts."""
_USERINFO = re.compile(r"^((?:[^:/?#]*:)?/*)[^/?#]*@")
_LONGEST = 4000
"""Characters; servers refuse longer addresses, and no error message should hold one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An http or https address without credentials and fragment, its host in the one canonical spelling."""

    scheme: str
    host: str
    """Lower case, ASCII, no trailing dot; an IP address in its usual form, without brackets."""
    port: int
    target: str
    """Path and query, as they go into the request line."""

    @property
    def authority(self) -> str:
        """Return host and port as the Host header wants them (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address as text."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what credentials belong to (RFC 6454 §4)."""
        return self.scheme, self.host, self.port

    @property
    def server(self) -> str:
        """Return who answers: http and https of a host are one server, another port is another."""
        return self.host if self.port in _PORTS.values() else f"{self.host}:{self.port}"


def shown(url: str) -> str:
    """Return `url` as it may be shown and logged: without user name and password, on one line, not endless."""
    return text.shorten(_USERINFO.sub(r"\1", url), 300)


def locate(url: str) -> tuple[Place, str | None]:
    """Return the place `url` names and what authorises us there (RFC 7617), if anything; raise `HttpError`."""
    parts, port = _split(url)
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise HttpError(
            f"the address is not on the web ({text.shorten(scheme, 30) or 'no scheme'}:)",
            shown(url),
            "only http:// and https:// addresses can be fetched",
        )
    host = canonical(parts.hostname or "")
    if host is None or port == 0:
        raise HttpError("the address names no host that can exist", shown(url), "check its spelling")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = Place(scheme=scheme, host=host, port=port or _PORTS[scheme], target=target)
    return place, _authorisation(parts.username, parts.password)


def redirected(place: Place, location: str) -> Place:
    """Return where `location` leads from `place`; a redirect's own credentials count for nothing."""
    joined, _ = locate(_joined(place.url, location))
    return joined


def canonical(host: str) -> str | None:
    """Return `host` in its one spelling, None if it is neither a name nor an address."""
    host = host.lower().removesuffix(".")
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host)) if "%" not in host else None
        except ValueError:
            return None
    if _NUMBERS.fullmatch(host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return None
    return host if _NAME.fullmatch(host) else None


def _split(url: str) -> tuple[SplitResult, int | None]:
    if len(url) > _LONGEST:
        raise HttpError("the address is too long", shown(url), "check the source's address")
    try:
        parts = urlsplit(urls.uri(url))
        port = parts.port
    except ValueError as error:
        unclear = url.rpartition("@")[2]  # a password that holds a slash ends nobody knows where
        raise HttpError("the address cannot be understood", shown(unclear), "check its spelling") from error
    return parts, port


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise HttpError("the server leads to an address that cannot be understood", shown(location)) from error


def _authorisation(username: str | None, password: str | None) -> str | None:
    if not username and not password:
        return None
    pair = unquote_to_bytes(username or "") + b":" + unquote_to_bytes(password or "")
    return f"Basic {b64encode(pair).decode('ascii')}"
