"""Folding: what is the same word becomes the same string, and its place in the original is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.classify.folding import fold
from republisher.classify.lexicon import languages


@pytest.mark.parametrize(
    ("written", "folded", "language"),
    [
        ("ISTANBUL", "ıstanbul", "tr"),
        ("İstanbul", "istanbul", "tr"),
        ("ISTANBUL", "istanbul", "en"),
        ("vac\u00adcine", "vaccine", "en"),
        ("\ufeffvaccine", "vaccine", "en"),
        ("សុខ\u200bភាព", "សុខភាព", "km"),
        ("न\u200dिर्मला", "निर्मला", "hi"),
        ("مُسْتَشْفَى", "مستشفي", "ar"),
        ("ኅብረተሠብ", "ህብረተሰብ", "am"),
        ("Sănătate și pace", "sanatate si pace", "ro"),
        ("Sănătaţi", "sanatati", "ro"),
        ("ВСЁ", "все", "ru"),
        ("ΥΓΕΊΑΣ", "υγειασ", "el"),
        ("氣候", "气候", "zh"),
        ("ＣＯＶＩＤ", "covid", "ja"),
    ],
)
def test_ways_of_writing_a_word_become_one(written: str, folded: str, language: str) -> None:
    """Capitals, accents people leave out, marks nobody sees, letters taken for one another."""
    assert fold(written, language).text == folded


@given(st.text(), st.sampled_from(languages()))
def test_every_place_is_known(text: str, language: str) -> None:
    """The span of the whole is the whole, and spans follow one another."""
    folded = fold(text, language)
    assert folded.span(0, len(folded.text))[1] == len(text) or not folded.text
    ends = [folded.span(at, at + 1) for at in range(len(folded.text))]
    assert all(start < end for start, end in ends)
    assert [start for start, _ in ends] == sorted(start for start, _ in ends)
