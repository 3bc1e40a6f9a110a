"""The ledger: a person is one person, an edition is made once, a message goes its way and no other."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from republisher.digest.ledger import Change, Ledger
from republisher.digest.values import Bodies, Delivery, DeliveryState, EditionRecord, Subscriber
from republisher.errors import LockedError, StoreError
from republisher.model import LanguageTag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEEK = "weekly/2026-W10"
BODIES = {"en.all": Bodies(subject="News", preheader="More news", html="<p>{unsubscribe}</p>", text="{unsubscribe}")}


def subscriber(address: str = "ann@example.org", **changes: Any) -> Subscriber:
    """Return somebody who wants the digest."""
    return replace(Subscriber(address=address, language=LanguageTag("en"), since=NOON, consent="by mail"), **changes)


def edition(name: str = "2026-W10", **changes: Any) -> EditionRecord:
    """Return an edition that may be sent."""
    usual = EditionRecord(frequency="weekly", name=name, since=NOON, until=NOON, state="built", created=NOON)
    return replace(usual, **changes)


def line(address: str = "ann@example.org", name: str = WEEK) -> Delivery:
    """Return what is to be sent to somebody."""
    return Delivery(edition=name, address=address, variant="en.all", message_id=f"{address}/{name}", state="pending")


def prepared(ledger: Ledger, *addresses: str, name: str = "2026-W10") -> tuple[Delivery, ...]:
    """Prepare an edition for some people."""
    ledger.set_subscriber(*(subscriber(address) for address in addresses))
    ledger.add_edition(edition(name))
    lines = tuple(line(address, f"weekly/{name}") for address in addresses)
    assert ledger.prepare(f"weekly/{name}", BODIES, lines, ("urn:a", "urn:b"))
    return lines


def sent(ledger: Ledger, name: str = WEEK) -> None:
    """Send to everybody who is due."""
    for one in ledger.claim(name, 100, NOON):
        assert ledger.mark(one, "committing", "", NOON)
        assert ledger.mark(one, "sent", "250 ok", NOON)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """Open a ledger that is forgotten."""
    with Ledger(":memory:") as made:
        yield made


def test_what_is_kept_of_a_person_comes_back(ledger: Ledger) -> None:
    """Every field survives, and who differs in case only is the same person."""
    ann = subscriber("Ann@example.org", topics=("health", "peace"), frequency="daily", state="pending", consent="é")
    ledger.set_subscriber(ann, subscriber("bob@example.org"))
    assert ledger.subscribers() == (ann, subscriber("bob@example.org"))
    ledger.set_subscriber(subscriber("ANN@example.org"))
    assert ledger.subscriber(" ann@EXAMPLE.org ") == subscriber("ANN@example.org")
    assert len(ledger.subscribers()) == 2
    assert ledger.subscriber("nobody@example.org") is None


def test_a_number_is_a_persons_for_ever(ledger: Ledger) -> None:
    """It stays when the person changes, and is given to nobody else when the person is gone."""
    ledger.set_subscriber(subscriber("ann@example.org"), subscriber("bob@example.org"))
    number = ledger.number("BOB@example.org")
    assert number is not None
    ledger.set_subscriber(subscriber("bob@example.org", language=LanguageTag("ko")))
    assert ledger.number("bob@example.org") == number == ledger.numbers()["bob@example.org"]
    assert ledger.numbered(number) == subscriber("bob@example.org", language=LanguageTag("ko"))
    ledger.erase("bob@example.org", NOON)
    ledger.set_subscriber(subscriber("eve@example.org"))
    assert ledger.numbered(number) is None
    assert ledger.number("eve@example.org") not in {None, number}


def test_suppression_is_kept_until_it_is_lifted(ledger: Ledger) -> None:
    """The first reason stays; all spellings are suppressed; only lifting ends it."""
    ledger.suppress("Ann@example.org", "unsubscribed", NOON)
    ledger.suppress("ann@example.org", "bounced", NOON)
    assert [(one.address, one.reason) for one in ledger.suppressions()] == [("Ann@example.org", "unsubscribed")]
    assert ledger.suppressed(["ANN@example.org", "bob@example.org"]) == {"ANN@example.org"}
    assert ledger.reason("ann@example.org") == "unsubscribed"
    assert ledger.lift("ann@example.org")
    assert not ledger.lift("ann@example.org")
    assert not ledger.suppressed(["ann@example.org"])


def test_an_erased_person_is_in_no_file_and_does_not_come_back(tmp_path: Path) -> None:
    """Not a byte of the address is left, the counts stay, and an old list does not bring the person back."""
    address = "zo\u00eb.quetzal@example.org"
    with Ledger(str(tmp_path / "ledger.db")) as ledger:
        prepared(ledger, address, "ann@example.org")
        sent(ledger)
        prepared(ledger, address, "ann@example.org", name="2026-W11")
        ledger.suppress(address, "complained", NOON)
        assert ledger.erase(address.upper(), NOON)
        assert not ledger.erase("nobody@example.org", NOON)
        assert ledger.counts(WEEK) == {"sent": 2}
        assert ledger.counts("weekly/2026-W11") == {"pending": 1, "suppressed": 1}
        assert [(one.address, one.reason) for one in ledger.suppressions()] == [("", "complained")]
        for file in tmp_path.iterdir():
            assert b"quetzal" not in file.read_bytes(), file
        ledger.set_subscriber(subscriber(address))
        assert [one.address for one in ledger.claim("weekly/2026-W11", 9, NOON)] == ["ann@example.org"]


def test_an_edition_is_made_once_and_frozen_once(ledger: Ledger) -> None:
    """A second of the same name changes nothing, and neither does a second preparation."""
    assert ledger.add_edition(edition())
    assert not ledger.add_edition(edition(created=NOON + timedelta(1)))
    ledger.set_edition_state(WEEK, "approved", "Ann")
    prepared_lines = prepared(ledger, "ann@example.org")
    assert ledger.edition(WEEK) == edition(state="sending", approved="Ann", articles=("urn:a", "urn:b"))
    assert not ledger.prepare(WEEK, {}, [line("bob@example.org")])
    assert ledger.deliveries(WEEK) == prepared_lines
    assert ledger.variants(WEEK) == ("en.all",)
    assert ledger.bodies(WEEK, "en.all") == BODIES["en.all"]
    assert ledger.bodies(WEEK, "ko.all") is None
    ledger.add_edition(edition("2026-W11", state="skipped"))
    ledger.add_edition(edition("2026-03-05", frequency="daily"))
    assert [one.name for one in ledger.editions()] == ["2026-03-05", "2026-W11", "2026-W10"]
    assert [one.name for one in ledger.editions("weekly")] == ["2026-W11", "2026-W10"]
    for wrong in ("weekly/2026-W11", "weekly/1999-W01"):
        with pytest.raises(StoreError, match="no such edition"):
            ledger.prepare(wrong, {}, [])


def test_a_preparation_that_fails_leaves_nothing(ledger: Ledger) -> None:
    """All or nothing: with the last reader not to be had, none is there."""

    def readers() -> Iterator[Delivery]:
        yield line("ann@example.org")
        raise OSError("no more")

    ledger.add_edition(edition())
    with pytest.raises(OSError, match="no more"):
        ledger.prepare(WEEK, BODIES, readers())
    assert ledger.deliveries(WEEK) == ()
    assert ledger.bodies(WEEK, "en.all") is None
    assert ledger.edition(WEEK) == edition()


def test_one_person_gets_one_message(ledger: Ledger) -> None:
    """Spellings that differ in case only are one reader of an edition."""
    ledger.add_edition(edition())
    ledger.prepare(WEEK, BODIES, [line("ann@example.org"), line("ANN@example.org")])
    assert ledger.deliveries(WEEK) == (line("ann@example.org"),)


def test_a_message_goes_its_way(ledger: Ledger) -> None:
    """Claimed once, then committing, then sent, with the server's reply; nothing undoes that."""
    prepared(ledger, "ann@example.org", "bob@example.org", "cid@example.org")
    ann, bob = ledger.claim(WEEK, 2, NOON)
    assert (ann.address, ann.state, bob.address) == ("ann@example.org", "sending", "bob@example.org")
    assert not ledger.mark(ann, "sent", "250 ok", NOON)
    assert ledger.mark(ann, "committing", "", NOON)
    assert ledger.mark(ann, "sent", "250 ok", NOON)
    assert not ledger.mark(ann, "pending", "", NOON)
    assert [one.address for one in ledger.claim(WEEK, 9, NOON)] == ["cid@example.org"]
    assert ledger.claim(WEEK, 9, NOON) == ()
    assert ledger.counts(WEEK) == {"sent": 1, "sending": 2}
    assert ledger.deliveries(WEEK, "sent") == (replace(line(), state="sent", attempts=1, reply="250 ok"),)
    assert ledger.delivery("ann@example.org/" + WEEK) == ledger.deliveries(WEEK)[0]
    assert ledger.delivery("") is None


