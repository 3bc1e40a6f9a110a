"""CDATA sections that stand in plain text, found in linear time."""

from __future__ import annotations

from typing import Final, NamedTuple

_OPEN: Final = "<![CDATA["
_CLOSE: Final = "]]>"
_ESCAPE: Final = "]]]]><![CDATA[>"
"""How `]]>` is written inside a section."""


class Section(NamedTuple):
    """What a section holds, and where it stands, its marks included."""

    value: str
    start: int
    end: int
    closed: bool = True


MOST: Final = 50_000
"""Sections that are looked at; a dump has a few to an entry."""


def sections(text: str) -> list[Section]:
    """Return the CDATA sections of `text` in order; only the last can be one that is never closed."""
    found: list[Section] = []
    end = 0
    while (start := text.find(_OPEN, end)) >= 0 and len(found) < MOST:
        inside = start + len(_OPEN)
        close = text.find(_CLOSE, inside)
        while close >= inside + 2 and text.startswith(_ESCAPE, close - 2):
            close = text.find(_CLOSE, close - 2 + len(_ESCAPE))
        end = close + len(_CLOSE) if close >= 0 else len(text)
        value = text[inside : close if close >= 0 else end].replace(_ESCAPE, _CLOSE)
        found.append(Section(value.strip(), start, end, close >= 0))
    return found


def pieces(text: str) -> list[str]:
    """Return what stands in and between the sections of `text`, without the empty ones."""
    parts = []
    place = 0
    for section in sections(text):
        parts += [text[place : section.start].strip(), section.value]
        place = section.end
    return [part for part in (*parts, text[place:].strip()) if part]
