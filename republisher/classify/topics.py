"""Topics: the shipped ones, and what a user adds to them or beside them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from republisher.model import Category, Topic, TopicSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

IPTC: Final = "http://cv.iptc.org/newscodes/mediatopic/"
"""The scheme of IPTC Media Topics (© IPTC, CC BY 4.0)."""


def load_topics(user: Sequence[TopicSpec] = ()) -> tuple[Topic, ...]:
    """Return the shipped topics and the user's, in that order."""
    topics = {spec.slug: Topic(slug=spec.slug, names=spec.names, codes=spec.codes) for spec in shipped_specs()}
    for spec in user:
        known = topics.get(spec.slug)
        names = {"en": spec.slug} | dict(known.names if known else {}) | dict(spec.names)
        codes = (*(known.codes if known else ()), *spec.codes)
        topics[spec.slug] = Topic(slug=spec.slug, names=names, codes=tuple(dict.fromkeys(codes)))
    return tuple(topics.values())


def everything() -> Topic:
    """Return what the channel of all articles is called; no article is assigned to it."""
    return Topic(slug="all", names=_shipped()["all"]["names"])


@lru_cache(maxsize=1)
def shipped_specs() -> tuple[TopicSpec, ...]:
    """Return the shipped topics as a user would write them, without keywords: those are in the lexicons."""
    return tuple(
        TopicSpec(
            slug=slug,
            names=table["names"],
            codes=tuple(Category(term=code, scheme=IPTC, label=table["names"]["en"]) for code in table["codes"]),
            categories=(
                *table["codes"],
                *table["narrower"],
                *(name for name in table["names"].values() if name not in table.get("ambiguous", ())),
                *(word for words in table["categories"].values() for word in words),
            ),
        )
        for slug, table in _shipped()["topics"].items()
    )


@lru_cache(maxsize=1)
def source() -> str:
    """Return the file the shipped topics are read from."""
    return (resources.files("republisher") / "data" / "topics.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return tomllib.loads(source())
