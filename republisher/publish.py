"""The second straight line, from stored articles to published files; each arrow is one call.

    store.live ──► make_edition ──► render ──► write ──► store.record
    →Placements    →Edition         →bytes     only what changed, each file atomically

What is published is a function of what is stored, ordered by date and id, never by arrival. A file is rendered again
only if something it is made from has changed, or if somebody has touched it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree

from republisher import text
from republisher.editions import archive_path, make_channels, make_edition, overflow, publishable, siblings, translated
from republisher.translations import parted, settled_under

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from republisher.editions import Words
    from republisher.health import Trouble
    from republisher.model import Article, Channel, Edition, Site, Source, Topic
    from republisher.protocols import Format, Output, Pages, Progress, Store
    from republisher.records import Placement, Published, SourceStatus

_CARRIES = b"<entry"
"""What an Atom document holds that is not empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What publishing is done with."""

    store: Store
    output: Output
    formats: tuple[Format, ...]
    pages: Pages
    opml: Callable[[Sequence[Channel], datetime], bytes]
    """Renders the subscription list of some channels; the moment is that of the newest article."""
    site: Site
    topics: tuple[Topic, ...]
    words: Words
    sources: tuple[Source, ...] = ()
    """For the page that says where articles come from."""
    troubles: tuple[Trouble, ...] = ()
    """What is wrong with them."""
    began: datetime
    """When a channel without articles was last updated."""
    state: str
    """Digest of all that shows in published files besides articles: configuration, templates, version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file to be published, rendered only if `state` is not the one it was last made from."""

    path: str
    state: str
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What publishing came to."""

    files: int
    """Files that make up the site."""
    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Sentences about files left as they were because what would have replaced them looked wrong."""


def publish(press: Press, progress: Progress) -> Issue:
    """Bring the published files up to what is stored, touching only what changed; raise `StoreError`, `PublishError`.

    Pages of articles come first and the landing page last: an article is there before any channel names it.
    """
    before = press.store.published()
    channels = _channels(press, before)
    beside = _Beside(press)
    kept: list[str] = []
    sheets = [
        *_article_sheets(press, beside),
        *_channel_sheets(press, channels, beside, before, kept),
        *(() if kept else _front_sheets(press, channels)),
    ]
    stale = [sheet for sheet in sheets if not _current(sheet, before, press.output)]
    published, written = press.output.write(_rendered(stale, kept, progress))
    planned = {sheet.path: sheet.state for sheet in sheets}
    removed = () if kept else tuple(path for path in before if path not in planned)
    press.output.remove(removed)
    if published or removed:
        press.store.record([replace(file, state=planned[file.path]) for file in published], removed)
    return Issue(files=len(sheets), written=written, removed=removed, kept=tuple(kept))


def _rendered(sheets: Sequence[Sheet], kept: list[str], progress: Progress) -> Iterator[tuple[str, bytes]]:
    for number, sheet in enumerate(sheets):
        progress("publishing", number, len(sheets))
        content = sheet.render()
        if flaw := _flaw(sheet.path, content):
            kept.append(f"{sheet.path}: kept as it was, as the new one would be damaged ({flaw}) — please report it")
        else:
            yield sheet.path, content
    progress("publishing", len(sheets), len(sheets))


def _current(sheet: Sheet, before: Mapping[str, Published], output: Output) -> bool:
    known = before.get(sheet.path)
    return known is not None and known.state == sheet.state and output.intact(known)


def _flaw(path: str, content: bytes) -> str | None:
    """Return why `content` cannot be published, None if it can."""
    try:
        if path.endswith(".json"):
            json.loads(content)
        elif not path.endswith(".html"):
            etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except (ValueError, etree.XMLSyntaxError) as error:
        return str(error)
    return None if content else "it is empty"


class _Beside:
    """Says how articles are shown with the same story in other languages, as that was settled."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._shown = press.store.translated()
        self._grouping = settled_under(press.store)

        self._parted = parted(press.store)

    def state(self, article: str) -> tuple[str, ...]:
        """Return what the state of a file says besides of an article: other languages it is there in, links it lost."""
        shown = (self._shown[article],) if article in self._shown else ()
        return shown + tuple(sorted(self._parted.get(article, ())))

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """Return articles as they may be published, each with the same story in other languages."""
        stored, others = self._press.store.stored(ids), self._press.store.siblings(ids)
        return [
            translated(
                publishable(stored[id_].article),
                others.get(id_, ()),
                self._press.site,
                self._grouping,
                self._parted.get(id_, frozenset()),
            )
            for id_ in ids
        ]


def _article_sheets(press: Press, beside: _Beside) -> Iterator[Sheet]:
    for article, slug, state in press.store.at_home():
        yield Sheet(
            path=f"articles/{slug}.html",
            state=text.digest(press.state, state, *beside.state(article)),
            render=partial(_render_article, press, beside, article),
        )


def _render_article(press: Press, beside: _Beside, article: str) -> bytes:
    return press.pages.article(beside.articles([article])[0])


