"""Languages: tags, direction, and what an article is written in."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from republisher.classify.lexicon import languages
from republisher.language import SIMPLIFIED, TRADITIONAL, canonical, decide, direction, fallbacks, variant
from republisher.language.words import evidence, shipped, spellings
from republisher.model import LanguageTag

GERMAN = (
    "Die Bundesregierung hat am Mittwoch einen Entwurf beschlossen, der kleine Betriebe von Abgaben entlasten soll. "
    "Der Bundestag wird darüber im Herbst beraten."
)
ENGLISH = (
    "The government agreed on Wednesday on a draft that will relieve small companies of taxes, and parliament "
    "is going to debate it in autumn."
)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("en_US", "en-US"),
        ("en_US.UTF-8", "en-US"),
        ("en-UK", "en-GB"),
        (" fr-ca ", "fr-CA"),
        ("iw", "he"),
        ("in-ID", "id-ID"),
        ("no", "nb"),
        ("fil-PH", "tl-PH"),
        ("eng", "en"),
        ("jp", "ja"),
        ("zh-cn", "zh-CN"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("zh-yue-HK", "yue-HK"),
        ("sh", "sr-Latn"),
        ("es-419", "es-419"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
    ],
)
def test_tags_become_canonical(written: str, tag: str) -> None:
    """A tag as feeds write it gets the form and case of BCP 47."""
    assert canonical(written) == tag


@pytest.mark.parametrize(
    "written", ["", "english", "e", "en us", "12", "<b>", "en-", "ko-한국", "i-klingon", "x-private"]
)
def test_what_is_no_tag_is_none(written: str) -> None:
    """A word that is no language tag is refused rather than published."""
    assert canonical(written) is None


@given(st.one_of(st.text(), st.from_regex(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{1,8}){0,4}", fullmatch=True)))
def test_canonical_is_idempotent(written: str) -> None:
    """A canonical tag is its own canonical form."""
    tag = canonical(written)
    assert tag is None or canonical(tag) == tag


@pytest.mark.parametrize(
    ("tag", "chain"),
    [
        ("zh-Hant-TW", ("zh-Hant-TW", "zh-Hant", "zh")),
        ("zh-TW", ("zh-TW", "zh-Hant", "zh")),
        ("zh-CN", ("zh-CN", "zh-Hans", "zh")),
        ("de-DE-u-co-phonebk", ("de-DE-u-co-phonebk", "de-DE-u-co", "de-DE", "de")),
        ("ko", ("ko",)),
    ],
)
def test_fallbacks_go_from_near_to_far(tag: str, chain: tuple[str, ...]) -> None:
    """What stands in for a language keeps its script as long as it can."""
    assert fallbacks(LanguageTag(tag)) == chain


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("ur", "rtl"),
        ("fa", "rtl"),
        ("ko", "ltr"),
        ("az-Arab", "rtl"),
        ("ks-Deva", "ltr"),
    ],
)
def test_direction_follows_the_script(tag: str, expected: str) -> None:
    """Text runs as its script does, a stated script before the language's usual one."""
    assert direction(LanguageTag(tag)) == expected


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("경기도가 새로운 정책을 발표했다", "ko"),
        ("政府は新しい政策を発表した", "ja"),
        ("รัฐบาลประกาศนโยบายใหม่", "th"),
        ("Η κυβέρνηση ανακοίνωσε νέα πολιτική", "el"),
        ("הממשלה הכריזה על מדיניות חדשה", "he"),
        ("სამთავრობო პოლიტიკა", "ka"),
        ("政府宣布新的经济政策", "zh-Hans"),
        ("政府宣布新的經濟政策", "zh-Hant"),
        ("삼성전자 Galaxy S24 출시", "ko"),
    ],
)
def test_a_script_of_one_language_decides(text: str, tag: str) -> None:
    """Where a script belongs to one language, nothing needs to be guessed."""
    assert decide((), text, "") == (tag, "script")


@pytest.mark.parametrize(("text", "tag"), [(GERMAN, "de"), (ENGLISH, "en")])
def test_a_shared_script_is_detected(text: str, tag: str) -> None:
    """Undeclared text in a script of many languages is told by its words."""
    assert decide((), "", text) == (tag, "detected")


def test_a_declaration_is_believed() -> None:
    """What the source says of its language holds, and the most trusted saying first."""
    assert decide([("entry", "de-AT"), ("feed", "en")], "", GERMAN) == ("de-AT", "entry")
    assert decide([("entry", None), ("feed", "de")], "", GERMAN) == ("de", "feed")


