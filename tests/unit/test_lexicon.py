"""The shipped lexicons and topics: what a reviewer's eye slides over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.classify import everything, load_topics
from republisher.classify.lexicon import WEIGHTS, languages, make_term, parse, shipped
from republisher.classify.matching import Matcher
from republisher.classify.scoring import OTHER
from republisher.language import canonical

TOPICS = {"health", "economy", "environment", "peace"}
NAMED = set(
    "en ko ja zh-Hans zh-Hant es fr pt de it nl sv da nb fi pl cs sk hu ro bg el ru uk sr hr tr az ar fa he ur hi bn pa"
    " mr gu ta te ml th vi id ms tl sw ha am km my".split()
)


@pytest.mark.parametrize("language", languages())
def test_a_lexicon_knows_only_our_topics(language: str) -> None:
    """Every file is named by a canonical tag, can be read, and speaks of the shipped topics or of nobody's."""
    assert canonical(language) == language
    assert {term.topic for term in shipped(language)} <= {*TOPICS, OTHER}


def test_a_lexicon_file_is_read_as_its_head_says() -> None:
    """Sections, strengths, continued lines, comments and marks mean what the files say they mean."""
    lines = "# head\n[peace]\nstrong: war$, cease-\n    fire, ~krieg # of all kinds\nmask: trade war\n"
    found = [(term.topic, term.folded, term.weight, term.whole, term.inside) for term in parse(lines, "en")]
    assert found == [
        ("peace", "war", 2.0, True, False),
        ("peace", "cease-", 2.0, False, False),
        ("peace", "fire", 2.0, False, False),
        ("peace", "krieg", 2.0, False, True),
        ("peace", "trade war", 0.0, False, False),
    ]


@pytest.mark.parametrize("line", ["strong: war", "[peace]\nlouder: war", "[peace]\nwar, peace"])
def test_a_mistake_in_a_lexicon_is_named(line: str) -> None:
    """A line that cannot be read is told with its number."""
    with pytest.raises(ValueError, match=r"line \d"):
        parse(line, "en")


@given(st.text(max_size=20), st.sampled_from(languages()))
def test_any_keyword_makes_a_term(written: str, language: str) -> None:
    """Whatever a user types as a keyword, making and searching it raises nothing."""
    Matcher([make_term("water", written, WEIGHTS["strong"], language)], language).find(f"x {written} y")


def test_topics_are_named_in_every_language_we_serve() -> None:
    """Each channel, the one of all articles too, has a name in every language pages are made in."""
    topics = load_topics()
    assert {topic.slug for topic in topics} == TOPICS
    for topic in (*topics, everything()):
        assert set(topic.names) >= NAMED, topic.slug
        assert all(canonical(tag) == tag for tag in topic.names)
        assert all(len(name.split()) <= 4 for name in topic.names.values())


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("humanit* aid", "humanitarian aid", True),
        ("humanit* aid", "Humanity aids", True),
        ("humanit* aid$", "humanity aids", False),
        ("humanit* aid", "humanitarian and aid", False),
        ("humanit* aid", "humanitarian", False),
        ("humanit* aid", "humanitarian, aid", False),
        ("гуманитарн* помощ", "о гуманитарной помощи", True),
        ("peace of min*", "peace of mind", True),
        ("red* cross* ship", "reddish crossing shipment", True),
        ("a* b", "a\nb", True),
    ],
)
def test_words_of_a_phrase_may_have_any_ending(term: str, text: str, *, found: bool) -> None:
    """`*` stands for the rest of a word, never for a word or a comma."""
    assert bool(Matcher([make_term("peace", term, 2.0, "ru")], "ru").find(text)) is found
