"""Articles and their topics as JSON text, exact in both directions; what is empty is left out."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from typing import Any

from republisher.model import (
    Article,
    Assignment,
    Category,
    Evidence,
    LanguageTag,
    Link,
    Origin,
    Person,
    PlainText,
    SafeHtml,
    Thumbnail,
)


def dump_article(article: Article) -> str:
    """Return everything of `article` but its topics and translations, in a stable order."""
    body = _plain(article)
    body.pop("topics", None)
    body.pop("translations", None)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def dump_topics(topics: tuple[Assignment, ...]) -> str:
    """Return the topics of an article with their evidence."""
    return json.dumps([_plain(topic) for topic in topics], ensure_ascii=False, separators=(",", ":"))


def load_article(body: str, topics: str) -> Article:
    """Return the article that was dumped as `body` and `topics`."""
    raw: dict[str, Any] = json.loads(body)
    origin = raw.pop("origin")
    if "updated" in origin:
        origin["updated"] = _time(origin["updated"])
    thumbnail = raw.pop("thumbnail", None)
    return Article(
        title=PlainText(raw.pop("title")),
        summary=PlainText(raw.pop("summary")),
        content=SafeHtml(raw.pop("content")),
        language=LanguageTag(raw.pop("language")),
        published=_time(raw.pop("published")),
        updated=_time(raw.pop("updated")),
        authors=tuple(Person(**person) for person in raw.pop("authors", ())),
        other_languages=tuple(map(LanguageTag, raw.pop("other_languages", ()))),
        categories=tuple(Category(**category) for category in raw.pop("categories", ())),
        links=tuple(Link(**link) for link in raw.pop("links", ())),
        copies=tuple(Link(**link) for link in raw.pop("copies", ())),
        thumbnail=Thumbnail(**thumbnail) if thumbnail else None,
        origin=Origin(**origin),
        topics=load_topics(topics),
        **raw,
    )


def load_topics(topics: str) -> tuple[Assignment, ...]:
    """Return the topics that were dumped as `topics`."""
    return tuple(
        Assignment(evidence=tuple(Evidence(**evidence) for evidence in topic.pop("evidence", ())), **topic)
        for topic in json.loads(topics)
    )


def stamp(moment: datetime) -> str:
    """Return `moment` so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def parse_stamp(value: str) -> datetime:
    """Return the moment that `stamp` wrote."""
    return datetime.fromisoformat(value)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _plain(value: Any) -> Any:  # noqa: ANN401  # any of the model's types
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    given = ((field.name, getattr(value, field.name), _default(field)) for field in fields(value))
    return {name: _plain(item) for name, item, default in given if item != default}


def _default(field: Field[Any]) -> Any:  # noqa: ANN401  # likewise
    return None if field.default is MISSING else field.default