@pytest.mark.parametrize("nothing", ["und", "mul", "zxx", "", "english"])
def test_a_declaration_of_nothing_is_passed_over(nothing: str) -> None:
    """A tag that names no language is as good as none."""
    assert decide([("feed", nothing)], "", GERMAN) == ("de", "detected")


def test_a_script_contradicts_a_declaration() -> None:
    """Korean under `en-US` is Korean, and English under `ko` is English."""
    assert decide([("feed", "en-US")], "경기도가 새로운 정책을 발표했다", "") == ("ko", "script")
    assert decide([("feed", "ko")], "", ENGLISH) == ("en", "detected")
    assert decide([("feed", "zh-CN")], "政府宣布新的經濟政策與環境計畫", "") == ("zh-Hant", "script")


def test_a_feeds_unchanged_default_is_doubted() -> None:
    """A feed's `en-US` above a long German text is a default nobody changed; an entry's own word is not doubted."""
    assert decide([("feed", "en-US")], "", GERMAN) == ("de", "detected")
    assert decide([("feed", "en-US")], "", ENGLISH) == ("en-US", "feed")
    assert decide([("entry", "en-US")], "", GERMAN) == ("en-US", "entry")


def test_bare_chinese_is_told_apart() -> None:
    """A declared `zh` becomes the standard it is written in, so that readers are not split over three tags."""
    assert decide([("feed", "zh")], "政府宣布新的经济政策", "") == ("zh-Hans", "feed")


def test_bare_serbian_is_told_apart() -> None:
    """What is declared Serbian and written in Latin letters says so, since its channel is another one."""
    assert decide([("feed", "sr-RS")], "Vlada je usvojila nove mere", "") == ("sr-Latn-RS", "feed")
    assert decide([("feed", "sr")], "Влада је усвојила нове мере", "") == ("sr", "feed")


def test_detection_keeps_to_what_is_expected() -> None:
    """Where languages are close, the publisher's expectation decides."""
    text = "Vlada je danas usvojila novi zakon o zaštiti okoliša i najavila ulaganja u gospodarstvo."
    assert decide((), "", text, (LanguageTag("hr"), LanguageTag("en"))) == ("hr", "detected")


@pytest.mark.parametrize("text", ["", "12345", "…", "\ud800\x00", "a"])
def test_unknown_is_an_honest_answer(text: str) -> None:
    """A text without words has no language."""
    assert decide((), "", text) == ("und", "unknown")


@settings(deadline=None)  # the careful detector takes its time to wake
@given(
    st.text(alphabet=st.characters(), max_size=60), st.text(alphabet=st.characters(), max_size=60), st.text(max_size=9)
)
def test_no_text_is_too_odd(title: str, text: str, declared: str) -> None:
    """Any strings at all, lone surrogates and controls included, end in a tag."""
    tag, origin = decide([("entry", declared)], title, text)
    assert canonical(tag) == tag
    assert origin


def test_the_characters_of_both_standards_pair_up() -> None:
    """Every simplified character has its traditional one, once."""
    assert len(SIMPLIFIED) == len(TRADITIONAL) == len(set(SIMPLIFIED)) == len(set(TRADITIONAL))


def test_detectors_are_loaded_only_when_needed() -> None:
    """Importing the module, and believing a declaration, load no detector and warn of nothing."""
    code = (
        "import sys, republisher.language as l;"
        "l.decide([('feed','de')], 'Titel', 'Ein Text auf Deutsch');"
        "assert not {'pycld2', 'py3langid', 'numpy'} & set(sys.modules);"
        "l.decide((), 'qi', 'xo zu')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Spring CRUD vs JPA 차이", "Spring Data JPA repository interface 사용 방법 정리", "ko"),
        ("Docker compose 入门", "docker compose up -d 启动 nginx mysql redis 容器服务并查看日志", "zh-Hans"),
        ("GraphQL", "", "und"),
        ("kafka", "{: .fs-6 .fw-300 }", "und"),
    ],
)
def test_names_and_code_are_no_language(title: str, text: str, expected: str) -> None:
    """A text about software is in the language of its other letters, and a word or two is in none."""
    assert decide((), title, text)[0] == expected


