"""What is unsure, and why."""

from __future__ import annotations

from dataclasses import replace

from builders import article
from republisher.classify import TopicClassifier
from republisher.model import UNDETERMINED, Article, Category, LanguageTag, PlainText, SafeHtml
from republisher.overrides import NOTHING, parse
from republisher.review import Unsure, review

CLASSIFIER = TopicClassifier()


def filed(id_: str, title: str, content: str = "", **more: object) -> Article:
    """Return an English article with the topics it gets."""
    one = article(
        id=id_,
        **{
            "title": PlainText(title),
            "content": SafeHtml(content),
            "language": LanguageTag("en"),
            "language_origin": "entry",
            "categories": (),
        }
        | more,
    )
    return replace(one, topics=CLASSIFIER.classify(one))


SURE = filed(
    "sure",
    "Vaccine against malaria: hospitals vaccinate children",
    "Doctors and nurses treat patients with the disease.",
)
NOTHING_OF_OURS = filed("nothing", "Choir sings in the town hall")
ALMOST = filed("almost", "Town hall news", "The clinic is open.")
SILENCED = filed(
    "silenced",
    "Striker fires Rovers to cup glory",
    "The striker beat the goalkeeper; the football club won the battle of the cup final after years of war.",
)
UNKNOWN = filed("unknown", "Xyz", language=UNDETERMINED, language_origin="unknown")
FILED = filed("filed", "The hospital opens its doors", categories=(Category(term="economy"),))


def reviewed(*articles: Article) -> list[Unsure]:
    """Return what is unsure among `articles`."""
    return review(articles, CLASSIFIER, NOTHING)


def test_what_is_sure_is_not_listed() -> None:
    """Neither a clear case nor an article about nothing of ours."""
    assert reviewed(SURE, NOTHING_OF_OURS) == []


def test_every_doubt_has_a_reason() -> None:
    """It names the topic, how near it is, and the words."""
    found = {one.article.id: one.doubts[0] for one in reviewed(ALMOST, SILENCED, UNKNOWN, FILED)}
    assert found["almost"].topic == "health"
    assert "just not health" in found["almost"].reason
    assert "“clinic”" in found["almost"].reason
    assert found["silenced"].topic == "peace"
    assert "other subjects say more" in found["silenced"].reason
    assert found["unknown"].reason == "nothing tells its language"
    assert "only because its source files it under “economy”" in found["filed"].reason


def test_the_worst_come_first() -> None:
    """In the order of how unsure they are, and always in the same."""
    found = reviewed(FILED, ALMOST, SILENCED, UNKNOWN)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert found[0].article.id == "silenced"
    assert found == reviewed(UNKNOWN, SILENCED, FILED, ALMOST)


def test_what_an_editor_decided_is_settled() -> None:
    """It does not come back into the queue."""
    decided = parse("pin none silenced", "file", {"peace"})
    assert [one.article.id for one in review([SILENCED, ALMOST], CLASSIFIER, decided)] == ["almost"]
