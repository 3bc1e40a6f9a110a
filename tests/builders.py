"""Values for tests, complete and plausible; each builder takes what a test wants to be different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from republisher.model import (
    Article,
    Assignment,
    Category,
    Channel,
    Edition,
    Evidence,
    LanguageTag,
    Link,
    Origin,
    Person,
    PlainText,
    SafeHtml,
    Site,
    Thumbnail,
    Topic,
)

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
MEDIATOPIC = "http://cv.iptc.org/newscodes/mediatopic/"


def site(**changes: Any) -> Site:
    """Return a publisher with everything a publisher can say of itself."""
    complete = Site(
        title="Provincial Press Office",
        url="https://feeds.example.org/",
        authority="feeds.example.org,2026",
        subtitle="What our partners publish, sorted",
        author=Person(name="Press Office", email="press@example.org", uri="https://press.example.org/"),
        rights="Each article remains the property of its source.",
        license="https://creativecommons.org/licenses/by/4.0/",
        icon="https://feeds.example.org/favicon.ico",
        logo="https://feeds.example.org/logo.png",
        hub="https://hub.example.org/",
        version="0.1.0",
    )
    return replace(complete, **changes)


HEALTH = Topic(
    slug="health",
    names={"en": "Health", "fr": "Santé", "ko": "보건", "ar": "الصحة"},
    codes=(Category(term="medtop:07000000", scheme=MEDIATOPIC, label="health"),),
)
PEACE = Topic(
    slug="peace",
    names={"en": "Peace and security", "fr": "Paix et sécurité", "ko": "평화와 안보", "ar": "السلام والأمن"},
    codes=(Category(term="medtop:16000000", scheme=MEDIATOPIC, label="conflict, war and peace"),),
)


def topics() -> tuple[Topic, ...]:
    """Return two topics, named in four languages."""
    return HEALTH, PEACE


def channel(topic: Topic | None = HEALTH, language: str | None = "fr", **changes: Any) -> Channel:
    """Return the channel of a topic (None for all) in a language (None for every one)."""
    stem = topic.slug if topic else "all"
    tag = LanguageTag(language) if language else None
    label = topic.names.get(language or "en", topic.names["en"]) if topic else "All articles"
    made = Channel(
        path=f"{language}/{stem}" if language else stem,
        topic=topic,
        language=tag,
        id=f"tag:feeds.example.org,2026:channel/{stem}/{language or 'all'}",
        title=f"{label} — Provincial Press Office",
        subtitle=f"« {label} », sorted by republisher",
        label=label,
    )
    return replace(made, **changes)


def origin(**changes: Any) -> Origin:
    """Return the feed of a source."""
    made = Origin(
        id="https://www.source.example/feed/atom/",
        title=PlainText("Source Example"),
        updated=NOON,
        self_link="https://www.source.example/feed/atom/",
        alternate="https://www.source.example/",
        rights=PlainText("© 2026 Source Example, CC BY 4.0"),
    )
    return replace(made, **changes)


def article(**changes: Any) -> Article:
    """Return a French article with everything an article can have."""
    made = Article(
        id="https://www.source.example/?p=4711",
        slug="2026-03-05-la-campagne-de-vaccination-demarre-0a1b2c3d",
        title=PlainText("La campagne de vaccination démarre"),
        summary=PlainText("Les centres de santé ouvrent lundi."),
        content=SafeHtml(
            "<p>Les centres de santé ouvrent <b>lundi</b> &amp; mardi.</p>\n"
            '<p><a href="https://www.source.example/fr/?a=1&amp;b=2" rel="noopener noreferrer">Suite</a></p>'
        ),
        language=LanguageTag("fr"),
        language_origin="entry",
        published=datetime(2026, 3, 4, 15, 0, tzinfo=UTC),
        updated=datetime(2026, 3, 5, 8, 12, 31, tzinfo=UTC),
        authors=(Person(name="Awa Diop", email="awa@source.example", uri="https://www.source.example/awa/"),),
        categories=(Category(term="vaccins", label="Vaccins"), Category(term="health", scheme="urn:example:tags")),
        link="https://www.source.example/fr/vaccination/",
        links=(
            Link(href="https://www.source.example/es/vacunacion/", rel="related", type="text/html", hreflang="es"),
            Link(href="https://www.source.example/a.mp3", rel="enclosure", type="audio/mpeg", length=1483920),
            Link(href="https://www.source.example/b.ogg", rel="enclosure"),
            Link(href="https://www.source.example/fr/vaccination/#comments", rel="replies", type="text/html", count=3),
        ),
        thumbnail=Thumbnail(url="https://www.source.example/i/640.jpg", width=640, height=360),
        rights=PlainText("© 2026 Source Example, CC BY 4.0"),
        origin=origin(),
        topics=(
            Assignment(
                topic="health",
                score=2.5,
                signal="lexicon",
                evidence=(Evidence(term="vaccination", surface="vaccination", place="title", weight=2.5),),
            ),
        ),
    )
    return replace(made, **changes)


def korean(**changes: Any) -> Article:
    """Return a Korean article that has no home of its own, as out of a text dump."""
    made = article(
        id="tag:feeds.example.org,2026:article/20260304-0123456789abcdef",
        slug="2026-03-04-0b1c2d3e",
        title=PlainText("경기도, 예방접종 시작"),
        summary=PlainText("도내 보건소가 월요일부터 문을 연다."),
        content=SafeHtml("<p>도내 보건소가 월요일부터 문을 연다.</p>"),
        language=LanguageTag("ko"),
        authors=(),
        categories=(),
        link=None,
        links=(),
        thumbnail=None,
        rights=None,
        updated=datetime(2026, 3, 5, 7, 0, tzinfo=UTC),
        origin=origin(
            id="tag:feeds.example.org,2026:source/gyeonggi",
            title=PlainText("경기도 보도자료"),
            self_link=None,
            alternate="https://gnews.gg.go.kr/",
            rights=None,
        ),
    )
    return replace(made, **changes)


def arabic(**changes: Any) -> Article:
    """Return an Arabic article whose addresses are IRIs."""
    made = article(
        id="https://www.source.example/?p=4712",
        slug="2026-03-04-1c2d3e4f",
        title=PlainText("انطلاق حملة التلقيح"),
        summary=PlainText("تفتح المراكز الصحية أبوابها يوم الاثنين."),
        content=SafeHtml("<p>تفتح المراكز الصحية أبوابها يوم <b>الاثنين</b>.</p>"),
        language=LanguageTag("ar"),
        updated=datetime(2026, 3, 5, 6, 0, tzinfo=UTC),
        authors=(Person(name="ليلى"),),
        categories=(Category(term="لقاح"),),
        link="https://موقع.example/أخبار/لقاح?صفحة=1",
        links=(Link(href="https://www.source.example/صوت.mp3", rel="enclosure", title="صوت"),),
        thumbnail=Thumbnail(url="https://www.source.example/صورة 1.jpg"),
    )
    return replace(made, **changes)


def hostile(**changes: Any) -> Article:
    """Return an article whose every text tries to be something else."""
    attack = PlainText("</title><script>alert(1)</script> ]]> &lt;b&gt; &amp; Q&A2 R&D <b>x</b> \u202e")
    made = article(
        id="urn:uuid:4ae8550b-2987-49fa-9f8c-54c180c418ac",
        slug="hostile-2d3e4f5a",
        title=attack,
        summary=attack,
        content=SafeHtml('<p title="]]>">]]&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>'),
        updated=datetime(2026, 3, 5, 5, 0, tzinfo=UTC),
        authors=(Person(name=attack, email="not an address", uri="javascript:alert(1)"),),
        categories=(
            Category(term=attack, scheme="not a URI", label=attack),
            Category(term="peace", scheme="https://feeds.example.org/topics/", label="spoofed"),
        ),
        link="javascript:alert(1)",
        links=(
            Link(href="javascript:alert(1)", rel="related", hreflang="es"),
            Link(href="https://www.source.example/x.mp3", rel="enclosure", type='x"><y', length=-4),
            Link(href="https://www.source.example/[x] |y.html", rel="via", title=attack, hreflang="!!"),
            Link(href="https://www.source.example/second/", rel="alternate"),
        ),
        thumbnail=Thumbnail(url="data:image/png,x", width=-1, height=0),
        rights=attack,
        origin=origin(title=attack, rights=attack, self_link="javascript:alert(1)", alternate=None, updated=None),
    )
    return replace(made, **changes)


def edition(*articles: Article, **changes: Any) -> Edition:
    """Return the French health channel with `articles`, if any, else one."""
    made = Edition(
        channel=channel(),
        articles=articles or (article(),),
        updated=datetime(2026, 3, 5, 8, 12, 31, tzinfo=UTC),
        siblings=(channel(language="ko"), channel(language="ar")),
    )
    return replace(made, **changes)
