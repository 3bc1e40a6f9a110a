"""Digests as they are read: subject, HTML and text in the reader's language, from templates that users can replace.

A mail is styled where it stands: the style sheet of the template goes into the elements, only the block for dark mode
stays in the head. Gmail cuts off what is longer than 102 kB, so articles make room here before that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from jinja2 import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from republisher import text
from republisher.digest.values import Bodies, Section
from republisher.digest.wrap import fitted, width, wrapped
from republisher.errors import ConfigError
from republisher.language import canonical, direction, fallbacks
from republisher.model import LanguageTag
from republisher.render.names import autonym
from republisher.urls import is_web, uri

if TYPE_CHECKING:
    from datetime import date, datetime

    from css_inline import CSSInliner
    from jinja2 import Environment

    from republisher.digest.values import Digest, Item
    from republisher.model import Site

MOST: Final = 80_000
"""Bytes of HTML."""
INTRODUCTION: Final = 20_000
"""Bytes of an editor's introduction."""
SUBJECT: Final = 64
"""Columns of the headline in a subject; telephones show about half of it, other programs all."""
PREHEADER: Final = 140
HEADLINE: Final = 240
"""Columns of a headline in the mail itself: three lines on a desk, eight on a telephone."""
NAME: Final = 60
"""Columns of the name of a source."""
_COPIES: Final = 3
"""Other sources named with an article."""
_KEEP: Final = ' data-css-inline="keep"'
_PLACEHOLDER = re.compile(r"\{(unsubscribe|preferences)\}")
_FIRST = re.compile("(</?)h1\\b")
"""The mail has its own heading of the first level."""
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Controls that turn text round until somebody ends it; titles that need them are rarer than those that misuse them."""
_DIGITS: Final = {
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "beng": "০১২৩৪৫৬৭৮৯",  # codespell:ignore beng
    "deva": "०१२३४५६७८९",
}
_LOSES_MONTH: Final = frozenset({"sw"})
"""Languages whose pattern for two months in one year leaves out the first (CLDR 47)."""
_LINK = re.compile(r'<a href="(https?:[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_SPACES = re.compile(r"\n\s*\n+")

Translate = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPages:
    """What digests are rendered with: `environment` holds the templates, `translate` the words."""

    environment: Environment
    translate: Translate
    site: Site

    def bodies(self, digest: Digest, subject: str = "") -> Bodies:
        """Return `digest` as it is mailed; `subject` is an editor's, instead of the headlines.

        If the HTML would be above `MOST` bytes, articles are left to the web: the longest channels give first. Raise
        `ConfigError` if a template is wrong or the introduction too long.
        """
        if (size := len(digest.introduction.encode())) > INTRODUCTION:
            raise ConfigError(
                f"{digest.name}: the introduction in {digest.variant.language} makes {size:,} bytes of HTML"
                f" — shorten it to {INTRODUCTION:,}"
            )
        digest, html = self._fitting(_tame(digest))
        headlines = _headlines(digest)
        return Bodies(
            subject=_tamed(subject) or self._subject(digest, headlines),
            preheader=_preheader(digest, headlines),
            html=html,
            text=self._text(digest),
        )

    def page(self, digest: Digest) -> bytes:
        """Return `digest` as a page: the HTML of the mail, with every article and without a reader's own links."""
        return self._html(_tame(digest), mail=False).encode()

    def _fitting(self, digest: Digest) -> tuple[Digest, str]:
        language = digest.variant.language
        label = self.translate(language).gettext("Other articles")
        rest = Section(topic="", label=label, page=self.site.url, items=())
        html = self._html(digest, mail=True)
        while (size := len(html.encode())) > MOST:
            count = len(_headlines(digest))
            if not count:
                raise ConfigError(f"digest.html: makes {size:,} bytes without any article — {MOST:,} are the most")
            digest = _trimmed(digest, min(count - 1, count * MOST // size), rest)
            html = self._html(digest, mail=True)
        return digest, html

    def _subject(self, digest: Digest, headlines: list[str]) -> str:
        if not headlines:
            return f"{self.site.title} — {_interval(digest)}"
        more = len(headlines) - 1 + sum(section.more for section in digest.sections)
        line = self._rendered("digest-subject.txt", digest, headline=fitted(headlines[0], SUBJECT), more=more)
        return text.plain(line)

    def _text(self, digest: Digest) -> str:
        made = self._rendered(
            "digest.txt",
            digest,
            introduction=_introduction(digest.introduction),
            wrap=wrapped,
            underlined=_underlined,
            copies=_COPIES,
        )
        return _SPACES.sub("\n\n", made).strip() + "\n"

    def _html(self, digest: Digest, *, mail: bool) -> str:
        made = self._rendered(
            "digest.html",
            digest,
            mail=mail,
            preheader=_preheader(digest, _headlines(digest)),
            safe=Markup,
            copies=_COPIES,
        )
        return _inliner().inline(made).replace(_KEEP, "", 1)

    def _rendered(self, template: str, digest: Digest, **values: object) -> str:
        language = digest.variant.language
        translations = self.translate(language)
        try:
            return self.environment.get_template(template).render(
                digest=digest,
                site=self.site,
                language=language,
                direction=direction,
                gettext=translations.gettext,
                ngettext=translations.ngettext,
                number=lambda value: _digits(str(value), language),
                period=_interval(digest),
                date=lambda moment: _day(moment, language),
                autonym=autonym,
                address=uri,
                turned=_turned,
                **values,
            )
        except TemplateSyntaxError as error:
            place = f"{error.filename or error.name or template}, line {error.lineno}"
            raise ConfigError(f"{place}: the template is wrong: {error.message}") from error
        except TemplateError as error:
            raise ConfigError(f"{template}: the template cannot be used: {error.message}") from error


def personal(bodies: Bodies, unsubscribe: str, preferences: str) -> tuple[str, str]:
    """Return HTML and text of `bodies` with a reader's own addresses in them."""
    own = {"unsubscribe": unsubscribe, "preferences": preferences}
    return (
        _PLACEHOLDER.sub(lambda match: escape(own[match[1]]), bodies.html),
        _PLACEHOLDER.sub(lambda match: own[match[1]], bodies.text),
    )


def _headlines(digest: Digest) -> list[str]:
    return [item.title for section in digest.sections for item in section.items]


def _preheader(digest: Digest, headlines: list[str]) -> str:
    """Return what follows the subject in a list of mails: the next headlines, or the only article's summary."""
    if len(headlines) > 1:
        whole = [line for line in accumulate(headlines[1:4], "{} · {}".format) if width(line) <= PREHEADER]
        return whole[-1] if whole else fitted(headlines[1], PREHEADER)
    return fitted(next((item.summary for section in digest.sections for item in section.items), ""), PREHEADER)


def _trimmed(digest: Digest, most: int, rest: Section) -> Digest:
    """Return `digest` with at most `most` articles, the others counted as more; the longest channels give first.

    When each channel has one article only, the last channels go, and `rest` counts what they held.
    """
    kept = [len(section.items) for section in digest.sections]
    while sum(kept) > most and max(kept) > 1:
        place = max(range(len(kept)), key=lambda at: (kept[at], at))
        kept[place] -= 1
    while sum(kept) > most:
        kept[max(at for at, count in enumerate(kept) if count)] = 0
    sections = [
        replace(section, items=section.items[:count], more=section.more + len(section.items) - count)
        for section, count in zip(digest.sections, kept, strict=True)
    ]
    left = sum(section.more for section in sections if not section.items)
    shown = [section for section in sections if section.items]
    return replace(digest, sections=tuple([*shown, replace(rest, more=left)] if left else shown))


def _tame(digest: Digest) -> Digest:
    """Return `digest` without anything in its texts that could pass for a reader's own link or turn lines round."""
    return replace(
        digest,
        introduction=_FIRST.sub(r"\1h2", _PLACEHOLDER.sub(r"{ \1 }", digest.introduction)),
        sections=tuple(
            replace(
                section,
                label=_tamed(section.label),
                items=tuple(_tame_item(item, section.page) for item in section.items),
            )
            for section in digest.sections
        ),
    )


def _tame_item(item: Item, page: str) -> Item:
    link = item.link if is_web(item.link) else page
    return replace(
        item,
        title=fitted(_tamed(item.title) or link, HEADLINE),
        summary=_tamed(item.summary),
        source=fitted(_tamed(item.source), NAME),
        link=link,
        also=tuple(replace(one, title=fitted(_tamed(one.title or ""), NAME)) for one in item.also if is_web(one.href)),
        translations=tuple(link for link in item.translations if is_web(link.href) and canonical(link.hreflang or "")),
    )


def _tamed(line: str) -> str:
    return text.plain(_BIDI.sub("", _PLACEHOLDER.sub(r"{ \1 }", line)))


def _turned(words: str, language: str) -> bool:
    """Tell whether any letter of `words` runs against the direction of `language`."""
    against = {"R", "AL"} if direction(LanguageTag(language)) == "ltr" else {"L"}
    return any(unicodedata.bidirectional(char) in against for char in words)


def _introduction(html: str) -> str:
    """Return an introduction as text: a block a paragraph, each address behind its words."""
    lines = text.from_safe_html(_LINK.sub(lambda match: f"{match[2]} ({match[1]})", html)).splitlines()
    return "\n\n".join(wrapped(line) for line in lines)


def _underlined(line: str) -> str:
    """Return a heading with a line under it."""
    lines = wrapped(line)
    return f"{lines}\n{'=' * max(map(width, lines.splitlines()), default=0)}"


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    from css_inline import CSSInliner  # noqa: PLC0415  # only who makes digests pays for it

    return CSSInliner(load_remote_stylesheets=False, minify_css=True)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    for tag in fallbacks(LanguageTag(language)):
        try:
            return Locale.parse(tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _digits(line: str, language: str) -> str:
    """Return `line` in the digits of `language` (CLDR's default numbering system)."""
    digits = _DIGITS.get(_locale(language).default_numbering_system)
    return line.translate(str.maketrans("0123456789", digits)) if digits else line


def _day(moment: datetime, language: str) -> str:
    """Return day and month as people write them in `language`."""
    return _digits(format_skeleton("MMMMd", moment.date(), locale=_locale(language)), language)


def _interval(digest: Digest) -> str:
    """Return the days a digest covers, its last one included, as people write them in its language."""
    language = digest.variant.language
    return _digits(_days(digest.since.date(), _last(digest), _locale(language)), language)


def _last(digest: Digest) -> date:
    return max(digest.since, digest.until - timedelta(microseconds=1)).date()


def _days(since: date, until: date, locale: Locale) -> str:
    if since == until:
        return format_date(since, "long", locale=locale)
    if locale.language in _LOSES_MONTH and since.month != until.month:
        return f"{format_date(since, 'medium', locale=locale)} – {format_date(until, 'medium', locale=locale)}"
    return format_interval(since, until, "yMMMMd", locale=locale)
