"""Channels: which there are, what they are called, what is live and what is archived."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, arabic, article, korean, site, topics
from republisher.app import resource
from republisher.editions import (
    LIVE_BYTES,
    LIVE_LEAST,
    LIVE_MOST,
    Words,
    article_language,
    channel_language,
    channel_paths,
    make_channels,
    make_edition,
    overflow,
)
from republisher.messages import Catalogues
from republisher.model import LanguageTag, PlainText
from republisher.records import Grouping, Placement
from republisher.render import render_opml

WORDS = Words(everything={"en": "All articles", "fr": "Tous les articles"}, all_languages="all languages")


def test_an_article_goes_to_its_topics_and_to_all_mixed_and_in_its_language() -> None:
    """Nobody has to know where else it is."""
    assert channel_paths(article()) == ("all", "health", "fr/all", "fr/health")
    assert channel_paths(article(topics=(), language=LanguageTag("und"))) == ("all",)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-GB", "en"),
        ("pt-BR", "pt"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-Cyrl-RS", "sr"),
        ("nb", "nb"),
        ("und", None),
    ],
)
def test_regions_share_a_channel_and_scripts_do_not(tag: str, expected: str | None) -> None:
    """Readers of British and American English are one public; those of two scripts are not."""
    assert channel_language(LanguageTag(tag)) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pt-BR", "pt-BR"),
        ("pt-AO", "pt"),
        ("zh-TW", "zh"),
        ("zh", "zh"),
        ("nn-NO", "nb"),
        ("en-GB", "en"),
        ("und", None),
    ],
)
def test_a_publisher_groups_languages_otherwise(tag: str, expected: str | None) -> None:
    """The nearest tag that is named counts; what is not named goes as usual."""
    wished = {"pt-BR": "pt-BR", "zh": "zh", "zh-Hans": "zh", "zh-Hant": "zh", "nn": "nb", "nb": "nb"}
    grouping = Grouping(channels={LanguageTag(tag): LanguageTag(channel) for tag, channel in wished.items()})
    assert channel_language(LanguageTag(tag), grouping) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Prefeitura entrega 40 ônibus elétricos à população", "pt-BR"),
        ("Câmara entrega 40 autocarros elétricos às freguesias", "pt-PT"),
        ("Governo apresenta novo plano de saúde", "pt"),
    ],
)
def test_the_spelling_tells_standards_that_are_kept_apart(title: str, expected: str) -> None:
    """An article that is declared Portuguese goes to the Brazilian channel if it is clearly written so."""
    apart = Grouping(channels={LanguageTag(tag): LanguageTag(tag) for tag in ("pt-BR", "pt-PT")})
    one = replace(article(), title=PlainText(title), language=LanguageTag("pt"))
    assert article_language(one, apart) == expected
    assert article_language(one) == "pt"


def test_channels_are_named_in_their_language() -> None:
    """Topics first, languages second; a mixed channel says that it is one."""
    channels = make_channels(topics(), ["fr/health", "ko/peace", "all", "nothing/unknown"], site(), WORDS)
    assert [channel.path for channel in channels] == ["all", "health", "fr/health", "peace", "ko/peace"]
    by_path = {channel.path: channel for channel in channels}
    assert by_path["fr/health"].title == "Santé — Provincial Press Office"
    assert by_path["health"].title == "Health (all languages) — Provincial Press Office"
    assert by_path["fr/health"].id == "tag:feeds.example.org,2026:channel/health/fr"


def test_languages_that_are_put_together_are_named_in_the_usual_script() -> None:
    """Nothing has a name under `zh`; a script that is named is never left for the other one."""
    health = replace(topics()[0], names={"en": "Health", "zh-Hans": "健康", "zh-Hant": "衛生"})
    catalogues = Catalogues((resource("templates") / "messages",))
    words = replace(WORDS, newest=lambda language: catalogues.translations(language).gettext("Newest articles"))
    channels = make_channels([health], ["zh/health", "zh-Hant/health", "zh-US/health"], site(), words)
    assert {channel.path: channel.label for channel in channels if channel.language} == {
        "zh/health": "健康",
        "zh-Hant/health": "衛生",
        "zh-US/health": "健康",
    }
    (mixed,) = [channel for channel in channels if channel.path == "zh/health"]
    assert mixed.title == "健康 — Provincial Press Office"
    assert mixed.subtitle.startswith(catalogues.translations("zh-Hans").gettext("Newest articles"))
    assert not mixed.subtitle.startswith("Newest")
    opml = render_opml("Site", [mixed], site(), NOON)
    assert "健康" in opml.decode()
    assert "Health" not in opml.decode()


def test_an_edition_is_ordered_by_date_and_id_alone() -> None:
    """Whatever order articles arrive in, the edition is the same, and its date is a fact about them."""
    (channel,) = [one for one in make_channels(topics(), (), site(), WORDS) if one.path == "all"]
    articles = [article(), korean(), arabic(), replace(article(), id="urn:a"), replace(article(), id="urn:b")]
    editions = {make_edition(channel, order, (), empty_since=NOON).articles for order in permutations(articles)}
    assert len(editions) == 1
    assert make_edition(channel, articles, (), empty_since=NOON).updated == max(one.updated for one in articles)
    assert make_edition(channel, (), (), empty_since=NOON).updated == NOON


def test_siblings_are_the_same_topic_in_other_languages() -> None:
    """A channel does not link to itself, to other topics or to the mixed one."""
    channels = make_channels(topics(), ["fr/health", "ko/health", "ko/peace"], site(), WORDS)
    french = next(channel for channel in channels if channel.path == "fr/health")
    edition = make_edition(french, (), channels, empty_since=NOON)
    assert [channel.path for channel in edition.siblings] == ["ko/health"]


@given(st.lists(st.integers(min_value=1, max_value=LIVE_BYTES // 3), max_size=400))
def test_nothing_is_lost_between_live_and_archive(sizes: list[int]) -> None:
    """Every article stays in the live feed or leaves into exactly one archive document of at most 50, oldest first."""
    live = [Placement(article=str(number), state="", size=size) for number, size in enumerate(sizes)]
    leaving = overflow(live)
    gone = [one for document in leaving for one in document]
    staying = live[: len(live) - len(gone)]
    assert [*(one.article for one in staying), *reversed(gone)] == [one.article for one in live]
    assert len(staying) <= LIVE_MOST
    assert len(staying) == 1 or sum(one.size for one in staying) <= LIVE_BYTES
    assert all(0 < len(document) <= LIVE_MOST for document in leaving)
    assert not live or staying


def test_a_full_feed_is_cut_back_once_and_then_left_alone() -> None:
    """The 51st article archives 21 at once, so that the next twenty do not each make a document."""
    live = [Placement(article=str(number), state="", size=10) for number in range(LIVE_MOST + 1)]
    assert not overflow(live[:LIVE_MOST])
    (document,) = overflow(live)
    assert len(document) == LIVE_MOST + 1 - LIVE_LEAST
    assert document[0] == str(LIVE_MOST)
