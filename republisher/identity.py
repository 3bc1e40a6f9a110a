"""Which article is this entry? Decided from what the ledger remembers, never from text an editor may change later.

An entry is known by several keys, strongest first: the source's own id, its link, the moment it was published together
with its title, its very words, and, for entries that have neither id nor link, moment and title alone. All keys of an
article stay in the ledger, so that losing some of them (a new host, a lost guid, an edited title, a source that stamps
everything anew) does not make the article new. Scheme, `www.`, tracking parameters and the like do not tell addresses
apart.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from republisher import text
from republisher.sanitise import to_text
from republisher.urls import is_web, uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from republisher.model import Entry

_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_URN = r"(?!urn:)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[a-z0-9()+,.:=@;$_!*'%/?#~&-]+"
_STRICT = {
    "tag": re.compile(r"tag:[a-z0-9._@-]+,\d{4}(?:-\d\d){0,2}:[a-z0-9;/?:@&=+$.\-_!~*'()%,#]*", re.IGNORECASE),
    "urn": re.compile(
        rf"urn:(?:uuid:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|(?!uuid:){_URN})", re.IGNORECASE
    ),
}
"""Schemes whose form validators check: RFC 4151 §2.1, RFC 8141 §2, RFC 9562 §4."""
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_[ce]id|mkt_tok|_hsenc|_hsmi|at_\w+|ns_\w+|cmp(?:id)?|xtor"
    r"|ref|referrer|source|feed|rss)=",
    re.IGNORECASE,
)
"""Parameters that say how a reader came, not what is read (as senders of newsletters and feeds add them)."""
_USUAL_PORTS = frozenset((None, 80, 443))
_LETTERS = re.compile(r"[\W_]+")
_LONG = 200
"""Letters from which on the same words are the same article whatever source they come from."""
_LONGEST_KEY = 120
"""Characters; a longer one is cut and closed with a digest of the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """An entry and the article it is."""

    entry: Entry
    id: str
    slug: str
    """For an article not seen before; a known one keeps its own."""
    keys: tuple[str, ...]
    """For the ledger, strongest first."""


def is_absolute_iri(value: str) -> bool:
    """Tell whether `value` can be an `atom:id` (RFC 4287 §4.2.6, RFC 3987), and a `tag:` or `urn:` is a right one."""
    if not _ABSOLUTE_IRI.fullmatch(value):
        return False
    rule = _STRICT.get(value.partition(":")[0].lower())
    return rule is None or rule.fullmatch(value) is not None


def permalink(entry: Entry) -> str | None:
    """Return the web address of `entry` at its source, or None if it has none."""
    return next((link.href for link in entry.links if link.rel == "alternate" and is_web(link.href)), None)


def address(url: str) -> str:
    """Return what is left of `url` when all is gone that does not tell addresses apart."""
    try:
        parts = urlsplit(url.strip())
        name = (parts.hostname or "").removeprefix("www.") + (
            f":{parts.port}" if parts.port not in _USUAL_PORTS else ""
        )
    except ValueError:
        return url
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{name}{parts.path.rstrip('/')}{'?' + query if query else ''}{fragment}"


def keys(entry: Entry, source: str, *, by_link: bool = True) -> tuple[str, ...]:
    """Return what `entry` can be recognised by, strongest first; never empty.

    Without `by_link` its link says nothing, because other entries of the document have the same one.
    """
    found = []
    title = to_text(entry.title)
    link = permalink(entry) if by_link else None
    if entry.id:
        found.append(f"id:{entry.id}" if is_absolute_iri(entry.id) else f"id:{source}|{entry.id}")
    if link:
        found.append(f"link:{address(link)}")
    if entry.id and is_web(entry.id):
        found.append(f"iri:{address(entry.id)}")
    if entry.published and title:
        found.append(f"stamp:{source}|{entry.published.isoformat()}|{title}")
    words = _words(entry)
    if title and len(words) > len(title):
        found.append(f"words:{'' if len(words) >= _LONG else source}|{text.digest(words)}")
    if not entry.id and not link:
        if entry.published:
            found.append(f"time:{source}|{entry.published.isoformat()}")
        found.append(f"title:{source}|{title or to_text(entry.content)}")
    return tuple(dict.fromkeys(map(_short, found)))


