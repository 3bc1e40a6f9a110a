"""Persons, however a feed spells them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from republisher import text
from republisher.model import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESS = r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\"]{1,200}\.[^\s@<>()\[\],;:\".]{1,63}"
_ADDRESS_FIRST = re.compile(rf"(?:mailto:)?({_ADDRESS})\s*(?:\((.*)\)|(.*))")
_NAME_FIRST = re.compile(rf"\"?([^\"<]*?)\"?\s*[<(\[]\s*(?:mailto:)?({_ADDRESS})\s*[>)\]]")
_LONGEST = 400
"""Letters beyond which nobody looks for an address in a name."""


def person(value: str) -> Person | None:
    """Return the person in `a@b.c (Name)`, `Name <a@b.c>`, an address or a name alone."""
    value = text.plain(value)
    if len(value) > _LONGEST:
        return Person(name=value)
    if match := _ADDRESS_FIRST.fullmatch(value):
        return _person((match[2] or match[3] or "").strip(), match[1])
    if match := _NAME_FIRST.fullmatch(value):
        return _person(match[1].strip(), match[2])
    return Person(name=value) if value else None


def _person(name: str, email: str) -> Person:
    return Person(name=name or email.partition("@")[0], email=email)


def distinct(people: Iterable[Person | None]) -> tuple[Person, ...]:
    """Return each person once, by name, with what any of the mentions knows."""
    found: dict[str, Person] = {}
    for one in people:
        if one is not None:
            known = found.get(one.name, one)
            found[one.name] = Person(name=one.name, email=known.email or one.email, uri=known.uri or one.uri)
    return tuple(found.values())
