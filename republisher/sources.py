"""Which sources there are: those of the configuration, and the feeds that subscription lists among them name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from republisher.model import Source
    from republisher.protocols import Store

_DEPTH = 4
"""How often a subscription list may name another one."""


def effective(sources: Sequence[Source], store: Store) -> tuple[Source, ...]:
    """Return `sources` with the feeds that the lists among them named when they were last read; each once.

    A feed that a list no longer names is not among them: it is not read any more, and its articles stay.
    """
    found = {source.key: source for source in sources}
    fresh = tuple(sources)
    for _ in range(_DEPTH):
        named = [_inherit(member, source) for source in fresh for member in store.members(source.key) or ()]
        fresh = tuple(member for member in named if member.key not in found)
        found = {member.key: member for member in reversed(fresh)} | found
    order = [*(source.key for source in sources), *sorted(found)]
    return tuple(found[key] for key in dict.fromkeys(order))


def _inherit(member: Source, listed: Source) -> Source:
    """Return a feed named in the list `listed` with what was set for the list."""
    return replace(
        member,
        language=member.language or listed.language,
        topics=listed.topics,
        policy=listed.policy,
        rights=listed.rights,
    )
