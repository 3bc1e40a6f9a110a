"""Topics: rules, categories and words, each with its evidence."""

from __future__ import annotations

import pickle
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.classify import TopicClassifier, load_topics
from republisher.classify.lexicon import languages
from republisher.model import Article, Category, LanguageTag, Origin, PlainText, SafeHtml, TopicSpec

if TYPE_CHECKING:
    from republisher.model import Assignment
    from republisher.protocols import Classifier

CLASSIFIER = TopicClassifier()
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
WATER = TopicSpec(
    slug="water",
    names={"en": "Water", "fr": "Eau"},
    keywords={"en": ("water", "river"), "fr": ("eau$", "fleuve"), "*": ("H2O",)},
    exclude={"en": ("water polo",)},
    categories=("Water supply",),
)


def article(title: str = "", content: str = "", language: str = "en", *categories: str) -> Article:
    """Return an article with this text."""
    return Article(
        id="tag:example.org,2026:1",
        slug="one",
        title=PlainText(title),
        summary=PlainText(""),
        content=SafeHtml(content),
        language=LanguageTag(language),
        language_origin="entry",
        published=NOON,
        updated=NOON,
        categories=tuple(Category(term=term) for term in categories),
        origin=Origin(id="tag:example.org,2026:feed", title=PlainText("Feed")),
    )


def slugs(assignments: tuple[Assignment, ...]) -> list[str]:
    """Return the topics alone, best first."""
    return [one.topic for one in assignments]


def words(title: str, text: str = "", language: str = "en", classifier: TopicClassifier = CLASSIFIER) -> list[str]:
    """Return the topics the words of a text speak for."""
    return slugs(classifier.classify_text(LanguageTag(language), title, text))


def test_the_classifier_fits_its_seam() -> None:
    """What the pipeline sees is the protocol."""
    seam: Classifier = TopicClassifier()
    assert seam.version == CLASSIFIER.version


@pytest.mark.parametrize(
    ("language", "title", "topic"),
    [
        ("en", "New vaccine protects children from malaria", "health"),
        ("ko", "코로나19 백신 접종 시작", "health"),
        ("ja", "日本銀行、政策金利を引き上げ", "economy"),
        ("zh-Hans", "央行宣布降息,股市上涨", "economy"),
        ("zh-Hant", "氣候變化威脅珊瑚與濕地", "environment"),
        ("ar", "الهدنة والسلام بعد الحرب", "peace"),
        ("he", "ההסכם להפסקת אש ולשלום", "peace"),
        ("de", "Mehr Geld für Krankenhäuser und Impfungen", "health"),
        ("fr", "L’économie française en récession, l’inflation recule", "economy"),
        ("ru", "Перемирие: войска покидают зону конфликта", "peace"),
        ("hi", "कोरोना वैक्सीन का टीकाकरण शुरू", "health"),
        ("th", "สงครามและสันติภาพ การหยุดยิง", "peace"),
        ("sw", "Serikali yaanza chanjo ya malaria hospitali", "health"),
    ],
)
def test_words_tell_topics_in_many_languages(language: str, title: str, topic: str) -> None:
    """The same news is filed alike in every script."""
    assert words(title, "", language)[:1] == [topic]


@pytest.mark.parametrize(
    "title",
    [
        "Singer releases third album",
        "Healthy profits need no doctoring of the play",
        "Peace of mind for theatre fans",
        "Trade war of words",
        "Conflict of interest in the chess federation",
        "Nottingham Forest end goal drought",
        "Hospitality at the summer festival",
    ],
)
def test_news_of_nothing_of_ours_is_left_alone(title: str) -> None:
    """An incidental word, or one that means something else in its phrase, gives no topic of that word."""
    assert not {"health", "peace", "environment"}.intersection(words(title))


def test_a_long_text_needs_more_than_one_word() -> None:
    """One incidental word in a long article is not its subject."""
    text = "The museum opens its new wing on Sunday with music for everybody. " * 12 + "A hospital stands nearby."
    assert words("Museum opens new wing", text) == []


def test_evidence_says_where_and_how_much() -> None:
    """Each reason names its term, the words as they stand, the place, and what it added."""
    (one,) = CLASSIFIER.classify_text(LanguageTag("en"), "Vaccinations begin", "Hospitals are ready.")
    assert [(e.term, e.surface, e.place) for e in one.evidence] == [
        ("vaccin", "Vaccinations", "title"),
        ("hospitals$", "Hospitals", "lead"),
    ]
    assert one.score == pytest.approx(sum(e.weight for e in one.evidence), abs=0.01)
    assert one.signal == "lexicon"