def link_key(url: str) -> str:
    """Return the key under which the ledger knows an article by an address."""
    return _short(f"link:{address(url)}")


def _short(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else f"{key[:100]}#{text.digest(key)}"


@lru_cache(maxsize=1024)
def _words(entry: Entry) -> str:
    """Return the letters of title and content and nothing between them; wanted several times for each document."""
    return _LETTERS.sub("", f"{to_text(entry.title)}{to_text(entry.content or entry.summary)}".casefold())


def all_keys(entries: Iterable[Entry], source: str) -> frozenset[str]:
    """Return every key `identify` may look for in the ledger."""
    given = tuple(entries)
    return frozenset(
        key
        for entry in (*given, *_told_apart(given))
        for by_link in (True, False)
        for key in keys(entry, source, by_link=by_link)
    )


def identify(
    entries: Iterable[Entry], source: str, ledger: Mapping[str, str], authority: str
) -> tuple[Identified, ...]:
    """Give each entry of one document its article, in the same way whatever order the entries come in.

    `ledger` maps keys to article ids. Two entries of a document are never the same article unless they share their
    strongest key; then the one updated last speaks for both.
    """
    distinct = _distinct(entries, source)
    shared = Counter(key for keys_ in distinct for key in keys_)
    owners: dict[str, str] = {}
    taken: set[str] = set()
    for rank in range(max((len(keys_) for keys_ in distinct), default=0)):
        for keys_ in distinct:
            if keys_[0] in owners or rank >= len(keys_):
                continue
            article = ledger.get(keys_[rank]) if _tells(keys_, rank) and shared[keys_[rank]] == 1 else None
            if article is not None and article not in taken:
                owners[keys_[0]] = article
                taken.add(article)
    result = []
    for keys_, entry in sorted(distinct.items()):
        article = owners.get(keys_[0]) or _new_id(entry, keys_, authority, taken)
        taken.add(article)
        result.append(Identified(entry=entry, id=article, slug=_slug(entry, article), keys=keys_))
    return tuple(result)


def _tells(keys_: Sequence[str], rank: int) -> bool:
    """Say whether this key may decide: a link alone may not if there is an id, as some feeds link all to one page."""
    return not (keys_[rank].startswith("link:") and keys_[0].startswith("id:"))


def _distinct(entries: Iterable[Entry], source: str) -> dict[tuple[str, ...], Entry]:
    """Return the entries by their keys; of those with the same strongest key, the one updated last."""
    given = _told_apart(entries)
    crowded = Counter(link for link, _, _ in {(permalink(one), one.published, to_text(one.title)) for one in given})
    latest: dict[str, tuple[tuple[str, str], tuple[str, ...], Entry]] = {}
    for entry in given:
        keys_ = keys(entry, source, by_link=crowded[permalink(entry)] == 1)
        age = (str(entry.updated or entry.published or ""), repr(entry))
        candidate = (age, keys_, entry)
        latest[keys_[0]] = max(latest.get(keys_[0], candidate), candidate, key=lambda item: item[0])
    return {keys_: entry for _, keys_, entry in latest.values()}


def _told_apart(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries without ids that say nothing: those that entries with other titles and other links share."""
    given = tuple(entries)
    titles: dict[str, set[tuple[str, str | None]]] = {}
    for entry in given:
        if entry.id:
            titles.setdefault(entry.id, set()).add((to_text(entry.title), permalink(entry)))
    shared = {
        id_
        for id_, found in titles.items()
        if len({title for title, _ in found}) > 1 and len({link for _, link in found}) > 1
    }
    return tuple(replace(entry, id=None) if entry.id in shared else entry for entry in given)


def _new_id(entry: Entry, keys_: Sequence[str], authority: str, taken: set[str]) -> str:
    if entry.id and is_absolute_iri(entry.id) and (own := uri(entry.id)) not in taken:
        return own
    day = f"{entry.published:%Y%m%d}-" if entry.published else ""
    seed = keys_[0] if entry.id or permalink(entry) else f"{entry.published}|{_words(entry)}"
    return f"tag:{authority}:article/{day}{text.digest(seed)}"


def _slug(entry: Entry, article: str) -> str:
    words = text.slug(to_text(entry.title))
    day = f"{entry.published:%Y-%m-%d}" if entry.published else ""
    return "-".join(part for part in (day, words, text.digest(article, length=16)) if part)