def test_a_deferred_message_waits_for_its_time(ledger: Ledger) -> None:
    """Not before it is due; and if the clock was wrong when it was deferred, not for ever."""
    prepared(ledger, "ann@example.org")
    (ann,) = ledger.claim(WEEK, 1, NOON)
    due = NOON + timedelta(hours=1)
    ledger.settle(WEEK, [Change(delivery=ann, state="deferred", reply="450 busy", due=due)], 0, NOON)
    assert ledger.due(WEEK, NOON) == 0
    assert ledger.claim(WEEK, 1, NOON) == ()
    assert ledger.due(WEEK, due) == 1
    assert ledger.due(WEEK, NOON - timedelta(days=400)) == 1
    assert [(one.attempts, one.reply) for one in ledger.claim(WEEK, 1, due)] == [(1, "450 busy")]


@pytest.mark.parametrize("hold", [True, False])
def test_what_a_crash_left_is_taken_up(ledger: Ledger, *, hold: bool) -> None:
    """What was not delivered for certain goes again; what nobody knows too, but last, or it waits for a person."""
    prepared(ledger, "ann@example.org", "bob@example.org", "cid@example.org")
    ann, _ = ledger.claim(WEEK, 2, NOON)
    ledger.mark(ann, "committing", "", NOON)
    ledger.recover(WEEK, hold=hold)
    assert ledger.counts(WEEK) == ({"pending": 2, "held": 1} if hold else {"pending": 3})
    first, *others = (one.address for one in ledger.claim(WEEK, 9, NOON))
    assert first == "cid@example.org"
    assert others == (["bob@example.org"] if hold else ["ann@example.org", "bob@example.org"])


