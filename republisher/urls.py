"""Where everything we publish is, and what may stand as an address: one rule each, for feeds, pages and mail."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from republisher.model import Article, Channel, Sibling, Site

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'(),#]|%[0-9A-Fa-f]{2})+")
"""RFC 3986 without brackets, which few programs understand outside of an IPv6 address."""
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SAFE = ";/?:@&=+$.-_!~*'(),%"
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#@]*(?:@[^/?#@]*)*@", re.IGNORECASE)
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


def article_url(article: Article | Sibling, site: Site) -> str:
    """Return the one address of `article`: its permalink at the source, else our page."""
    if article.link is not None and is_web(article.link):
        return uri(article.link)
    return page_url(article, site)


def page_url(article: Article | Sibling, site: Site) -> str:
    """Return where our own page of `article` is, if it has one."""
    return f"{site.url}articles/{quote(article.slug)}.html"


def channel_url(channel: Channel, ending: str, site: Site) -> str:
    """Return where the live document of `channel` in the format with this `ending` is."""
    return document_url(channel.path, ending, site)


def document_url(path: str, ending: str, site: Site) -> str:
    """Return where the document at `path` (without ending) is: a channel or an archive document."""
    return f"{site.url}{quote(path)}{ending}"


def topic_scheme(site: Site) -> str:
    """Return the URI that says a category is a topic of this site (RFC 4287 §4.2.2.2)."""
    return f"{site.url}topics/"


def is_web(url: str) -> bool:
    """Tell whether `url` is an absolute http or https address."""
    return _WEB.match(url) is not None


@lru_cache(maxsize=4096)
def uri(iri: str) -> str:
    """Return the URI an absolute IRI stands for (RFC 3987 §3.1); what is one already comes back as it is."""
    if _URI.fullmatch(iri):
        return iri
    iri = _CONTROL.sub("", iri).strip()  # as browsers do
    try:
        parts = urlsplit(iri)
        host = _ascii_host(parts.netloc)
    except ValueError:  # brackets that enclose no IPv6 address
        return quote(_LONE_PERCENT.sub("%25", iri), safe=_SAFE + "#", errors="ignore")
    path, query, fragment = (
        quote(_LONE_PERCENT.sub("%25", part), safe=_SAFE, errors="ignore")
        for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _ascii_host(netloc: str) -> str:
    if netloc.isascii():
        return quote(netloc, safe=_SAFE + "[]")
    userinfo, at, host = netloc.rpartition("@")
    name, colon, port = host.partition(":")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:  # a label that is empty or too long
        name = quote(name, errors="ignore")
    return quote(userinfo, safe=_SAFE, errors="ignore") + at + name + colon + port


def host(url: str) -> str:
    """Return the host of a web address in small letters, empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def matches(url: str, patterns: Iterable[str]) -> bool:
    """Tell whether one of `patterns` means `url`: a host with all below it, or the beginning of an address."""
    name = host(url)
    return any(
        url.startswith(pattern) if is_web(pattern) else name == pattern or name.endswith(f".{pattern}")
        for pattern in patterns
    )


def shown(url: str) -> str:
    """Return `url` as it may be shown: without user and password."""
    return _CREDENTIALS.sub(r"\1", url, count=1)
