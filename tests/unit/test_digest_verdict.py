"""What a mail server's answer means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from republisher.digest.smtp import Answer, Stage
from republisher.digest.verdict import TRIES, Pace, Verdict, judge, later

STAGES: tuple[Stage, ...] = ("mail", "rcpt", "data", "dot")


@pytest.mark.parametrize(
    ("stage", "code", "text", "expected"),
    [
        ("dot", 250, "2.0.0 stored", Verdict(state="sent")),
        ("dot", 421, "4.3.2 closing", Verdict(state="pending", leave=True)),
        ("rcpt", 421, "too many", Verdict(state="pending", leave=True)),
        ("mail", 452, "4.5.3 too many messages", Verdict(state="pending", leave=True)),
        ("rcpt", 451, "4.7.1 greylisted", Verdict(state="deferred")),
        ("rcpt", 450, "4.2.1 busy", Verdict(state="deferred")),
        ("dot", 452, "4.3.1 full", Verdict(state="deferred")),
        ("rcpt", 550, "5.1.1 no such user", Verdict(state="failed", fault="gone")),
        ("rcpt", 550, "no such user", Verdict(state="failed", fault="reader")),
        ("rcpt", 552, "5.2.2 mailbox full", Verdict(state="failed", fault="reader")),
        ("rcpt", 550, "5.1.10 null MX", Verdict(state="failed", fault="reader")),
        ("rcpt", 554, "5.7.1 relay access denied", Verdict(state="deferred", stop=True)),
        ("rcpt", 550, "relay not permitted", Verdict(state="deferred", stop=True)),
        ("rcpt", 530, "please log in", Verdict(state="deferred", stop=True)),
        ("dot", 554, "5.7.1 looks like spam", Verdict(state="deferred", stop=True)),
        ("dot", 554, "5.6.0 nonsense", Verdict(state="failed")),
        ("data", 554, "5.5.1 no valid recipients", Verdict(state="failed")),
        ("mail", 550, "5.1.8 sender unknown", Verdict(state="pending", stop=True)),
        ("mail", 552, "5.3.4 too large", Verdict(state="pending", stop=True)),
        ("data", 250, "what?", Verdict(state="deferred", leave=True)),
    ],
)
def test_each_answer_has_its_consequence(stage: Stage, code: int, text: str, expected: Verdict) -> None:
    """The reader is blamed for what is the reader's fault alone; what concerns everybody stops the run."""
    assert judge(Answer(stage=stage, code=code, text=text)) == expected


@given(st.sampled_from(STAGES), st.integers(100, 599), st.text(max_size=40), st.integers(0, TRIES))
def test_only_a_yes_to_the_last_dot_is_sent(stage: Stage, code: int, text: str, attempts: int) -> None:
    """No other answer, however odd, makes a message sent, and only a refused RCPT is the reader's fault."""
    answer = Answer(stage=stage, code=code, text=text)
    verdict = judge(answer, attempts)
    assert (verdict.state == "sent") == (stage == "dot" and code // 100 == 2)
    assert not verdict.fault or (stage == "rcpt" and code // 100 == 5)
    assert not (verdict.stop and verdict.state == "failed")
    assert answer.reply.isprintable()
    assert len(answer.reply) <= 300


def test_what_is_refused_again_and_again_is_given_up_after_days() -> None:
    """The pauses grow to a day; after the last try there is no other."""
    busy = Answer(stage="rcpt", code=450, text="busy")
    moment, states = NOON, []
    for attempts in range(TRIES):
        states.append(judge(busy, attempts).state)
        assert moment < later(moment, attempts) <= moment + timedelta(days=1)
        moment = later(moment, attempts)
    assert states == ["deferred"] * (TRIES - 1) + ["failed"]
    assert timedelta(days=3) < moment - NOON < timedelta(days=6)


@given(st.integers(1, 6000), st.lists(st.floats(0, 5), max_size=50))
def test_a_pace_is_never_exceeded(per_minute: int, pauses: list[float]) -> None:
    """Over any time, no more go than the rate allows and two; who waits as told may go."""
    pace, at, gone = Pace(per_minute, 0.0), 0.0, 0
    for pause in pauses:
        at += pause
        gone += pace.allowed(at, 10)
        assert gone <= at * per_minute / 60 + 2
    assert pace.allowed(at + pace.wait(at) + 1e-6, 10) == 1


def test_without_a_rate_all_may_go() -> None:
    """No rate, no waiting."""
    pace = Pace(0, 0.0)
    assert pace.allowed(5.0, 7) == 7
    assert pace.wait(5.0) == 0
