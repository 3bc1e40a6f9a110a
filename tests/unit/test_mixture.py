"""Texts in several languages: the larger part names the article, and each part is read in its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.language import apart, decide, mixture
from republisher.model import LanguageTag

TEXTS = {
    "ko": "경기도는 20일 도청에서 청년 일자리 확대를 위한 새로운 지원 계획을 발표했다. "
    "도는 내년까지 중소기업 1,200곳과 협약을 맺고 임금의 절반을 지원한다. "
    "김 지사는 청년이 지역에 머무를 수 있도록 하겠다고 말했다.",
    "en": "The province announced a new plan on Thursday to create more jobs for young people. It will sign agreements "
    "with 1,200 small companies until next year and pay half of the wages. The governor said that young people should "
    "be able to stay in the region.",
    "ar": "أعلنت الحكومة يوم الخميس عن خطة جديدة لخلق فرص العمل للشباب في المحافظات. "
    "وستوقع اتفاقيات مع ألف ومئتي شركة صغيرة حتى العام المقبل وتدفع نصف الأجور. "
    "وقال الوزير إن الشباب يجب أن يبقوا في مناطقهم.",
    "fr": "Le gouvernement a annoncé jeudi un nouveau plan pour créer des emplois pour les jeunes dans les régions. Il "
    "signera des accords avec mille deux cents petites entreprises et paiera la moitié des salaires. Le ministre a "
    "déclaré que les jeunes doivent pouvoir rester.",
    "zh-Hans": "政府星期四宣布了一项为青年创造就业机会的新计划。到明年，将与一千二百家小企业签订协议，"
    "并支付一半的工资。省长表示，应当让青年人能够留在本地区发展。",
    "hi": "सरकार ने गुरुवार को युवाओं के लिए रोजगार की नई योजना की घोषणा की। "
    "अगले साल तक बारह सौ छोटी कंपनियों के साथ समझौते किए जाएंगे और आधा वेतन दिया जाएगा। मुख्यमंत्री ने कहा कि युवा अपने क्षेत्र में रह सकें।",
    "es": "El gobierno anunció el jueves un nuevo plan para crear empleo para los jóvenes en las regiones. Firmará "
    "acuerdos con mil doscientas pequeñas empresas hasta el próximo año y pagará la mitad de los salarios. El ministro "
    "dijo que los jóvenes deben poder quedarse.",
}
PAIRS = [("ko", "en"), ("ar", "fr"), ("zh-Hans", "en"), ("hi", "en"), ("en", "es")]


def found(title: str, text: str) -> tuple[LanguageTag, tuple[LanguageTag, ...]]:
    """Return what an undeclared article is recognised as."""
    return mixture(decide((), title, text)[0], title, text)


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((other, one) for one, other in PAIRS)])
def test_the_larger_part_names_the_article(one: str, other: str) -> None:
    """Whichever comes first; the other language is noted."""
    beginning = TEXTS[one][:110]
    assert found("", f"{TEXTS[one]}\n{TEXTS[one]}\n{TEXTS[other]}") == (one, (other,))
    assert found("", f"{TEXTS[one]}\n{TEXTS[other]}\n{TEXTS[other]}\n{TEXTS[other]}") == (other, (one,))
    assert found("", f"{beginning}\n{TEXTS[other] * 4}")[0] == other


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((other, one) for one, other in PAIRS)])
def test_a_translation_below_stays_one(one: str, other: str) -> None:
    """Though some languages take more letters to say the same."""
    assert found("", f"{TEXTS[one]}\n{TEXTS[other]}") == (one, (other,))


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *((other, one) for one, other in PAIRS)])
def test_a_title_in_another_language_is_noted(one: str, other: str) -> None:
    """However long the text below it is."""
    title = TEXTS[other][:80].rpartition(" ")[0] or TEXTS[other][:22]
    assert found(title, TEXTS[one] * 3) == (one, (other,))


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_in_one_language_contains_no_other(language: str) -> None:
    """Nor do names, abbreviations and a quotation make it so."""
    assert found("", TEXTS[language] * 2) == (language, ())
    assert found("OECD PISA 2025", f"{TEXTS[language] * 2} Samsung Galaxy S24, “business as usual”.") == (language, ())


def test_neighbours_are_not_told_apart_within_a_text() -> None:
    """A Danish text with a sentence that could be Norwegian is Danish."""
    text = "Regeringen vil give flere penge til skoler uden bibliotek. Det er ikke nødvendig med en ny lov. " * 3
    assert found("", text) == ("da", ())


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_each_part_is_given_apart(one: str, other: str) -> None:
    """Every passage once, with the language it is in; the title with its own."""
    parts = {
        tag: (title, text)
        for tag, title, text in apart(
            [LanguageTag(one), LanguageTag(other)], TEXTS[other][:60], f"{TEXTS[one]}\n{TEXTS[other]}"
        )
    }
    assert parts[LanguageTag(one)][0] == ""
    assert parts[LanguageTag(other)][0] == TEXTS[other][:60]
    assert "".join(parts[LanguageTag(one)][1].split()) == "".join(TEXTS[one].split())
    assert "".join(parts[LanguageTag(other)][1].split()) == "".join(TEXTS[other].split())


@given(st.text(max_size=60), st.text(max_size=300), st.sampled_from(["en", "ko", "ar", "und", "xx", "zh-Hant"]))
def test_no_text_is_too_odd(title: str, text: str, main: str) -> None:
    """Any strings at all end in tags, and none is named twice."""
    language, others = mixture(LanguageTag(main), title, text)
    assert language not in others
    assert len(set(others)) == len(others)
    assert list(apart((language, *others), title, text))