@given(st.text(max_size=120))
def test_what_is_recognised_is_a_language_everybody_knows(text: str) -> None:
    """A guess never ends in a code that only specialists, and no validator, have heard of."""
    tag, origin = decide((), "", text)
    assert tag == "und" or origin == "script" or len(tag.split("-")[0]) == 2


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("Kerajaan umum bantuan baharu kepada penduduk luar bandar", "ms"),
        ("Pemerintah umumkan bantuan baru bagi warga pedesaan", "id"),
        ("Regeringen vil give flere penge til skoler uden bibliotek", "da"),
        ("Regjeringen vil gi mer penger til skoler uten bibliotek", "nb"),
        ("Regjeringa vil gje meir pengar til skular utan bibliotek, seier ho", "nn"),
        ("Regeringen vill ge mer pengar till skolor utan bibliotek", "sv"),  # codespell:ignore vill
        ("Vlada je prije tri tjedna najavila nova vlakove za sjever", "hr"),
        ("Vlada je pre tri nedelje najavila nove vozove za sever zemlje", "sr-Latn"),
        ("Влада је пре три недеље најавила нове возове", "sr"),
        ("Vláda schválila příspěvek pro školy, které jsou mimo město", "cs"),
        ("Vláda schválila príspevok pre školy, ktoré sú mimo mesta", "sk"),
        ("Правительство объявило о новых мерах поддержки", "ru"),
        ("Уряд оголосив про нові заходи підтримки, які діють", "uk"),
        ("Правителството обяви нови мерки, които ще влязат в сила", "bg"),
        ("A câmara municipal não vai aumentar os impostos este ano", "pt"),  # codespell:ignore vai
        ("El ayuntamiento no subirá los impuestos este año", "es"),
        ("O concello non vai subir os impostos este ano, di a alcaldesa", "gl"),  # codespell:ignore vai
        ("L'ajuntament no apujarà els impostos aquest any", "ca"),
        ("सरकार ने नई योजना की घोषणा की है", "hi"),
        ("सरकारने नवीन योजना जाहीर केली आहे", "mr"),
        ("सरकारले नयाँ योजना घोषणा गरेको छ", "ne"),
        ("دولت از طرح تازه برای روستاها خبر داد", "fa"),
        ("حکومت نے دیہات کے لیے نئے منصوبے کا اعلان کیا", "ur"),
        ("أعلنت الحكومة عن خطة جديدة لدعم القرى", "ar"),
        ("Hökumət kəndlər üçün yeni plan elan edib", "az"),
        ("Hükümet köyler için yeni bir plan açıkladı", "tr"),
        ("Gwamnatin jihar ta ce za ta gina sababbin makarantu", "ha"),
        ("Serikali ya mkoa imesema itajenga shule mpya kwa watoto", "sw"),
        ("Magtatayo ng mga bagong paaralan ang pamahalaan, ayon sa alkalde", "tl"),
        ("日経平均、一時1200円安 米関税と円高", "ja"),
    ],
)
def test_near_languages_are_told_apart(title: str, tag: str) -> None:
    """Eight words or so are enough, since small words, letters and endings differ between neighbours."""
    assert decide((), title, "")[0] == tag


def test_words_are_known_for_every_language_that_needs_them() -> None:
    """Each language with a lexicon of topics is preferred where nothing else decides, and no other one is."""
    assert {tag.split("-")[0] for tag in shipped()} == set(languages())


def test_words_speak_for_each_language_that_has_them() -> None:
    """A word of two neighbours speaks for neither, a word that one of them writes otherwise does."""
    assert evidence("og")["da"] == evidence("og")["nb"]
    assert evidence("regeringen ikke").get("da", 0) > evidence("regeringen ikke").get("nb", 0)


def test_no_word_has_two_spellings() -> None:
    """What tells one standard of a language is not a word of another one."""
    for tag, words in spellings().items():
        for other, others in spellings().items():
            assert tag == other or tag[:2] != other[:2] or not words & others


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The colour of the town's centre", "en-GB"),
        ("The color of the downtown center", "en-US"),
        ("A town by the sea", None),
        ("The colour of the civic center", None),
    ],
)
def test_the_spelling_tells_a_standard(text: str, expected: str | None) -> None:
    """Only where it leaves no doubt."""
    assert variant(text, [LanguageTag("en-GB"), LanguageTag("en-US")]) == expected


@pytest.mark.parametrize(
    "text", ["Kylian Mbappé, Erling Haaland", "iPhone 15 Pro Max 256GB", "npm ERR! code ERESOLVE", "lorem:ipsum:8080"]
)
def test_names_and_noise_stay_undetermined(text: str) -> None:
    """Nobody is told a language where there is none."""
    assert decide((), text, "") == ("und", "unknown")
