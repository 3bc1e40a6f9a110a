"""What is believed of what is said, and what a guess is made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, article, korean, origin, site
from republisher.editions import translated
from republisher.model import LanguageTag, Link, PlainText, SafeHtml, Sibling
from republisher.siblings import Carrier, Mark, Statement, Trace, Verdicts, pair
from republisher.translations import likely, statements
from republisher.translations.declared import claims, groups
from republisher.translations.numbers import numbers, weight
from republisher.translations.traces import family, trace

LANGUAGES = {"k": "ko", "l": "ko", "e": "en", "f": "fr", "g": "en", "z": "zh-Hant", "x": "es"}
HOMES = dict.fromkeys("klefgz", frozenset({"a.example", "feed"})) | {"x": frozenset({"b.example"})}
ARTICLES = {f"link:{name}": name for name in LANGUAGES}


def says(speaker: str, **members: str) -> Statement:
    """Return that an article, or a document in capitals, names others with the languages they are said to be in."""
    return Statement(id=speaker, speaker=speaker, members=tuple((f"link:{name}", tag) for name, tag in members.items()))


def document(**members: str) -> Statement:
    """Return what a document says."""
    return replace(says("", **members), id="digest", speaker="sitemap.xml")


def grouped(*said: Statement, verdicts: Verdicts = Verdicts()) -> set[str]:  # noqa: B008  # it is frozen
    """Return the groups that follow, each as the letters of its articles."""
    found, _ = groups(claims(said, ARTICLES, LANGUAGES), LANGUAGES, verdicts, HOMES)
    return {"".join(group) for group in found.values()}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([says("k", e="en")], {"ek"}),
        ([says("k", e="en-GB")], {"ek"}),
        ([says("k", e="")], {"ek"}),
        ([says("k", z="zh")], {"kz"}),
        ([says("k", z="zh-TW")], {"kz"}),
        ([says("k", z="zh-CN")], set()),
        ([says("k", e="fr")], set()),
        ([says("k", l="ko")], set()),
        ([says("k", k="ko", e="en")], {"ek"}),
        ([says("k", e="en", g="en")], set()),
        ([says("k", e="en"), says("l", e="en")], set()),
        ([says("k", e="en"), says("l", e="en"), says("e", l="ko")], {"el"}),
        ([says("k", e="en"), says("e", f="fr")], {"efk"}),
        ([says("k", e="en"), says("e", k="ko"), says("f", e="en", g="en"), says("g", f="fr")], {"ek", "fg"}),
        ([document(k="ko", e="en", f="fr")], {"efk"}),
        ([document(k="ko", l="ko", f="fr")], set()),
        ([document(k="", l="", e="", f="")], {"ef"}),
        ([document(k="ko", e="en"), says("l", e="en")], {"ek"}),
        ([says("unknown", e="en")], set()),
        ([says("x", e="en")], set()),
        ([says("x", e="en"), says("e", x="es")], {"ex"}),
        ([document(x="es", e="en")], {"ex"}),
    ],
)
def test_what_is_said_is_believed_within_reason(said: list[Statement], expected: set[str]) -> None:
    """The rules in the docstring of the module, one by one."""
    assert grouped(*said) == expected


def test_the_editor_comes_before_everybody() -> None:
    """What is confirmed is joined first, what is denied stays apart."""
    k_and_e, k_and_g = pair("k", "e"), pair("k", "g")
    assert grouped(says("k", e="en"), verdicts=Verdicts(denied=frozenset({k_and_e}))) == set()
    assert grouped(document(k="ko", e="en"), verdicts=Verdicts(confirmed=frozenset({k_and_g}))) == {"gk"}
    assert grouped(verdicts=Verdicts(confirmed=frozenset({pair("k", "l")}))) == set()


@given(
    st.lists(st.tuples(st.sampled_from("klefgz"), st.sampled_from("klefgz"), st.sampled_from(["ko", "en", "fr", ""])))
)
def test_no_group_has_two_articles_of_a_language(said: list[tuple[str, str, str]]) -> None:
    """Whatever nonsense is said, and in whatever order."""
    given_ = [Statement(id=one, speaker=one, members=((f"link:{other}", tag),)) for one, other, tag in said]
    found, _ = groups(claims(given_, ARTICLES, LANGUAGES), LANGUAGES, Verdicts(), HOMES)
    for id_, group in found.items():
        assert id_ in group
        assert len({LANGUAGES[one] for one in group}) == len(group) > 1
        assert all(found[one] == group for one in group)
    assert groups(claims(given_[::-1], ARTICLES, LANGUAGES), LANGUAGES, Verdicts(), HOMES)[0] == found


def test_who_said_so_is_told() -> None:
    """For each two, all who did."""
    _, said = groups(
        claims([says("k", e="en"), document(k="ko", e="en")], ARTICLES, LANGUAGES), LANGUAGES, Verdicts(), HOMES
    )
    assert said == {pair("k", "e"): ("k", "sitemap.xml")}


def test_statements_of_a_document_are_told_apart_by_what_they_say() -> None:
    """The same set in another order is the same statement."""
    one, other = (
        Link(href="https://a.example/1", hreflang="en"),
        Link(href="http://www.a.example/2/", hreflang="x-default"),
    )
    (said,) = statements("map", [(one, other)])
    assert statements("map", [(other, one)]) == (said,)
    assert said.members == (("link:a.example/1", "en"), ("link:a.example/2", ""))
    assert statements("other", [(one, other)])[0].id != said.id


@pytest.mark.parametrize(
    ("language", "written", "expected"),
    [
        ("en", "140,000 sets, 3.5 million views, 1.25 billion won", {"140000", "3500000", "1250000000"}),
        ("de", "140.000 Spritzen, 3,5 Millionen, 1,25 Milliarden", {"140000", "3500000", "1250000000"}),
        (
            "fr",
            "140 000 doses, 3,5 millions, 1,25 milliard, 14 mai 2026",
            {"140000", "3500000", "1250000000", "14", "2026"},
        ),
        ("ko", "14만 명, 1,156만 회, 12억 5천만 원, 3억 5000만 원", {"140000", "11560000", "1250000000", "350000000"}),
        ("zh-Hans", "14万剂、1156万次、12.5亿元", {"140000", "11560000", "1250000000"}),
        ("ja", "14万回分、3億5000万円、2万7450人、5000万 12", {"140000", "350000000", "27450", "50000000", "12"}),
        ("ar", "١٤٠٬٠٠٠ جرعة و٣٫٥ مليون مشاهدة", {"140000", "3500000"}),
        ("fa", "۱۴۰٬۰۰۰ دوز", {"140000"}),
        ("hi", "1,40,000 खुराक, 3.5 करोड़", {"140000", "35000000"}),
        ("es", "140.000 dosis, 3,5 millones", {"140000", "3500000"}),
        ("ru", "140 000 доз, 3,5 млн просмотров", {"140000", "3500000"}),
        ("en", "July 14 350 people, 07:05, 63.60%", {"14", "350", "7", "5", "63.6"}),
        ("en", "no numbers; 9" + "9" * 40, set()),
        ("ko", "9" + "조" * 5000, {"9" + "0" * 48}),
    ],
)
def test_a_number_is_the_same_however_it_is_written(language: str, written: str, expected: set[str]) -> None:
    """Digits of every script, separators, and words for thousands, millions and their like in East and West."""
    assert numbers(written, language) == expected


def test_small_numbers_years_and_round_numbers_say_less() -> None:
    """What anybody may write is no evidence."""
    assert (
        weight("17") == weight("2026") == weight("7") < weight("100") < weight("350") < weight("351") < weight("140417")
    )


@given(st.text(), st.sampled_from(["en", "fr", "ko"]))
def test_any_text_has_numbers_that_can_be_weighed(words: str, language: str) -> None:
    """Nothing a source writes breaks the reading of it."""
    assert all(0 < weight(number) <= 1.5 for number in numbers(words, language))


def test_a_trace_holds_what_translators_leave() -> None:
    """Pictures, links that lead somewhere, numbers, names; neither the permalink nor the author nor a first word."""
    one = article(
        language=LanguageTag("en"),
        content=SafeHtml(
            '<p>The BioNTech vaccine came to Gapyeong. Awa said: Good. <a href="https://x.example/report/2026">x</a>'
            '<a href="https://x.example/fr/">x</a> 12,804 https://y.example/a/long/path.</p>'
            '<img src="https://www.source.example/p-640x360.jpg">'
        ),
    )
    found = trace(one, "feed")
    assert found is not None
    said: dict[str, set[str]] = {}
    for mark in found.marks:
        said.setdefault(mark.kind, set()).add(mark.value)
    assert said["link"] == {"x.example/report/2026", "y.example/a/long/path"}
    assert {"source.example/p.jpg", "source.example/a.mp3", "source.example/i/640.jpg"} <= said["picture"]
    assert said["number"] == {"12804"}
    assert said["name"] == {"biontech", "gapyeong"}
    assert trace(replace(one, language=LanguageTag("und")), "feed") is None


@pytest.mark.parametrize(
    ("link", "owner", "expected"),
    [
        ("https://fr.news.example.org/1", "x", "example.org"),
        ("https://www.gg.go.kr/1", "x", "gg.go.kr"),
        ("https://example.org/ko/1", "x", "example.org"),
        (None, "https://ko.example.org/feed", "example.org"),
        (None, "feeds/ko.xml", "feeds"),
    ],
)
def test_sites_in_several_languages_are_one_family(link: str | None, owner: str, expected: str) -> None:
    """What stands before a domain, or the folder of files, does not tell them apart."""
    one = article(link=link, origin=origin(alternate=None, self_link=None))
    assert family(one, owner) == expected


def left(name: str, language: str, *values: str, hours: float = 0, kind: str = "number") -> Trace:
    """Return the trace of an article."""
    marks = tuple(
        Mark(
            kind="number" if kind == "number" else "picture",
            value=value,
            weight=weight(value) if kind == "number" else 2,
        )
        for value in values
    )
    return Trace(
        id=name,
        language=language,
        published=NOON + timedelta(hours=hours),
        family="a.example",
        topics=("health",),
        length=900,
        marks=marks,
    )


def among(*traces: Trace) -> likely.Carriers:
    """Return who has which mark."""

    def carriers(key: str, week: int) -> tuple[Carrier, ...]:
        return tuple(
            Carrier(article=one.id, language=one.language, week=one.week)
            for one in traces
            if abs(one.week - week) <= 1 and any(mark.key == key for mark in one.marks)
        )

    return carriers


def test_what_is_shared_makes_a_guess_and_is_its_reason() -> None:
    """The same either way round, and readable."""
    k, e = left("k", "ko", "7341", "3052", "63.6", hours=3), left("e", "en", "7341", "3052", "63.6")
    carriers = among(k, e)
    there, back = likely.compare(k, e, carriers), likely.compare(e, k, carriers)
    assert there is not None
    assert back is not None
    assert there.confidence == back.confidence > likely.SURE
    assert there.reasons == ("numbers 3052, 7341, 63.6", "same site", "topic health", "3 hours apart")
    assert likely.evidence(k, carriers).keys() == {"e"}


def test_what_everybody_has_says_nothing() -> None:
    """The telephone number of the office is in all its releases."""
    releases = [left(f"{tag}{n}", tag, "80081234", "31555", "4488") for tag in ("ko", "en") for n in range(4)]
    compared = [likely.compare(releases[0], other, among(*releases)) for other in releases[4:]]
    assert all(guess is None or guess.confidence < 0.5 for guess in compared)


def test_days_apart_or_in_one_language_is_never_a_guess() -> None:
    """However much is shared."""
    k, late = left("k", "ko", "7341", "3052", "63.6"), left("e", "en", "7341", "3052", "63.6", hours=73)
    same = replace(late, language="ko", published=k.published)
    assert likely.compare(k, late, among(k, late)) is None
    assert likely.compare(k, same, among(k, same)) is None


def test_one_picture_is_a_reason_one_number_is_not() -> None:
    """A number alone may be chance."""
    k, e = left("k", "ko", "p.jpg", kind="picture"), left("e", "en", "p.jpg", kind="picture")
    assert likely.compare(k, e, among(k, e)) is not None
    k, e = left("k", "ko", "12804217"), left("e", "en", "12804217")
    assert likely.compare(k, e, among(k, e)) is None


def test_only_the_clearly_best_is_chosen() -> None:
    """Of two that are about as likely none is."""
    k = left("k", "ko", "7341", "3052", "63.6")
    e, g = left("e", "en", "7341", "3052", "63.6"), left("g", "en", "7341", "3052")
    guesses = [guess for other in (e, g) if (guess := likely.compare(k, other, among(k, e)))]
    alike = [replace(guesses[0], other="g"), guesses[0]]
    assert [guess.other for guess in likely.choose([guesses[0]])] == ["e"]
    assert likely.choose(alike) == ()


def test_what_is_said_takes_the_place_of_the_source_s_link() -> None:
    """A guess does not, and other languages stay."""
    sibling = Sibling(id="urn:x", slug="x", title=PlainText("Título"), language=LanguageTag("es"), said_by=("map",))
    home = translated(article(), (sibling,), site())
    assert [link.href for link in home.links if link.hreflang] == ["https://feeds.example.org/articles/x.html"]
    guess = translated(article(), (replace(sibling, confidence=0.8),), site())
    assert guess.links == article().links
    assert translated(korean(), (), site()) == korean()