def test_capitals_in_a_lexicon_ask_for_capitals() -> None:
    """WHO is an organisation, who is not."""
    assert words("WHO warns of cholera") == ["health"]
    assert words("Who warns of a boring film") == []


def test_decomposed_text_is_understood() -> None:
    """Accents written as marks of their own are the same letters."""
    assert words(unicodedata.normalize("NFD", "Le déficit de l’économie"), "", "fr") == ["economy"]


def test_offsets_survive_marks_that_are_left_out() -> None:
    """Arabic with vowel marks is found without them and quoted with them."""
    title = "حَرْبٌ وَسَلَامٌ"
    (one,) = CLASSIFIER.classify_text(LanguageTag("ar"), title, "")
    assert {evidence.surface for evidence in one.evidence} == set(title.split())


def test_rules_come_before_categories_before_words() -> None:
    """What the user ruled stands first, then what the source filed, then what the words say."""
    found = CLASSIFIER.classify(article("Vaccine against malaria", "", "en", "Environment"), ("peace",))
    assert [(one.topic, one.signal) for one in found] == [
        ("peace", "rule"),
        ("environment", "category"),
        ("health", "lexicon"),
    ]
    assert all(one.score >= 1 for one in found)


@pytest.mark.parametrize(
    ("category", "topic"),
    [
        ("Santé publique", "health"),
        ("sante-publique", "health"),
        ("Wirtschaft", "economy"),
        ("경제", "economy"),
        ("ENVIRONMENT", "environment"),
        ("Business & Economy", "economy"),
        ("News/Health", "health"),
        ("medtop:06000000", "environment"),
        ("16000000", "peace"),
        ("http://cv.iptc.org/newscodes/mediatopic/07000000", "health"),
        ("الصحة", "health"),
        ("पर्यावरण", "environment"),
    ],
)
def test_categories_are_understood_in_any_language(category: str, topic: str) -> None:
    """A source's own category is enough, whatever language and case it is written in."""
    (one,) = CLASSIFIER.classify(article("Nothing", "", "en", category))
    assert (one.topic, one.signal, one.evidence[0].surface) == (topic, "category", category)


@pytest.mark.parametrize("category", ["Мир", "Healthy recipes", "Fred", "Uncategorized", "", "/"])
def test_other_categories_mean_nothing(category: str) -> None:
    """A category that is not wholly one of ours says nothing: Мир is how Russian sites file world news."""
    assert CLASSIFIER.classify(article("Nothing", "", "ru", category)) == ()


def test_markup_is_no_evidence() -> None:
    """Only text counts, not what stands inside tags."""
    link = '<p><a href="https://example.org/war-peace-war">here</a></p>'
    assert CLASSIFIER.classify(article("Album released", link)) == ()


def test_english_in_another_script_is_understood() -> None:
    """Latin words in a text of another script are read as English."""
    assert words("Health Tips: दूध", "", "mr") == ["health"]
    assert words("IPO 열풍", "", "ko") == ["economy"]


def test_a_near_languages_lexicon_serves() -> None:
    """A language without a lexicon of its own is read by the one of its nearest relative."""
    assert words("Rat i primirje, vojska se povlači", "", "bs") == ["peace"]


def test_a_monstrous_text_takes_no_time() -> None:
    """A megabyte of one endless word, or of nothing but masks, ends like any other text."""
    for text in ("krieg" * 200_000, "Handelskrieg " * 80_000):
        CLASSIFIER.classify_text(LanguageTag("de"), text, text)


def test_a_users_topic_joins_the_shipped_ones() -> None:
    """A topic of the user's is found by its keywords in their languages, by its category, and not under a mask."""
    classifier = TopicClassifier((WATER,))
    assert [topic.slug for topic in load_topics((WATER,))] == ["health", "economy", "environment", "peace", "water"]
    assert words("Waterworks closed", "", "en", classifier) == ["water"]
    assert words("Le fleuve monte", "", "fr", classifier)[0] == "water"
    assert words("H2O", "", "ka", classifier) == ["water"]
    assert words("Water polo final", "", "en", classifier) == []
    assert slugs(classifier.classify(article("", "", "en", "Water supply"))) == ["water"]


def test_a_users_keywords_extend_a_shipped_topic() -> None:
    """A specification of a shipped slug adds to it and keeps the rest."""
    classifier = TopicClassifier((TopicSpec(slug="health", keywords={"en": ("yoga",)}),))
    assert words("Yoga in the park", "", "en", classifier) == ["health"]
    assert words("Malaria vaccine", "", "en", classifier) == ["health"]


