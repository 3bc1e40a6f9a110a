"""Headers: what can be believed of them, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.transport.headers import Headers, date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def headers(**fields: str) -> Headers:
    """Return headers, with hyphens for underscores."""
    return Headers([(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in fields.items()])


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("application/atom+xml", "application/atom+xml", None),
        ("Text/XML; Charset=UTF-8", "text/xml", "utf-8"),
        ('text/xml;a=b; charset="iso-8859-1"', "text/xml", "iso-8859-1"),
        ("text/xml; charset='koi8-r'", "text/xml", "koi8-r"),
        ("text/xml; charset=<script>", "text/xml", None),
        ("text", None, None),
        ("", None, None),
        ("text/html, text/xml", None, None),
    ],
)
def test_content_type(value: str, media_type: str | None, charset: str | None) -> None:
    """Media type and charset are taken as they are meant, or not at all."""
    found = headers(content_type=value)
    assert (found.media_type(), found.charset()) == (media_type, charset)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        ("Sun, 01 Mar 2020 12:10:00 GMT", 0),
        ("99999999999999999999", 10 * 365 * 86_400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 10 * 365 * 86_400),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e9", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    """Seconds and dates are understood, absurd ones are capped, nonsense says nothing."""
    assert headers(retry_after=value).retry_after(NOW) == seconds


def test_dates_count_by_the_servers_own_clock() -> None:
    """A server whose clock is ten years off means the interval all the same."""
    found = headers(retry_after="Tue, 01 Mar 2016 12:01:00 GMT", date="Tue, 01 Mar 2016 12:00:00 GMT")
    assert found.retry_after(NOW) == 60


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"cache_control": "public, max-age=600"}, 600),
        ({"cache_control": "max-age=600", "age": "100"}, 500),
        ({"cache_control": "max-age=600", "age": "1000"}, 0),
        ({"cache_control": 'MAX-AGE="600"', "expires": "0"}, 600),
        ({"cache_control": "no-cache, max-age=600"}, 0),
        ({"cache_control": "max-age=-1"}, None),
        ({"cache_control": "max-age=soon"}, None),
        ({"expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 3600),
        ({"expires": "0"}, 0),
        ({}, None),
    ],
)
def test_fresh_for(fields: dict[str, str], seconds: float | None) -> None:
    """How long an answer holds follows RFC 9111."""
    assert headers(**fields).fresh_for(NOW) == seconds


@pytest.mark.parametrize(
    ("value", "kept"),
    [('"abc"', '"abc"'), ('W/"é"', 'W/"é"'), ("a" * 1001, ""), ("a\tb", ""), ("a\x7f", ""), ("unquoted", "unquoted")],
)
def test_validators_can_be_sent_back(value: str, kept: str) -> None:
    """A validator comes back as it came, or is forgotten if no header could hold it."""
    assert headers(etag=value).validator("etag") == kept


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_read(value: str) -> None:
    """Whatever stands in a header, reading it raises nothing and numbers are sane."""
    names = ("content_type", "retry_after", "cache_control", "expires", "age", "date", "etag", "content_length")
    found = headers(**dict.fromkeys(names, value))
    found.media_type(), found.charset(), found.length(), found.validator("etag")
    for seconds in (found.retry_after(NOW), found.fresh_for(NOW)):
        assert seconds is None or 0 <= seconds <= 10 * 365 * 86_400


@given(st.text())
def test_any_text_is_a_date_or_none(value: str) -> None:
    """A date that cannot be read is none; one that can is in UTC."""
    found = date(value)
    assert found is None or found.tzinfo is UTC
