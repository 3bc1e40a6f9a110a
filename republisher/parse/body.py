"""What stands behind the dates of an entry in a text dump: categories, summary, content, number of comments."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from republisher.model import Markup
from republisher.parse.cdata import pieces
from republisher.parse.element import looks_like_html
from republisher.parse.outline import as_html, unfolded

if TYPE_CHECKING:
    from collections.abc import Callable

_CUT: Final = r"\[(?:…|\.\.\.|&hellip;|&\#8230;|&\#x2026;)\]|(?:…|&hellip;)(?=\s*$)"
_CUT_AT_END = re.compile(rf"\s*(?:{_CUT})\s*$")
_CUT_INSIDE = re.compile(r"\s*\[(?:…|\.\.\.|&hellip;|&#8230;|&#x2026;)\]\s*")
_COUNT = re.compile(r"(?:^|\n\s*|(?<=[.!?…。\"'”’»)>])\s+)(\d{1,6})$")
_COUNT_ANYWHERE = re.compile(r"(?:^|\s)\s*(\d{1,6})$")
_CATEGORY_LENGTH: Final = 60
_SUMMARY_LENGTH: Final = 2000
_NEAR_END: Final = 30
_TAG = re.compile(r"<[^<>]*>")
_INLINE_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLOCK_TAG = re.compile(r"<(?:p|div|ul|ol|h[1-6]|table|blockquote|br|figure|section|pre)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The parts of an entry behind its dates."""

    categories: tuple[str, ...] = ()
    summary: Markup | None = None
    content: Markup | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is known of a dump as a whole, for what cannot be told from one entry."""

    rich: bool = False
    """The entries have guids, and therefore may have summaries and comment counts."""
    counted: bool = False
    """They end in comment counts, so that a number without a sign before it is one too."""
    folded: bool = False
    """Everything is on one line."""


def ends_in_count(text: str) -> bool:
    """Return whether a lone number stands at the end."""
    return _COUNT_ANYWHERE.search(text[-_NEAR_END:].rstrip()) is not None


def read_body(text: str, form: Form) -> Body:
    """Return the parts in `text`."""
    parts = pieces(text)
    comments = None
    pattern = _COUNT_ANYWHERE if form.counted else _COUNT
    if form.rich and parts and (count := pattern.search(parts[-1][-_NEAR_END:])):
        comments = int(count[1])
        parts = [part for part in (*parts[:-1], parts[-1][: -len(count.group())].rstrip()) if part]
    words = 0
    while words < len(parts) - 1 and _is_category(parts[words]):
        words += 1
    summary, content = _summary_and_content(parts[words:], rich=form.rich)
    return Body(
        categories=tuple(parts[:words]),
        summary=Markup(value=summary, type="html" if looks_like_html(summary) else "text") if summary else None,
        content=Markup(value=structured(content, folded=form.folded), type="html") if content else None,
        comments=comments,
    )


def _is_category(part: str) -> bool:
    return len(part) <= _CATEGORY_LENGTH and "\n" not in part and not part.endswith((".", "!", "?", "]", ">", "。"))


def _summary_and_content(parts: list[str], *, rich: bool) -> tuple[str, str]:
    if len(parts) > 1 and (_CUT_AT_END.search(parts[0][-_NEAR_END:]) or _begins_alike(parts[0], parts[1])):
        return _without_sign(parts[0]), "\n\n".join(parts[1:])
    content = "\n\n".join(parts)
    return _excerpt(content) if rich else ("", content)


def _excerpt(text: str) -> tuple[str, str]:
    """Return WordPress's excerpt and the content behind it: 55 words and a sign, or, of a short text, all of it."""
    cut = _CUT_INSIDE.search(text, 0, _SUMMARY_LENGTH)
    if cut and cut.end() < len(text) and _begins_alike(text[: cut.start()], text[cut.end() :]):
        return text[: cut.start()], text[cut.end() :]
    words = list(re.finditer(r"\S+", text)) if len(text) <= 2 * _SUMMARY_LENGTH else []
    half = len(words) // 2
    if half and [word.group() for word in words[:half]] == [word.group() for word in words[half:]]:
        return text[: words[half - 1].end()], text[words[half].start() :]
    return "", text


def _begins_alike(excerpt: str, content: str) -> bool:
    """Return whether `content` begins with the letters of `excerpt`, markup and spacing aside."""
    letters = _letters(_without_sign(excerpt)[: 2 * _SUMMARY_LENGTH])
    return bool(letters) and _letters(content[: 8 * _SUMMARY_LENGTH]).startswith(letters)


def _without_sign(excerpt: str) -> str:
    return excerpt[:-_NEAR_END] + _CUT_AT_END.sub("", excerpt[-_NEAR_END:])


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, html.unescape(_TAG.sub("", text))))


def structured(text: str, *, folded: bool = False) -> str:
    """Return content as HTML: markup with blocks of its own as it is, all else in paragraphs and lists."""
    is_html = looks_like_html(text)
    if is_html and _BLOCK_TAG.search(text):
        return text
    if folded:
        text = unfolded(text)
    if not is_html:
        return as_html(text, _escape)
    as_it_is: Callable[[str], str] = str
    return as_html(text, as_it_is if _INLINE_TAG.search(text) else _unescape_and_escape)


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _unescape_and_escape(text: str) -> str:
    return _escape(html.unescape(text))
