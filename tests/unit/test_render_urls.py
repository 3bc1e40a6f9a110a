"""Where things are."""

from __future__ import annotations

import pytest

from builders import article, channel, site
from republisher.urls import article_url, channel_url, document_url, is_web, page_url, topic_scheme, uri


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://a.example/b?c=d&e=%C3%A9#f", "https://a.example/b?c=d&e=%C3%A9#f"),
        ("https://a.example/é b", "https://a.example/%C3%A9%20b"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://bücher.example:8080/", "https://xn--bcher-kva.example:8080/"),
        ("https://a.example/[x]|y", "https://a.example/%5Bx%5D%7Cy"),
        ("https://[::1]/x y", "https://[::1]/x%20y"),
        ("https://[broken/é", "https://%5Bbroken/%C3%A9"),
        ("https://a.example/\ud800", "https://a.example/"),
        (" https://a.example/x\ny\0", "https://a.example/xy"),
        ("tag:a.example,2026:x", "tag:a.example,2026:x"),
    ],
)
def test_uri(iri: str, expected: str) -> None:
    """An IRI becomes a URI, a URI stays as it is, and both stay so."""
    assert uri(iri) == expected
    assert uri(expected) == expected


def test_places() -> None:
    """One rule for each kind of document."""
    assert article_url(article(), site()) == "https://www.source.example/fr/vaccination/"
    assert article_url(article(link="javascript:alert(1)"), site()) == page_url(article(), site())
    assert channel_url(channel(), ".atom", site()) == "https://feeds.example.org/fr/health.atom"
    assert document_url("archive/보건", ".rss", site()) == "https://feeds.example.org/archive/%EB%B3%B4%EA%B1%B4.rss"
    assert topic_scheme(site()) == "https://feeds.example.org/topics/"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//a.example/", "https://", "http:/x", "data:,x", ""])
def test_other_schemes_are_not_the_web(url: str) -> None:
    """Only http and https with a host."""
    assert not is_web(url)
