"""Plain text: what may stand, how it is shortened, what names a file."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher import text

ANY = st.text(st.characters(), max_size=400)


@given(ANY)
def test_plain_text_can_always_be_encoded_and_is_stable(value: str) -> None:
    """What `plain` returns encodes as UTF-8, is NFC, stands on one line, and is left alone the second time."""
    once = text.plain(value)
    once.encode()
    assert once == text.plain(once) == unicodedata.normalize("NFC", once)
    assert "\n" not in once
    assert "\x00" not in once


@pytest.mark.parametrize(
    "forbidden", ["\x00", "\x0b", "\x1f", "\x7f", "\x9f", "\ud800", "\ufffe", "\U0001ffff"[:0] or "\uffff"]
)
def test_what_xml_forbids_is_dropped(forbidden: str) -> None:
    """Control characters, surrogates and noncharacters vanish; their neighbours stay."""
    assert text.legal(f"a{forbidden}b") == "ab"


def test_html_becomes_a_line_a_block() -> None:
    """Blocks part lines, inline elements do not, entities are resolved, attributes with > do not leak."""
    html = '<ul><li>One <b>bold</b></li><li>Two &amp; <a title="a > b" href="https://e.example">three</a></li></ul><p>4<br>5</p>'
    assert text.from_safe_html(html) == "One bold\nTwo & three\n4\n5"


def test_lines_without_an_end_are_parted_by_a_dot() -> None:
    """Headlike lines run on with a middle dot, sentences without one."""
    assert (
        text.run_on("Fry released\nIn five valleys\nIt rained.\nDone")
        == "Fry released · In five valleys · It rained. Done"
    )


@given(ANY, st.integers(min_value=5, max_value=60))
def test_shortening_never_exceeds_its_limit(value: str, limit: int) -> None:
    """The result fits, and a text that fits already is only cleaned."""
    short = text.shorten(value, limit)
    assert len(short) <= limit
    if len(text.plain(value)) <= limit:
        assert short == text.plain(value)


def test_shortening_ends_after_a_word() -> None:
    """The cut falls between words and shows."""
    assert text.shorten("The quick brown fox jumps", 18) == "The quick brown…"
    assert text.shorten("경기도가 예방접종을 시작했다고 밝혔다", 12) == "경기도가 예방접종을…"


@given(ANY)
def test_slugs_are_safe_file_names(value: str) -> None:
    """Only small letters, digits and inner hyphens, at most as long as asked for."""
    slug = text.slug(value, 40)
    assert len(slug) <= 40
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in slug)
    assert slug == slug.strip("-").lower()


def test_slugs_keep_what_latin_letters_there_are() -> None:
    """Accents go, other scripts vanish, and long titles are cut after a word."""
    assert text.slug("Été à l'Élysée 2026") == "ete-a-lelysee-2026"
    assert text.slug("경기도") == ""
    assert text.slug("one two three four", 9) == "one-two"


def test_digests_depend_on_where_values_end() -> None:
    """Two values are not the same as their concatenation."""
    assert text.digest("ab", "c") != text.digest("a", "bc")
    assert len(text.digest("x", length=8)) == 8
