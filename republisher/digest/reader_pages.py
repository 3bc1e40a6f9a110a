"""The pages of the application for subscribers, in the reader's language; no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from jinja2 import TemplateError

from republisher.editions import label_of
from republisher.errors import ConfigError
from republisher.language import canonical, direction, fallbacks
from republisher.render.names import autonym

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Environment

    from republisher.model import LanguageTag, Site, Topic

Kind = Literal[
    "subscribe", "sent", "confirm", "confirmed", "preferences", "leave", "left", "erased", "invalid", "trouble"
]
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_QUALITY: Final = re.compile(r"\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
_MOST: Final = 20
"""Languages of a browser that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPages:
    """Renders pages; `environment` holds the templates, `translate` the words."""

    environment: Environment
    translate: Callable[[str], Any]
    site: Site
    topics: tuple[Topic, ...]
    languages: tuple[LanguageTag, ...]
    """In which there are digests and words."""

    def language(self, wanted: str, accepted: str) -> LanguageTag:
        """Return the language of a page: the one `wanted`, else what a browser accepts, else the site's."""
        for tag in (wanted, *_preferred(accepted)):
            known = canonical(tag) if tag else None
            found = next((one for one in fallbacks(known) if one in self.languages), None) if known else None
            if found:
                return found
        return self.site.language

    def render(self, kind: Kind, language: LanguageTag, values: Mapping[str, Any]) -> tuple[bytes, str]:
        """Return a page and the content security policy it is to be sent with."""
        reader = values.get("reader")
        offered = {*self.languages, *([reader.language] if reader else [])}
        try:
            page = self.environment.get_template("digest-reader.html").render(
                {"reader": None, "wrong": False, "saved": False, "preferences": ""}
                | dict(values)
                | {
                    "kind": kind,
                    "site": self.site,
                    "language": language,
                    "languages": sorted(offered, key=lambda tag: autonym(tag).casefold()),
                    "topics": [(topic.slug, label_of(topic, language, {})) for topic in self.topics],
                    "gettext": self.translate(language).gettext,
                    "direction": direction,
                    "autonym": autonym,
                }
            )
        except TemplateError as error:
            raise ConfigError(f"digest-reader.html: the template cannot be used: {error.message}") from error
        return page.encode(), _policy(page)


def _preferred(accepted: str) -> list[str]:
    """Return the languages of an `Accept-Language` field, the best first (RFC 9110 §12.5.4)."""
    found: list[tuple[float, str]] = []
    for part in accepted.split(",")[:_MOST]:
        tag, _, _ = part.partition(";")
        quality = _QUALITY.fullmatch(part[len(tag) :])
        found.append((float(quality[1]) if quality else 1.0, tag.strip()))
    return [tag for quality, tag in sorted(found, key=lambda one: -one[0]) if tag and quality > 0]


def _policy(page: str) -> str:
    """Allow the style the page holds, and forms of ours (Content Security Policy level 3)."""
    digests = (base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in _STYLE.findall(page))
    styles = " ".join(f"'sha256-{one}'" for one in digests) or "'none'"
    return f"default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src {styles}"