def _channels(press: Press, before: Mapping[str, Published]) -> tuple[Channel, ...]:
    """Return the channels that carry something, or did so when they were last published."""
    once = {path.removesuffix(".atom") for path in before if path.endswith(".atom") and not path.startswith("archive/")}
    return make_channels(press.topics, {*press.store.channels(), *once}, press.site, press.words)


def _channel_sheets(
    press: Press, channels: Sequence[Channel], beside: _Beside, before: Mapping[str, Published], kept: list[str]
) -> Iterator[Sheet]:
    desk = _Desk(press, channels, beside)
    for channel in channels:
        _close_archives(press, channel)
        live = press.store.live(channel.path)
        if not live and _would_be_emptied(channel, press, before):
            kept.append(
                f"{channel.path}.atom: kept as it was, as nothing is stored for a channel that has articles — if the"
                " store was lost, put back a backup; if it is right, delete this channel's files"
            )
            continue
        numbers = press.store.archives(channel.path)
        for number, previous in zip(numbers, (None, *numbers), strict=False):
            yield from desk.sheets(channel, press.store.archived(channel.path, number), previous, number)
        yield from desk.sheets(channel, live, numbers[-1] if numbers else None)


def _close_archives(press: Press, channel: Channel) -> None:
    """Move what no longer fits the live feed into archive documents; the articles are kept for ever (RFC 5005 §4)."""
    leaving = overflow(press.store.live(channel.path))
    number = max(press.store.archives(channel.path), default=0)
    for articles in leaving:
        number += 1
        press.store.archive(channel.path, number, articles)


def _would_be_emptied(channel: Channel, press: Press, before: Mapping[str, Published]) -> bool:
    """Tell whether a file we know nothing about holds articles where we would write none: the store may be lost."""
    path = f"{channel.path}.atom"
    return path not in before and _CARRIES in (press.output.read(path) or b"")


class _Desk:
    """Makes editions when the first of their documents is rendered, and holds one at a time."""

    def __init__(self, press: Press, channels: Sequence[Channel], beside: _Beside) -> None:
        self._press = press
        self._channels = channels
        self._beside = beside
        self._path = ""
        self._edition: Edition | None = None

    def sheets(
        self, channel: Channel, placements: Sequence[Placement], previous: int | None, number: int | None = None
    ) -> Iterator[Sheet]:
        """Yield the documents of one edition: every format, and a page for the live one."""
        press = self._press
        others = siblings(channel, self._channels)
        carried = [
            " ".join((placement.article, placement.state, *self._beside.state(placement.article)))
            for placement in placements
        ]
        state = text.digest(press.state, repr((channel, others, previous)), *carried)
        path = archive_path(channel, number) if number else channel.path
        edition = partial(
            self._make, path, channel, tuple(placement.article for placement in placements), previous, number
        )
        for form in press.formats:
            if number is None or form.archived:
                yield Sheet(path=path + form.ending, state=state, render=partial(_render, form.render, edition))
        if number is None:
            yield Sheet(path=f"{path}.html", state=state, render=partial(_render, press.pages.channel, edition))

    def _make(
        self, path: str, channel: Channel, articles: Sequence[str], previous: int | None, number: int | None
    ) -> Edition:
        if self._edition is None or self._path != path:
            found = self._beside.articles(articles)
            others = siblings(channel, self._channels)
            began = self._press.began
            self._path = path
            self._edition = make_edition(channel, found, others, empty_since=began, previous=previous, number=number)
        return self._edition


def _render(render: Callable[[Edition], bytes], edition: Callable[[], Edition]) -> bytes:
    return render(edition())


def _front_sheets(press: Press, channels: Sequence[Channel]) -> Iterator[Sheet]:
    counts = press.store.channels()
    newest = press.store.live("all")[:1]
    state = text.digest(press.state, repr(channels), repr(counts), repr(newest))
    yield Sheet(path="feeds.opml", state=state, render=partial(_render_opml, press, channels, newest))
    yield from _lists(press, channels)
    statuses = _statuses(press)
    facts = [replace(status, read=None, error=None) for status in statuses]
    yield Sheet(
        path="sources.html",
        state=text.digest(press.state, repr(facts), repr(press.troubles)),
        render=partial(press.pages.sources, statuses, press.troubles),
    )
    yield Sheet(path="index.html", state=state, render=partial(press.pages.index, channels, counts))


def _lists(press: Press, channels: Sequence[Channel]) -> Iterator[Sheet]:
    """Yield the subscription list of each language."""
    for language in sorted({channel.language for channel in channels if channel.language}):
        listed = tuple(channel for channel in channels if channel.language == language)
        newest = press.store.live(f"{language}/all")[:1]
        yield Sheet(
            path=f"{language}/feeds.opml",
            state=text.digest(press.state, repr(listed), repr(newest)),
            render=partial(_render_opml, press, listed, newest),
        )


def _statuses(press: Press) -> tuple[SourceStatus, ...]:
    known = {status.key: status for status in press.store.statuses()}
    return tuple(known[source.key] for source in press.sources if source.key in known)


def _render_opml(press: Press, channels: Sequence[Channel], newest: Sequence[Placement]) -> bytes:
    stored = press.store.stored([placement.article for placement in newest])
    moment = max((kept.article.updated for kept in stored.values()), default=press.began)
    return press.opml(channels, moment)