@pytest.mark.parametrize(("again", "state"), [(True, "pending"), (False, "sent")])
def test_a_person_decides_about_what_is_held(ledger: Ledger, state: DeliveryState, *, again: bool) -> None:
    """It is sent again, or taken as sent."""
    prepared(ledger, "ann@example.org")
    ledger.mark(ledger.claim(WEEK, 1, NOON)[0], "committing", "", NOON)
    ledger.recover(WEEK, hold=True)
    assert ledger.release(WEEK, again=again) == 1
    assert ledger.counts(WEEK) == {state: 1}


def test_suppression_wins_to_the_last_moment(ledger: Ledger) -> None:
    """Who has left since the preparation is passed over, and even what is on its way does not commit."""
    prepared(ledger, *(f"{name}@example.org" for name in ("ann", "bob", "cid", "dan", "eve")))
    ledger.suppress("ANN@example.org", "unsubscribed", NOON)
    ledger.set_subscriber(subscriber("bob@example.org", state="unsubscribed"))
    ledger.erase("cid@example.org", NOON)
    dan, eve = ledger.claim(WEEK, 2, NOON)
    assert (dan.address, eve.address) == ("dan@example.org", "eve@example.org")
    ledger.suppress("dan@example.org", "complained", NOON)
    assert not ledger.mark(dan, "committing", "", NOON)
    assert ledger.mark(eve, "committing", "", NOON)
    assert ledger.counts(WEEK) == {"suppressed": 4, "committing": 1}
    assert {one.reply for one in ledger.deliveries(WEEK, "suppressed")} == {
        "unsubscribed", "", "complained",
    }  # fmt: skip


def test_an_address_that_fails_twice_is_suppressed(ledger: Ledger) -> None:
    """One that does not exist at once; any other after two editions in a row, not if one came through between."""
    weeks = ("2026-W10", "2026-W11", "2026-W12", "2026-W13")
    failing = {"ann@example.org": (0, 1), "bob@example.org": (0, 2, 3), "cid@example.org": (1,)}
    suppressed = []
    for number, week in enumerate(weeks):
        prepared(ledger, *failing, name=week)
        for one in ledger.claim(f"weekly/{week}", 9, NOON):
            if number in failing[one.address]:
                fault: Any = "gone" if one.address.startswith("cid") else "reader"
                ledger.settle(one.edition, [Change(delivery=one, state="failed", fault=fault)], 0, NOON)
            else:
                ledger.mark(one, "committing", "", NOON)
                ledger.mark(one, "sent", "250 ok", NOON)
        suppressed.append(sorted(ledger.suppressed(failing)))
    assert suppressed == [
        [],
        ["ann@example.org", "cid@example.org"],
        ["ann@example.org", "cid@example.org"],
        ["ann@example.org", "bob@example.org", "cid@example.org"],
    ]


