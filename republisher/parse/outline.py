"""Plain text whose paragraphs are blank lines and whose lists are bullets, as structured HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_BULLET = re.compile(r"[ \t\u3000]*(?:([□■○●◎◦•▪▫▶▷►◆◇ㅇㆍ※])[ \t\u3000]*|([–—*·‣-])[ \t\u3000]+)(?=\S)")
"""Signs that are nothing but bullets, and those that need a space behind them to be one."""
_BREAK = re.compile(r"\n[ \t\u3000]*(?:\n[ \t\u3000]*)+")
_GAP = re.compile(r"[ \t\u3000]{2,}")
_MARKER_INSIDE = re.compile(r"[ \t\u3000]+(?=(?:[□■○●◎◦•▪▫▶▷►◆◇※]|[–—*‣-] +(?![a-zß-öø-ÿα-ωа-я]))[ \t\u3000]*\S)")
"""Where a bullet begins in the middle of a line; a dash before a small letter is one of the sentence."""
_LOST_LINK = re.compile(r"\((?=[\s;,)]|$)")
_WORDS = re.compile(r"^\S+\s|\s\S+$")
_MOST_LOST: Final = 100
_AROUND: Final = 40


def as_html(text: str, escape: Callable[[str], str] = html.escape) -> str:
    """Return `text` as paragraphs and nested lists; `escape` gets each run of text, else kept verbatim."""
    outline = _Outline(escape=escape)
    for block in _BREAK.split(text.strip()):
        lines: list[str] = []
        for line in block.split("\n"):
            bullet = _BULLET.match(line)
            if bullet:
                outline.paragraph(lines)
                outline.item(bullet[1] or bullet[2], line[bullet.end() :].rstrip())
                lines = []
            elif outline.markers and not lines and line[:1] in {" ", "\t", "\u3000"} and line.strip():
                outline.continuation(line.strip())
            else:
                lines.append(line.strip())
        outline.paragraph(lines)
    outline.close()
    return "".join(outline.parts)


def unfolded(text: str) -> str:
    """Return text whose lines were joined by spaces in lines again, as far as gaps and bullets show where they were."""
    blocks = _GAP.split(text.strip())
    return "\n\n".join(_MARKER_INSIDE.sub("\n", block) if _BULLET.match(block) else block for block in blocks)


@dataclass(slots=True, kw_only=True)
class _Outline:
    """The HTML so far, and the bullets of the lists that are open, outermost first."""

    escape: Callable[[str], str]
    parts: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)

    def paragraph(self, lines: list[str]) -> None:
        if any(lines):
            self.close()
            self._start(f"<p>{'<br>'.join(self.escape(line) for line in lines if line)}</p>")

    def item(self, marker: str, line: str) -> None:
        """Add a list item: a marker that is open already goes back to its level, a new one goes one level deeper."""
        if marker in self.markers:
            while self.markers[-1] != marker:
                self._up()
            self.parts.append(f"</li>\n<li>{self.escape(line)}")
        else:
            self._start("<ul>")
            self._start(f"<li>{self.escape(line)}")
            self.markers.append(marker)

    def continuation(self, line: str) -> None:
        self.parts.append(f" {self.escape(line)}")

    def close(self) -> None:
        while self.markers:
            self._up()

    def _up(self) -> None:
        self.markers.pop()
        self.parts.append("</li>")
        self._start("</ul>" + "\n" * bool(self.markers))

    def _start(self, piece: str) -> None:
        """Add what begins a line."""
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
        self.parts.append(piece)


def lost_links(text: str) -> list[str]:
    """Return the words around every parenthesis whose link was lost when the tags were stripped."""
    return [
        _WORDS.sub("", " ".join(text[max(0, found.start() - _AROUND) : found.end() + _AROUND].split()))
        for found in islice(_LOST_LINK.finditer(text), _MOST_LOST)
    ]
