"""What the last answer on the way means for the document that was asked for. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from republisher.transport import explain
from republisher.transport.values import HttpError, HttpResult, Known

if TYPE_CHECKING:
    from datetime import datetime

    from republisher.transport.place import Place
    from republisher.transport.session import Answer

_NOT_MODIFIED = 304
_GONE = 410


def conditions(place: Place, known: Known) -> dict[str, str]:
    """Return the headers that ask `place` for the document only if it changed (RFC 9110 §13.1)."""
    if place.url != known.url:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def conclude(known: Known, place: Place, moved: str, answer: Answer, now: datetime) -> HttpResult:
    """Return what `answer` from `place` means; the document has `moved` there for good; raise `HttpError`."""
    headers = answer.headers
    new = _remembered(known, place, moved, answer)
    result = HttpResult(
        kind="unchanged", status=answer.status, url=place.url, known=new, fresh_for=headers.fresh_for(now)
    )
    if answer.body is not None:
        if known.digest == answer.body.digest:
            answer.body.discard()
            return result
        return replace(
            result, kind="fresh", body=answer.body, media_type=headers.media_type(), charset=headers.charset()
        )
    if answer.status == _NOT_MODIFIED:
        if not conditions(place, known):
            raise HttpError("the server says that nothing changed, though nobody asked", place.url, status=304)
        etag, last_modified = new.etag or known.etag, new.last_modified or known.last_modified
        return replace(result, known=replace(new, etag=etag, last_modified=last_modified))
    if answer.status == _GONE:
        return replace(result, kind="gone", known=known)
    raise refused(place, answer, now)


def refused(place: Place, answer: Answer, now: datetime) -> HttpError:
    """Return the error an answer without a document stands for."""
    return explain.status(answer.status, place.url, answer.headers.retry_after(now))


def _remembered(known: Known, place: Place, moved: str, answer: Answer) -> Known:
    return Known(
        url=place.url,
        etag=answer.headers.validator("etag"),
        last_modified=answer.headers.validator("last-modified"),
        digest=answer.body.digest if answer.body else known.digest,
        permanent=moved,
    )
