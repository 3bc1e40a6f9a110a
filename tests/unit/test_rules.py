"""Rules of the user: conditions on category, address, author and title."""

from __future__ import annotations

import pytest

from builders import article
from republisher.classify import TopicClassifier
from republisher.classify.rules import ruled
from republisher.model import Article, Category, Person, PlainText, Rule

ONE = article(
    link="https://www.source.example/gesundheit/2026/17.html",
    categories=(Category(term="pr-17", label="Public Health"), Category(term="Region")),
    authors=(Person(name="Dr. Kim Ji-woo", email="kim@example.org"),),
    title=PlainText("Kreis warnt: Zecken"),
    topics=(),
)


def rule(**conditions: tuple[str, ...]) -> Rule:
    """Return a rule that gives health."""
    return Rule(topics=("health",), name="rule 1", **conditions)


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        ({"categories": ("public health",)}, "Public Health"),
        ({"categories": ("PUBLIC-HEALTH", "x")}, "Public Health"),
        ({"categories": ("health",)}, ""),
        ({"addresses": ("https://www.source.example/gesundheit/",)}, ONE.link),
        ({"addresses": ("http://www.source.example/gesundheit",)}, ONE.link),
        ({"addresses": ("*/gesundheit/",)}, ONE.link),
        ({"addresses": ("https://www.source.example/sport/",)}, ""),
        ({"authors": ("dr. kim ji-woo",)}, "Dr. Kim Ji-woo"),
        ({"authors": ("kim@example.org",)}, "Dr. Kim Ji-woo"),
        ({"authors": ("Kim",)}, ""),
        ({"addresses": ("https://WWW.source.example/gesundheit/",)}, ONE.link),
        ({"addresses": ("https://www.source.example/gesundheit/[0-9]",)}, ""),
        ({"titles": ("zecken",)}, "Zecken"),
        ({"titles": ("zeck",)}, ""),
        ({"titles": ("zeck*",)}, "Zeck"),
        ({"titles": ("zecken",), "categories": ("Region",)}, "Region; Zecken"),
        ({"titles": ("zecken",), "categories": ("Sport",)}, ""),
    ],
)
def test_every_condition_must_hold(conditions: dict[str, tuple[str, ...]], reason: str) -> None:
    """Any word of a condition will do, but each condition given needs one; the reason names what was found."""
    found = [evidence.surface for _, evidence in ruled(ONE, [rule(**conditions)])]
    assert found == ([reason] if reason else [])


def test_a_rule_without_conditions_gives_nothing() -> None:
    """It would give its topics to everything."""
    assert list(ruled(ONE, [rule()])) == []


def test_an_article_whose_page_is_ours_has_no_address() -> None:
    """No pattern matches what is not there."""
    ours = article(link=None)
    assert list(ruled(ours, [rule(addresses=("*",))])) == []


def test_the_classifier_puts_rules_first() -> None:
    """A rule's topic comes before what the words say, its signal is the rule, and rules are part of the version."""
    classifier = TopicClassifier(rules=[Rule(topics=("peace",), name="mine", titles=("vaccine",))])
    one: Article = article(title=PlainText("Vaccine for children"), language="en", categories=())
    found = classifier.classify(one)
    assert [(each.topic, each.signal) for each in found] == [("peace", "rule"), ("health", "lexicon")]
    assert found[0].evidence[0].term == "mine"
    assert classifier.version != TopicClassifier().version
