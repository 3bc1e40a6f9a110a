"""Plain text in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.digest.wrap import fitted, width, wrapped

TEXTS = st.text(alphabet="ab ,。「」漢字かな가나다é\u0301👩‍", max_size=120)


@given(TEXTS, st.integers(min_value=10, max_value=80))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, columns: int) -> None:
    """Whatever the script, lines fit on the screen, and hold every character but the spaces."""
    made = wrapped(text, columns, "* ", "  ")
    assert all(width(line) <= columns + 2 for line in made.split("\n"))
    assert "".join(made.split()).removeprefix("*") == "".join(text.split())


@given(TEXTS, st.integers(min_value=2, max_value=60))
def test_what_is_fitted_fits(text: str, columns: int) -> None:
    """A text that fits is left alone, another is cut and closed."""
    made = fitted(text, columns)
    assert width(made) <= columns
    assert made == text or made.endswith("…")


def test_chinese_and_japanese_break_between_characters_but_not_before_a_full_stop() -> None:
    """No line begins with a closing sign or ends with an opening one."""
    assert wrapped("これは日本語。次の文です", 12) == "これは日本\n語。次の文で\nす"
    assert wrapped("これは日本「語」です", 12) == "これは日本\n「語」です"


def test_korean_breaks_between_words() -> None:
    """Hangul is as wide as an ideograph, yet a word stays whole."""
    assert wrapped("도내 보건소가 월요일부터 문을 연다.", 14) == "도내 보건소가\n월요일부터\n문을 연다."


@pytest.mark.parametrize("address", ["https://example.org/" + "x" * 90, "mailto:a@example.org?subject=" + "y" * 60])
def test_an_address_stays_whole(address: str) -> None:
    """A broken address leads nowhere."""
    assert wrapped(f"Read on at {address} or not", 40).split("\n")[1] == address


def test_a_cut_comes_after_a_word() -> None:
    """Signs that lead on to something are taken away with it."""
    assert fitted("Rivers fall, and farmers wait", 14) == "Rivers fall…"
    assert fitted("예방접종 시작합니다 오늘", 12) == "예방접종…"
