"""Live URLs as ingest wants them: what is wanted becomes HTTP requests, what comes back becomes answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from republisher.model import Document, Validators
from republisher.records import Answer
from republisher.transport.http import HttpTransport
from republisher.transport.values import HttpError, HttpRequest, Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from republisher.records import Wanted
    from republisher.transport.values import HttpResult, HttpSettings


def ask(settings: HttpSettings, now: datetime, wanted: Sequence[Wanted]) -> Iterator[Answer]:
    """Ask the web for documents, many hosts at a time, and yield answers in the order of what was wanted."""
    with HttpTransport(settings, now) as transport:
        outcomes = transport.fetch_all([_request(one) for one in wanted])
        for one, (_, outcome) in zip(wanted, outcomes, strict=True):
            yield _answer(one, outcome)


def _request(wanted: Wanted) -> HttpRequest:
    known = wanted.known or Validators()
    return HttpRequest(
        url=wanted.location,
        known=Known(
            url=known.url,
            etag=known.etag,
            last_modified=known.last_modified,
            digest=known.digest,
            permanent=known.permanent,
        ),
    )


def _answer(wanted: Wanted, outcome: HttpResult | HttpError) -> Answer:
    if isinstance(outcome, HttpError):
        return Answer(wanted=wanted, error=outcome, retry_after=outcome.retry_after or 0)
    if outcome.kind == "gone":
        return Answer(wanted=wanted, gone=True)
    known = outcome.known
    validators = Validators(
        digest=known.digest,
        url=known.url,
        etag=known.etag,
        last_modified=known.last_modified,
        permanent=known.permanent,
    )
    fresh_for = outcome.fresh_for or 0
    if outcome.kind == "unchanged" or outcome.body is None:
        moved = validators if validators != wanted.known else None
        return Answer(wanted=wanted, validators=moved, fresh_for=fresh_for)
    document = Document(
        source=wanted.source,
        location=outcome.url,
        content=outcome.body.take(),
        media_type=outcome.media_type,
        charset=outcome.charset,
        validators=validators,
    )
    return Answer(wanted=wanted, document=document, fresh_for=fresh_for)