def test_a_threshold_makes_a_topic_rarer() -> None:
    """Twice the threshold needs twice the evidence, and 1.0 stays the mark."""
    strict = TopicClassifier((TopicSpec(slug="health", threshold=4.0),))
    assert words("Hospital opens") == ["health"]
    assert words("Hospital opens", "", "en", strict) == []


def test_the_version_changes_with_what_the_answer_depends_on() -> None:
    """Other keywords, other version; the same keywords, the same version, in another process too."""
    classifier = TopicClassifier((WATER,))
    assert classifier.version != CLASSIFIER.version
    copy = pickle.loads(pickle.dumps(classifier))  # noqa: S301 - our own value
    assert copy.version == classifier.version
    assert words("Waterworks closed", "", "en", copy) == ["water"]


def test_an_unknown_language_has_no_words() -> None:
    """Without a lexicon there are rules and categories only, and no guess."""
    assert words("Malaria vaccine in hospital", "", "und") == []
    assert slugs(CLASSIFIER.classify(article("Malaria", "", "und", "Health"))) == ["health"]


@given(
    st.sampled_from([*languages(), "und", "zh-Hant-TW"]),
    st.text(alphabet=st.characters(), max_size=40),
    st.text(alphabet=st.characters(), max_size=80),
)
def test_no_text_is_too_odd(language: str, title: str, text: str) -> None:
    """Any strings at all, lone surrogates included, are classified without an error."""
    CLASSIFIER.classify_text(LanguageTag(language), title, text)


@st.composite
def _texts(draw: Any) -> tuple[str, str, str]:
    """Return a language and a title and a text made of pieces of its own lexicon and anything else."""
    from republisher.classify.lexicon import shipped  # noqa: PLC0415 - only this strategy needs it

    language = draw(st.sampled_from(languages()))
    terms = st.sampled_from([term.written.strip("~$") for term in shipped(language)])
    pieces = st.lists(st.one_of(terms, terms.map(str.upper), st.text(max_size=5), st.just("\u064e")), max_size=12)
    divider = draw(st.sampled_from([" ", "", "\u0640", "\n"]))
    return language, divider.join(draw(pieces)), divider.join(draw(pieces))


@given(_texts())
def test_evidence_stands_literally_in_the_article(texts: tuple[str, str, str]) -> None:
    """Every surface can be found in title or text, and every score is at least the threshold, best first."""
    language, *parts = texts
    title, text = (unicodedata.normalize("NFC", part) for part in parts)
    found = CLASSIFIER.classify_text(LanguageTag(language), title, text)
    for one in found:
        assert one.score >= 1
        assert all(evidence.surface in (title if evidence.place == "title" else text) for evidence in one.evidence)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


FOOTBALL = TopicSpec(slug="football", keywords={"en": ("football", "striker")})
CHAMPION = (
    "Striker fires Rovers to cup glory",
    "The striker shot past the goalkeeper, and the football team won the battle of the cup final after years of war.",
)


def test_words_of_other_subjects_silence_stray_ones() -> None:
    """War and truce in a report on a match are no news about peace; what else it is about stays visible."""
    evidence = CLASSIFIER.weigh_text(LanguageTag("en"), *CHAMPION)
    assert sum(one.weight for one in evidence["peace"]) > 1
    assert {one.surface.lower() for one in evidence["other"]} >= {"striker", "goalkeeper"}
    assert words(*CHAMPION) == []


def test_a_topic_of_one_s_own_may_be_what_is_nobody_s() -> None:
    """A club's topic of football is given although those words speak for no shipped topic, and changes no other's."""
    assert words(*CHAMPION, classifier=TopicClassifier([FOOTBALL])) == ["football"]


def test_each_part_of_a_text_is_read_in_its_own_language() -> None:
    """A translation below the original, or a title in another language, speaks with its own words."""
    french = "<p>Le vaccin contre le paludisme arrive dans les hôpitaux, et les médecins vaccinent les enfants.</p>"
    arabic = "<p>عقد المجلس جلسة يوم الأحد بحضور الأعضاء وناقش جدول الأعمال ثم رفع الجلسة إلى الأسبوع القادم.</p>"
    both = replace(article("", arabic + french, "ar"), other_languages=(LanguageTag("fr"),))
    assert slugs(CLASSIFIER.classify(both)) == ["health"]
    assert {evidence.surface for evidence in CLASSIFIER.classify(both)[0].evidence} >= {"paludisme", "hôpitaux"}
    titled = article("Le vaccin contre le paludisme arrive dans les hôpitaux", arabic, "ar")
    assert slugs(CLASSIFIER.classify(replace(titled, other_languages=(LanguageTag("fr"),)))) == ["health"]
