"""Copies of a story: found in every script, and never by chance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from republisher.likeness import ENOUGH, likeness, sequences, sketch

ENGLISH = (
    "Officials in the province said on Tuesday that the new clinic will open its doors in the first week of May, two"
    " months later than planned, because pumps for the heating had been delivered to the wrong town. Nurses who were to"
    " start in March have been paid all the same. Patients are asked to go to the old building until then."
)
KOREAN = (
    "도는 화요일 새 보건소가 계획보다 두 달 늦은 오월 첫째 주에 문을 연다고 밝혔다. 난방용 펌프가 다른 시로"
    " 잘못 배달되었기 때문이다. 삼월부터 일하기로 한 간호사들은 급여를 그대로 받았다."
    " 환자들은 그때까지 옛 건물을 이용해야 한다."
)
THAI = "จังหวัดแถลงเมื่อวันอังคารว่าสถานีอนามัยแห่งใหม่จะเปิดในสัปดาห์แรกของเดือนพฤษภาคมช้ากว่าแผนสองเดือนเพราะเครื่องสูบน้ำถูกส่งผิดเมือง"


def share(one: str, other: str) -> float:
    """Return how alike two texts under the same headline are."""
    return likeness(sequences("Clinic", one), sequences("Clinic", other))


def test_a_signature_does_not_make_another_story() -> None:
    """In words and where words are not spaced."""
    for text in (ENGLISH, KOREAN, THAI):
        changed = text + " (AB)"
        assert share(text, changed) >= ENOUGH
        assert set(sketch(sequences("", text))) & set(sketch(sequences("Other headline", changed)))


def test_the_same_event_in_other_words_is_another_story() -> None:
    """Two reports that share names and a sentence stay two."""
    other = "The clinic opens in May. " + ENGLISH.split(". ")[1] + ". Everything else was said by the mayor yesterday."
    assert share(ENGLISH, other) < ENOUGH


def test_short_texts_have_no_copies() -> None:
    """Two notices of ten words are alike by chance."""
    assert sketch(sequences("Closed", "The office is closed today because of the holiday.")) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_fraction_and_goes_both_ways(one: str, other: str) -> None:
    """From none to all, the same from either side, and all of itself."""
    first, second = sequences("", one), sequences("", other)
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
    assert likeness(first, first) == (1.0 if first else 0.0)
