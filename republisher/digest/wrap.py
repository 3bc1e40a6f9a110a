"""Plain text in columns: lines broken and cut by the width they have on a screen, not by the number of characters.

An ideograph takes two columns, a combining mark none. Chinese and Japanese may be broken between any two characters,
save that no line begins with a closing sign or ends with an opening one; everything else, Korean too, between words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wcwidth import wcwidth

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS: Final = 72
_WIDE: Final = 2
_CLOSING: Final = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃％…‥,.:;?!)]}%»›ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
"""What may not begin a line (JIS X 4051, in the main)."""
_OPENING: Final = frozenset("‘“（〔［｛〈《「『【([{«‹$£¥＄￡￥")
"""What may not end a line."""


def width(line: str) -> int:
    """Return how many columns `line` takes."""
    return len(line) if line.isascii() else sum(map(_columns, line))


def _columns(char: str) -> int:
    return max(0, wcwidth(char))


def wrapped(text: str, columns: int = COLUMNS, first: str = "", rest: str = "") -> str:
    """Return `text` in lines of at most `columns`; `first` begins the first line, `rest` the others.

    An address stays whole, however long: a broken one leads nowhere.
    """
    lines: list[str] = []
    line, at, empty = first, width(first), True
    for word in text.split():
        for place, piece in enumerate(_pieces(word, columns - width(rest))):
            space = " " if place == 0 and not empty else ""
            size = width(piece)
            if not empty and at + len(space) + size > columns:
                lines.append(line)
                line, at = rest + piece, width(rest) + size
            else:
                line, at = line + space + piece, at + len(space) + size
            empty = False
    return "\n".join([*lines, line])


def _pieces(word: str, columns: int) -> Iterator[str]:
    """Yield the parts of `word` between which a line may be broken."""
    if word.isascii() and len(word) <= columns:
        yield word
        return
    start, at = 0, 0
    whole = "://" in word or word.startswith("mailto:")
    for place, char in enumerate(word):
        size = _columns(char)
        if place > start and size and not whole and (at + size > columns or _breakable(word[place - 1], char)):
            yield word[start:place]
            start, at = place, 0
        at += size
    yield word[start:]


def _breakable(before: str, after: str) -> bool:
    """Tell whether a line may end between two characters that no space parts."""
    return (_ideographic(before) or _ideographic(after)) and before not in _OPENING and after not in _CLOSING


def _ideographic(char: str) -> bool:
    return wcwidth(char) == _WIDE and not "\uac00" <= char <= "\ud7a3"


def fitted(text: str, columns: int) -> str:
    """Return `text` in at most `columns`, cut after a word if one ends late enough, and closed with an ellipsis."""
    if width(text) <= columns:
        return text
    at, end = 0, 0
    for end, char in enumerate(text):  # noqa: B007  # where it stopped is what is wanted
        at += _columns(char)
        if at > columns - 1:
            break
    head = text[:end]
    space = head.rfind(" ")
    if space > end // 2 and text[end] != " ":
        head = head[:space]
    return head.rstrip(" ,;:–—-·([{“‘«「『（《〈、，；：.") + "…"
