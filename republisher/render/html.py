"""Pages: what people see, from Jinja2 templates, in the reader's language, without a script being needed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from babel import UnknownLocaleError
from babel.dates import format_date
from jinja2 import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from republisher.editions import ALL, article_language, channel_language, label_of
from republisher.errors import ConfigError
from republisher.language import canonical, direction, fallbacks
from republisher.model import UNDETERMINED, LanguageTag
from republisher.records import AS_USUAL, Grouping
from republisher.render.names import autonym
from republisher.urls import article_url, channel_url, is_web, shown, uri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from jinja2 import Environment

    from republisher.health import Trouble
    from republisher.model import Article, Channel, Edition, Sibling, Site, Topic
    from republisher.protocols import Format
    from republisher.records import SourceStatus

Translate = Callable[[str], Any]
"""Returns the gettext translations of a language: an object with `gettext` and `ngettext`."""
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; img-src http: https:; media-src http: https:;"
    " style-src {style}; script-src {script}"
)
_PLACEHOLDER = "@content-security-policy@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The same story in another language, as a page links to it."""

    href: str
    language: LanguageTag
    title: str
    guessed: bool = False
    """Whether it is our guess, which has to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPages:
    """The pages of one site; `environment` holds the templates, `translate` the words."""

    environment: Environment
    translate: Translate
    site: Site
    topics: tuple[Topic, ...]
    everything: Mapping[str, str]
    formats: tuple[Format, ...]
    grouping: Grouping = AS_USUAL
    """Which languages share channels."""

    def article(self, article: Article) -> bytes:
        """Return the page that is the home of `article`."""
        own = article_language(article, self.grouping)
        return self._page(
            "article.html",
            self._interface(article.language),
            f"articles/{article.slug}.html",
            own=own,
            article=article,
            folder=f"{own}/" if own else "",
            everything=label_of(None, self._interface(article.language), self.everything),
        )

    def channel(self, edition: Edition) -> bytes:
        """Return the page of a channel."""
        channel = edition.channel
        return self._page(
            "channel.html",
            channel.language or self.site.language,
            f"{channel.path}.html",
            own=channel.language,
            channel=channel,
            articles=edition.articles,
            siblings=sorted(edition.siblings, key=lambda other: _by_name(other.language or "")),
            mixed=channel.path.rpartition("/")[2],
            archive=edition.previous_archive,
            formats=self.formats,
        )

    def sources(self, statuses: Sequence[SourceStatus], troubles: Sequence[Trouble]) -> bytes:
        """Return the page that says where articles come from, and how those places fare.

        Of a source that is a file no more is said than whether it can be read: where it lies is nobody's business.
        """
        said = {status.key: [one.message for one in troubles if one.source == shown(status.key)] for status in statuses}
        rows = [
            (status, status.key, said[status.key]) if is_web(status.key) else (status, None, []) for status in statuses
        ]
        return self._page("sources.html", self.site.language, "sources.html", rows=rows, shown=shown)

    def index(self, channels: Sequence[Channel], counts: Mapping[str, int]) -> bytes:
        """Return the landing page: a table of channels, a row per language."""
        slugs = (ALL, *(topic.slug for topic in self.topics))
        by_path = {channel.path: channel for channel in channels}
        languages = sorted({channel.language for channel in channels if channel.language}, key=_by_name)
        rows = [
            (language, [by_path.get(f"{language}/{slug}" if language else slug) for slug in slugs])
            for language in (None, *languages)
        ]
        return self._page(
            "index.html",
            self.site.language,
            "index.html",
            heads=rows[0][1],
            rows=rows,
            counts=counts,
            formats=self.formats,
        )

    def _page(
        self, template: str, language: LanguageTag, path: str, own: LanguageTag | None = None, **values: object
    ) -> bytes:
        """Return a page; `own` is the language of the channels it belongs to, if it belongs to one."""
        translations = self.translate(language)
        root = "../" * path.count("/")
        rendered = self._rendered(
            template,
            site=self.site,
            language=language,
            own=own,
            path=path,
            url=self.site.url + quote(path),
            root=root,
            direction=direction,
            gettext=translations.gettext,
            ngettext=translations.ngettext,
            date=lambda moment: _date(moment, language),
            autonym=autonym,
            label=lambda assignment: self._label(assignment.topic, language),
            has_channel=lambda slug: slug in {topic.slug for topic in self.topics},
            article_url=lambda article: self._article_url(article, root),
            elsewhere=lambda article: self._elsewhere(article, root),
            feed_url=lambda channel, ending: channel_url(channel, ending, self.site),
            reader_url=lambda channel, ending: _reader_url(channel_url(channel, ending, self.site)),
            local=lambda channel: root + quote(channel.path),
            safe=Markup,  # only for the type SafeHtml, which sanitise makes
            policy=_PLACEHOLDER,
            **values,
        )
        return _with_policy(rendered).encode()

    def _rendered(self, template: str, **values: object) -> str:
        try:
            return self.environment.get_template(template).render(values)
        except TemplateSyntaxError as error:
            place = f"{error.filename or error.name or template}, line {error.lineno}"
            raise ConfigError(f"{place}: the template is wrong: {error.message}") from error
        except TemplateError as error:
            raise ConfigError(f"{template}: the template cannot be used: {error.message}") from error

    def _article_url(self, article: Article | Sibling, root: str) -> str:
        return article_url(article, self.site) if article.link else f"{root}articles/{quote(article.slug)}.html"

    def _elsewhere(self, article: Article, root: str) -> tuple[Elsewhere, ...]:
        """Return the same story in other languages: articles, then addresses of which we have none, then guesses."""
        found = [
            Elsewhere(
                href=self._article_url(one, root),
                language=one.language,
                title=one.title,
                guessed=one.confidence is not None,
            )
            for one in article.translations
        ]
        spoken = {channel_language(one.language, self.grouping) for one in found if not one.guessed}
        links = [
            Elsewhere(href=uri(link.href), language=tag, title=link.title or "")
            for link in article.links
            if link.rel == "related" and is_web(link.href) and (tag := canonical(link.hreflang or ""))
        ]
        unknown = [one for one in links if channel_language(one.language, self.grouping) not in spoken]
        return (*(one for one in found if not one.guessed), *unknown, *(one for one in found if one.guessed))

    def _label(self, slug: str, language: str) -> str:
        topic = next((topic for topic in self.topics if topic.slug == slug), None)
        return label_of(topic, language, self.everything) if topic else slug

    def _interface(self, language: LanguageTag) -> LanguageTag:
        return self.site.language if language == UNDETERMINED else language


def _by_name(language: str) -> tuple[str, str]:
    """Return what languages are ordered by where people look for theirs: its own name."""
    return autonym(language).casefold(), language


def _date(moment: datetime, language: str) -> str:
    """Return the day of `moment` as people write it in `language` (CLDR)."""
    for tag in (*fallbacks(LanguageTag(language)), "en"):
        try:
            return format_date(moment.date(), format="long", locale=tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return moment.date().isoformat()


def _reader_url(url: str) -> str:
    """Return `url` in the scheme feed readers answer to."""
    parts = urlsplit(url)
    return f"feed://{parts.netloc}{parts.path}"


def _with_policy(page: str) -> str:
    """Allow exactly the style and the script that the page itself holds (Content Security Policy level 3 §2.3.1)."""
    allowed = {"style": "'none'", "script": "'none'"}
    for match in _INLINE.finditer(page):
        digest = base64.b64encode(hashlib.sha256(match.group(2).encode()).digest()).decode()
        allowed[match.group(1)] = f"'sha256-{digest}'"
    return page.replace(_PLACEHOLDER, _POLICY.format(**allowed), 1)