def test_what_comes_back_counts_as_failed(ledger: Ledger) -> None:
    """A bounce is booked against the edition it was, and two in a row suppress."""
    for week in ("2026-W10", "2026-W11"):
        prepared(ledger, "ann@example.org", name=week)
        key = f"weekly/{week}"
        assert not ledger.bounce(key, "ann@example.org", "5.2.2 full", NOON, gone=False)
        sent(ledger, key)
        assert ledger.bounce(key, "Ann@example.org", "5.2.2 full", NOON, gone=False)
        assert ledger.counts(key) == {"failed": 1}
        assert bool(ledger.suppressed(["ann@example.org"])) == (week == "2026-W11")


def test_old_texts_and_lines_are_dropped(ledger: Ledger) -> None:
    """Of finished editions only, and that there was an edition stays known."""
    prepared(ledger, "ann@example.org")
    assert ledger.forget(NOON + timedelta(1)) == 0
    sent(ledger)
    ledger.set_edition_state(WEEK, "sent")
    assert ledger.forget(NOON) == 0
    assert ledger.forget(NOON + timedelta(1)) == 1
    assert ledger.variants(WEEK) == ()
    assert ledger.counts(WEEK) == {}
    assert [one.key for one in ledger.editions()] == [WEEK]


STATES: tuple[DeliveryState, ...] = ("pending", "committing", "sent", "deferred", "failed", "suppressed", "held")


@given(st.lists(st.one_of(st.sampled_from(STATES), st.sampled_from(("claim", "crash"))), max_size=30))
def test_sent_is_reached_over_committing_only_and_never_left(steps: list[Any]) -> None:
    """Whatever is asked in whatever order: the yes of the ledger follows the one way there is."""
    with Ledger(":memory:") as ledger:
        prepared(ledger, "ann@example.org")
        one = line()
        for step in steps:
            (before,) = ledger.deliveries(WEEK)
            if step == "claim":
                ledger.claim(WEEK, 1, NOON)
            elif step == "crash":
                ledger.recover(WEEK, hold=False)
            else:
                ledger.mark(one, step, "", NOON)
            (after,) = ledger.deliveries(WEEK)
            assert before.state != "sent" or after.state == "sent"
            assert after.state != "sent" or before.state in {"committing", "sent"}
            assert after.state != "committing" or before.state in {"sending", "committing"}


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """The file, its journals and its backup are closed to others."""
    path = tmp_path / "office" / "ledger.db"
    with Ledger(str(path)) as ledger:
        ledger.set_note("a", "b")
        assert ledger.note("a") == "b"
        assert ledger.note("c") is None
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) >= {"ledger.db", "ledger.db-wal"}
    assert set(modes.values()) == {0o600}


def test_a_newer_schema_keeps_a_private_copy_of_the_older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost by an upgrade, and the copy can be read by its owner only."""
    path = str(tmp_path / "ledger.db")
    with Ledger(path) as ledger:
        ledger.set_subscriber(subscriber())
    monkeypatch.setattr(Ledger, "migrations", (*Ledger.migrations, "CREATE TABLE later (a)"))
    with Ledger(path) as ledger:
        assert ledger.subscribers() == (subscriber(),)
    (copy,) = tmp_path.glob("*.backup")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT count(*) FROM subscribers").fetchone() == (1,)


def test_a_reader_who_leaves_is_heard_while_a_run_sends(tmp_path: Path) -> None:
    """Another process writes between the steps of the one that is alone; a second run is told who is at work."""
    path = str(tmp_path / "ledger.db")
    with Ledger(path) as run, Ledger(path) as office, run.alone():
        prepared(run, "ann@example.org", "bob@example.org")
        (ann,) = run.claim(WEEK, 1, NOON)
        office.suppress("ann@example.org", "unsubscribed", NOON)
        office.suppress("bob@example.org", "unsubscribed", NOON)
        assert not run.mark(ann, "committing", "", NOON)
        assert run.claim(WEEK, 1, NOON) == ()
        with pytest.raises(LockedError, match=str(os.getpid())), office.alone():
            pytest.fail("two runs at once")
    with Ledger(path) as ledger, ledger.alone():
        assert ledger.counts(WEEK) == {"suppressed": 2}


def test_many_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    """The schema is made once, whoever comes first."""
    code = "import sys; from republisher.digest.ledger import Ledger; Ledger(sys.argv[1]).close()"
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "ledger.db")]) for _ in range(4)]
    assert [run.wait(60) for run in runs] == [0, 0, 0, 0]


def test_what_is_not_there_cannot_be_looked_at(tmp_path: Path) -> None:
    """The message says what to do first."""
    with pytest.raises(StoreError, match="digest build"):
        Ledger(str(tmp_path / "ledger.db"), writing=False)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="check the folder"):
        Ledger(str(tmp_path / "file" / "ledger.db"))
