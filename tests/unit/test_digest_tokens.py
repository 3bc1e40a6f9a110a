"""Tokens: only ours are believed, each for its one purpose; the key is made once and kept private."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from republisher.digest.links import LONGEST, Links
from republisher.digest.tokens import LENGTH, Purpose, Tokens, load_key, mark_of
from republisher.digest.values import Subscriber
from republisher.errors import ConfigError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = Tokens(b"k" * 32)
PURPOSES = get_args(Purpose)
NUMBERS = st.integers(min_value=1, max_value=2**32 - 1)
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def links(web: str | None = "https://digest.example.org/", bounces: str = "b+{token}@example.org") -> Links:
    """Return what makes addresses."""
    return Links(tokens=TOKENS, web=web, requests="digest@example.org", bounces=bounces, sender="press@example.org")


@given(purpose=st.sampled_from(PURPOSES), number=NUMBERS, edition=st.sampled_from(["", "weekly/2026-W47"]))
def test_a_token_says_what_was_put_in(purpose: Purpose, number: int, edition: str) -> None:
    """It has 26 letters and digits that mail servers may write in capitals, and is found in any text."""
    token = TOKENS.make(purpose, number, edition)
    assert re.fullmatch(rf"[{LETTERS}]{{{LENGTH}}}", token)
    for text in (token, f"bounces+{token.upper()}@example.org", f"Re: Confirm ({token})", f"unsubscribe-{token}"):
        claim = TOKENS.find(purpose, text)
        assert claim is not None
        assert (claim.number, claim.mark) == (number, mark_of(edition))


@given(
    purpose=st.sampled_from(PURPOSES), number=NUMBERS, place=st.integers(0, LENGTH - 1), letter=st.sampled_from(LETTERS)
)
def test_what_was_changed_is_not_believed(purpose: Purpose, number: int, place: int, letter: str) -> None:
    """Another letter anywhere, another purpose, another key: none of them is a token."""
    token = TOKENS.make(purpose, number)
    forged = token[:place] + letter + token[place + 1 :]
    assert (TOKENS.read(purpose, forged) is None) == (forged != token)
    assert all(TOKENS.read(other, token) is None for other in PURPOSES if other != purpose)
    assert Tokens(b"l" * 32).read(purpose, token) is None


@given(text=st.text(max_size=60))
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    """Whatever stands in a subject, it does not fail."""
    assert TOKENS.read("confirm", text) is None
    assert TOKENS.find("confirm", text) is None


def test_the_key_is_made_once_and_is_nobody_else_s(tmp_path: Path) -> None:
    """However many processes begin at the same time; what is made has no traces beside it."""
    path = tmp_path / "new" / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_key(path), range(8)))
    assert len(keys) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert keys.pop().hex() not in repr(Tokens(load_key(path)))


def test_a_key_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    """One that others may read is none, nor is one that is cut off."""
    path = tmp_path / "key"
    load_key(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_key(path)
    path.chmod(0o600)
    path.write_bytes(b"\xff" + path.read_bytes()[:20])
    with pytest.raises(ConfigError, match="put back a backup"):
        load_key(path)
    with pytest.raises(ConfigError, match="check the folder"):
        load_key(path / "below")


@given(number=NUMBERS)
def test_addresses_to_unsubscribe_are_short(number: int) -> None:
    """No program breaks or encodes them in a header; that on the web comes first, and only https is one click."""
    for one in (links(), links(web=None)):
        assert all(len(address) <= LONGEST for address in one.unsubscribe(number))
    first, second = links().unsubscribe(number)
    assert first.startswith("https://digest.example.org/u/")
    assert second.startswith("mailto:digest@example.org?subject=unsubscribe-")
    assert links().one_click
    assert not links(web="http://digest.example.org/").one_click
    assert not links(web=None).one_click


def test_a_long_address_goes_without_the_word() -> None:
    """The token says all that is needed."""
    one = Links(tokens=TOKENS, web=None, requests="weekly-digest@press.example.org", bounces="", sender="a@example.org")
    (address,) = one.unsubscribe(7)
    assert len(address) <= LONGEST
    assert TOKENS.find("unsubscribe", address)


def test_other_addresses_of_a_reader() -> None:
    """Without the web, preferences are a mail that says what comes now; bounces tell the reader and the edition."""
    reader = Subscriber(
        address="a@example.net", language=LanguageTag("zh-Hant"), topics=("health", "peace"), since=NOON
    )
    assert links().preferences(7, reader) == f"https://digest.example.org/p/{TOKENS.make('preferences', 7)}"
    assert links(web=None).preferences(7, reader).endswith("%20zh-Hant%20weekly%20health%20peace")
    assert links(web=None).confirm(7) == ""
    claim = TOKENS.find("bounce", links().envelope(7, "weekly/2026-W47"))
    assert claim is not None
    assert (claim.number, claim.mark) == (7, mark_of("weekly/2026-W47"))
    assert links(bounces="").envelope(7) == "press@example.org"
