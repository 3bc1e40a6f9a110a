"""A request as the application sees it: the method, the place, what a form says (PEP 3333, HTML §4.10.21). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIEnvironment

_MOST: Final = 20_000
"""Bytes of a form; ours have a few hundred."""
_FIELDS: Final = 200
_LONGEST: Final = 300
"""Characters of a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked."""

    method: str
    path: str
    """Below the address of the application, without a slash in front."""
    accepted: str
    """`Accept-Language`."""
    asked: Mapping[str, list[str]]
    form: Mapping[str, list[str]]
    too_long: bool = False

    def query(self, name: str) -> str:
        """Return what the address says after the question mark."""
        return self.asked.get(name, [""])[0][:_LONGEST]

    def text(self, name: str) -> str:
        """Return one field of the form, empty if it is not there."""
        return self.form.get(name, [""])[0].strip()[:_LONGEST]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all fields of that name."""
        return tuple(value.strip()[:_LONGEST] for value in self.form.get(name, []))


def request_of(environ: WSGIEnvironment, web: str) -> Request:
    """Return the request in `environ`; `web` is the address of the application, of which servers may show the path."""
    path = environ.get("PATH_INFO", "") or "/"
    below = urlsplit(web).path or "/"
    path = path[len(below) :] if path.startswith(below) else path.removeprefix("/")
    method = environ.get("REQUEST_METHOD", "GET").upper()
    length = _length(environ.get("CONTENT_LENGTH", ""))
    too_long = length > _MOST
    body = environ["wsgi.input"].read(length) if method == "POST" and length and not too_long else b""
    return Request(
        method=method,
        path=path,
        accepted=environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        asked=_fields(environ.get("QUERY_STRING", "")),
        form=_fields(body.decode("utf-8", "replace")),
        too_long=too_long,
    )


def _length(value: str) -> int:
    """Return the length a client tells; whatever is too long is as good as any other that is."""
    if not (value.isascii() and value.isdigit()):
        return 0
    return int(value[-9:]) if len(value) <= 9 else _MOST + 1  # noqa: PLR2004  # digits; longer numbers cost time


def _fields(encoded: str) -> dict[str, list[str]]:
    try:
        return parse_qs(encoded, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return {}
