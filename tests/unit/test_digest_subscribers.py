"""Lists of subscribers: what is written is read again, what is wrong is told, and nobody who left comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from republisher.digest.subscribers import Defaults, address_of, merged, read_csv, wished, write_csv
from republisher.digest.values import Frequency, Subscriber, SubscriberState
from republisher.model import LanguageTag

TOPICS = ("economy", "health", "peace")
LANGUAGES = tuple(map(LanguageTag, ("en", "ko", "zh-Hant")))
DEFAULTS = Defaults(now=NOON, language=LanguageTag("en"), topics=TOPICS)
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
OLDEST = NOON.replace(year=2000, tzinfo=None)
PEOPLE = st.builds(
    Subscriber,
    address=st.from_regex(r"[a-z0-9][a-z0-9.]{0,8}[a-z0-9]@[a-z]{1,8}\.org", fullmatch=True).filter(
        lambda a: ".." not in a
    ),
    language=st.sampled_from(LANGUAGES),
    topics=st.sets(st.sampled_from(TOPICS)).map(lambda some: tuple(sorted(some))),
    frequency=st.sampled_from(get_args(Frequency)),
    state=st.sampled_from(get_args(SubscriberState)),
    since=st.datetimes(OLDEST, OLDEST.replace(year=2026), timezones=st.just(UTC)),
    consent=st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
)
LISTS = st.lists(PEOPLE, max_size=8, unique_by=lambda one: one.address)


def somebody(address: str = "a@example.org", **changes: Any) -> Subscriber:
    """Return a reader."""
    usual = Subscriber(address=address, language=LanguageTag("en"), since=NOON, consent="asked")
    return replace(usual, **changes)


@given(people=LISTS)
def test_a_list_is_read_as_it_was_written(people: list[Subscriber]) -> None:
    """With nothing to complain about."""
    assert read_csv(write_csv(people), DEFAULTS) == (tuple(people), ())


@given(known=LISTS, listed=LISTS, away=st.sets(st.integers(0, 7)))
def test_to_take_in_a_list_twice_is_to_take_it_in_once(
    known: list[Subscriber], listed: list[Subscriber], away: set[int]
) -> None:
    """The second time nothing changes; who is suppressed or has left is never active afterwards."""
    silent = frozenset(one.address for place, one in enumerate(listed) if place in away)
    first = merged(known, listed, silent)
    after = {one.address: one for one in (*known, *first.changed)}
    again = merged(after.values(), listed, silent)
    assert not again.changed
    assert again.refused == first.refused
    left = {one.address for one in known if one.state == "unsubscribed"}
    assert not [one for one in first.changed if one.address in silent | left and one.state != "unsubscribed"]


@given(text=st.text(alphabet='ab@.;,\t"\n\r\x00é', max_size=60))
def test_whatever_a_file_holds_it_is_read(text: str) -> None:
    """Every line is a reader or a problem; nothing fails."""
    people, problems = read_csv(text, replace(DEFAULTS, consent="said so"))
    assert all(address_of(one.address) for one in people)
    assert all(problem.startswith("line ") for problem in problems)


def test_lists_of_other_programs() -> None:
    """Semicolons, a mark of the byte order, names in other words, none of them at all."""
    semicolons = "\ufeffE-Mail;Lang;Topics\r\nA@Example.ORG;ko;health, peace\r\n"
    usual = replace(DEFAULTS, consent="on paper")
    assert read_csv(semicolons, usual)[0] == (
        somebody("A@example.org", language=LanguageTag("ko"), topics=("health", "peace"), consent="on paper"),
    )
    assert read_csv("a@example.org\nb@example.org,ko\n", usual) == (
        (
            somebody("a@example.org", consent="on paper"),
            somebody("b@example.org", language=LanguageTag("ko"), consent="on paper"),
        ),
        (),
    )
    assert read_csv("", usual) == ((), ())


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nobody,en,,,,,x", "line 2: 'nobody' is no address mail can be sent to"),
        ("a@example.org,not a tag,,,,,x", "line 2: 'not a tag' is no language tag"),
        ("a@example.org,en,helth,,,,x", "line 2: there is no topic 'helth' — did you mean 'health'?"),
        ("a@example.org,en,,hourly,,,x", "line 2: frequency must be one of daily, weekly, monthly, not 'hourly'"),
        ("a@example.org,en,,,aktive,,x", "not 'aktive' — did you mean 'active'?"),
        ("a@example.org,en,,,,yesterday,x", "line 2: 'yesterday' is no day"),
        ("a@example.org,en,,,,2126-01-01,x", "is yet to come"),
        ("a@example.org,en,,,,,", "it is not said how they agreed"),
    ],
)
def test_what_is_wrong_is_told(line: str, problem: str) -> None:
    """The line is left out, and the sentence says where and what; the lines after it count."""
    head = "address,language,topics,frequency,state,since,consent\n"
    people, problems = read_csv(f"{head}{line}\nb@example.org,,,,,,x\n", DEFAULTS)
    assert [one.address for one in people] == ["b@example.org"]
    assert len(problems) == 1
    assert problem in problems[0]


def test_one_person_in_two_lines() -> None:
    """The first counts; a column nobody knows is told with advice."""
    people, problems = read_csv("address,consnt\na@example.org,x\nA@EXAMPLE.org,y\n", replace(DEFAULTS, consent="z"))
    assert [one.address for one in people] == ["a@example.org"]
    assert problems == (
        "line 1: the column 'consnt' is not looked at — did you mean 'consent'?",
        "line 3: A@example.org stands in line 2 already — that one counts",
    )


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (" A.b+c@EXAMPLE.org ", "A.b+c@example.org"),
        ("mailto:a@example.org", "a@example.org"),
        ("a@bücher.example", "a@bücher.example"),
        ("a@localhost", None),
        ("a@b@example.org", None),
        ("=cmd()@example.org", None),
        ("-oQ/tmp@example.org", None),
        ("a\r\nBcc: b@example.org", None),
        ("a b@example.org", None),
        ("é@example.org", None),
        (f"{'a' * 65}@example.org", None),
        ("@example.org", None),
        ("", None),
    ],
)
def test_what_is_an_address(value: str, address: str | None) -> None:
    """Where mail can go, and nothing a spreadsheet, a header or a command would take for something else."""
    assert address_of(value) == address


def test_a_list_never_asks_again_nor_brings_back() -> None:
    """Who confirmed stays active, with their own consent and day; who left is refused, unless the list says so too."""
    confirmed = somebody(since=NOON - timedelta(days=9), consent="confirmed")
    asked = somebody(state="pending", consent="", topics=("health",))
    assert merged([confirmed], [asked], frozenset()).changed == (replace(confirmed, topics=("health",)),)
    gone = somebody(state="unsubscribed")
    assert merged([gone], [somebody()], frozenset()).refused == ("a@example.org",)
    assert merged([confirmed], [gone], frozenset()).changed == (gone,)
    assert merged([], [somebody("A@example.org")], frozenset({"a@example.org"})).refused == ("A@example.org",)


def test_what_readers_want_in_words() -> None:
    """Topics, a language, a frequency, in any order; all of them is none; other words say nothing."""
    before = somebody(topics=("peace",))
    changed = wished(before, "please health zh-TW ko daily the".split(), TOPICS, LANGUAGES)
    assert (changed.topics, changed.language, changed.frequency) == (("health",), "ko", "daily")
    assert wished(before, ["all"], TOPICS, LANGUAGES).topics == ()
    assert wished(before, TOPICS, TOPICS, LANGUAGES).topics == ()
    assert wished(before, ["zh-hant"], TOPICS, LANGUAGES).language == "zh-Hant"
    assert wished(before, [], TOPICS, LANGUAGES) == before
