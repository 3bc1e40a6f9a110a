"""`republish digest`: make an edition, look at it, approve it, send it once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from republisher import app, config, frontdesk, mailroom
from republisher.cli.terminal import progress_bar, say_json, table
from republisher.digest import desk as desks
from republisher.errors import ConfigError, DeliveryError, FetchError

if TYPE_CHECKING:
    import argparse

    from republisher.digest.desk import Desk, Issue
    from republisher.digest.ledger import Change, Ledger
    from republisher.digest.send import Report
    from republisher.digest.values import DeliveryState, EditionRecord, Frequency
    from republisher.mailroom import Office


def main(options: argparse.Namespace) -> int:
    """Do what was asked."""
    settings = config.load(Path(options.config))
    given = mailroom.office(settings)
    commands = {"build": _build, "approve": _approve, "send": _send, "release": _release, "status": _status}
    return commands[options.command](options, given)


def _build(options: argparse.Namespace, given: Office) -> int:
    with app.open_store(given.config) as store, mailroom.open_ledger(given.config) as ledger:
        issue = desks.build(mailroom.desk(given, store, ledger, datetime.now(UTC)), options.frequency)
        written = mailroom.show(given, issue) if issue.record.state in {"built", "approved"} else ()
    if options.json:
        say_json(_facts(issue) | {"written": [str(path) for path in written]})
    elif not options.quiet:
        sys.stdout.write(_told(issue, given))
    return 0


def _facts(issue: Issue) -> dict[str, object]:
    return {
        "edition": issue.record.key,
        "state": issue.record.state,
        "since": issue.record.since.isoformat(),
        "until": issue.record.until.isoformat(),
        "readers": issue.count,
        "variants": {
            key: {
                "subject": issue.bodies[key].subject,
                "articles": one.count,
                "bytes": len(issue.bodies[key].html.encode()),
                "readers": len(issue.readers[key]),
            }
            for key, one in issue.digests.items()
        },
    }


def _told(issue: Issue, given: Office) -> str:
    record = issue.record
    window = f"{record.since:%Y-%m-%d %H:%M} to {record.until:%Y-%m-%d %H:%M} UTC"
    if record.state == "skipped":
        return f"{record.key}: nothing new for anybody from {window}; the edition is skipped.\n"
    if record.state not in {"built", "approved"}:
        return f"{record.key}: was frozen already ({record.state}); the next edition is made when its time comes.\n"
    rows = [(key, len(issue.readers[key]), one.count, issue.bodies[key].subject) for key, one in issue.digests.items()]
    folder = given.settings.folder / record.key
    wanting = (
        " and must be approved (`republish digest approve`)" if given.settings.approve and not record.approved else ""
    )
    return (
        f"{record.key}: {window}, {issue.count} readers\n"
        + table(rows, head=("variant", "readers", "articles", "subject"))
        + f"Look at it in {folder}, note changes in {desks.NOTES} there and build it again. It goes with"
        f" `republish digest send`{wanting}.\n"
    )


def _approve(options: argparse.Namespace, given: Office) -> int:
    with mailroom.open_ledger(given.config) as ledger:
        record = _waiting(ledger, options.frequency)
        ledger.set_edition_state(record.key, "approved", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    if options.json:
        say_json({"edition": record.key, "state": "approved"})
    elif not options.quiet:
        sys.stdout.write(f"{record.key} is approved; `republish digest send` sends it.\n")
    return 0


def _waiting(ledger: Ledger, frequency: Frequency) -> EditionRecord:
    found = _built(ledger, frequency)
    if found is None:
        raise ConfigError(f"no {frequency} edition waits to be sent — `republish digest build` makes one")
    return found


def _built(ledger: Ledger, frequency: Frequency) -> EditionRecord | None:
    return next((one for one in ledger.editions(frequency) if one.state in {"built", "approved"}), None)


def _under_way(ledger: Ledger, frequency: Frequency) -> list[str]:
    """Return the editions that are not sent to the end, the oldest first."""
    return [one.key for one in reversed(ledger.editions(frequency)) if one.state == "sending"]


def _send(options: argparse.Namespace, given: Office) -> int:
    now = datetime.now(UTC)
    with app.open_store(given.config) as store, mailroom.open_ledger(given.config) as ledger:
        desk = mailroom.desk(given, store, ledger, now)
        if options.dry_run or options.to:
            return _trial(options, given, desk)
        status = _collected(given, ledger, now)
        ledger.forget(now - mailroom.KEPT)
        reports = _all_posted(options, given, desk)
    if options.json:
        say_json({"editions": [_facts_of(one) for one in reports]})
    return max([status, *(int(_needs_a_look(one)) for one in reports)])


def _collected(given: Office, ledger: Ledger, now: datetime) -> int:
    """Do what came by mail, so that who left is written to no more; return 1 if that needs a look."""
    try:
        unclear = frontdesk.collect(given.config, ledger, now)["unclear"]
    except (FetchError, DeliveryError) as error:
        sys.stderr.write(f"republish: the inbox was not read to its end: {error}\n")
        return 1
    if unclear:
        sys.stderr.write(f"republish: {unclear} mails in the inbox are marked for you, they could not be understood\n")
    return int(bool(unclear))


def _all_posted(options: argparse.Namespace, given: Office, desk: Desk) -> list[Report]:
    """Send what is left of earlier editions, then the new one; stop when the server does, or when it is enough."""
    reports: list[Report] = []
    most, taken = options.max or given.settings.smtp.most, 0
    for edition in _under_way(desk.ledger, options.frequency):
        reports.append(_posted(options, given, desk.ledger, edition, most and most - taken))
        taken += _handed_over(reports[-1])
        if reports[-1].for_all or (most and taken >= most):
            return reports
    edition = _frozen(options, given, desk, late=bool(reports))
    if edition:
        reports.append(_posted(options, given, desk.ledger, edition, most and most - taken))
    return reports


def _handed_over(report: Report) -> int:
    return sum(report.done.get(state, 0) for state in ("sent", "deferred", "failed"))


def _frozen(options: argparse.Namespace, given: Office, desk: Desk, *, late: bool) -> str:
    """Fix the edition that was built, and publish it; return its key, empty if there is nothing to be sent.

    That there is none, or that it is not approved, is an error only if the run was not of use already (`late`).
    """
    record = _built(desk.ledger, options.frequency) if late else _waiting(desk.ledger, options.frequency)
    if record is None:
        return ""
    issue = desks.build(desk, options.frequency)
    if issue.record.state == "skipped":
        _say(options, _told(issue, given))
        return ""
    if given.settings.approve and record.state != "approved":
        wanting = f"{record.key} is not approved yet — look at it, then `republish digest approve`"
        if not late:
            raise ConfigError(wanting)
        _say(options, f"{wanting}.\n")
        return ""
    mailroom.publish(given, issue, desk.ledger)
    mailroom.freeze(issue, desk.ledger)
    return record.key


def _trial(options: argparse.Namespace, given: Office, desk: Desk) -> int:
    """Say what would be sent, or send it to one address only; nothing of it is recorded."""
    ledger = desk.ledger
    under_way = {} if options.to else {key: dict(ledger.counts(key)) for key in _under_way(ledger, options.frequency)}
    record = _built(ledger, options.frequency) if under_way else _waiting(ledger, options.frequency)
    issue = desks.build(desk, options.frequency) if record else None
    sent = mailroom.trial(given, issue, options.to) if issue and options.to else 0
    if options.json:
        say_json((_facts(issue) if issue else {}) | {"trial": options.to, "sent": sent, "under_way": under_way})
        return 0
    for key, counts in under_way.items():
        _say(options, f"{key} is being sent: {_in_words(counts)}.\n")
    if issue and options.to:
        _say(options, f"{issue.record.key}: {sent} messages sent to {options.to} as a trial; nothing is recorded.\n")
    else:
        _say(options, (_told(issue, given) if issue else "") + "Nothing is sent.\n")
    return 0


def _release(options: argparse.Namespace, given: Office) -> int:
    """Decide about messages that were held, because nobody knows whether they arrived."""
    with mailroom.open_ledger(given.config) as ledger:
        keys = _under_way(ledger, options.frequency)
        released = {key: number for key in keys if (number := ledger.release(key, again=options.again))}
    if options.json:
        say_json({"again": options.again, "editions": released})
        return 0
    then = "sent again with the next `republish digest send`" if options.again else "taken as sent"
    for key, number in released.items():
        _say(options, f"{key}: {number} messages are {then}.\n")
    if not released:
        _say(options, f"No message of a {options.frequency} edition is held.\n")
    return 0


def _say(options: argparse.Namespace, sentence: str) -> None:
    if not (options.json or options.quiet):
        sys.stdout.write(sentence)


def _posted(options: argparse.Namespace, given: Office, ledger: Ledger, edition: str, most: int) -> Report:
    show, done = progress_bar(options), 0
    total = sum(ledger.counts(edition).values())

    def tell(_: Change) -> None:
        nonlocal done
        done += 1
        show("sending", min(done, total), total)

    report = mailroom.post(given, ledger, edition, lambda: datetime.now(UTC), tell, most)
    show("sending", total, total)
    rest = f"; {report.left} are left for a later run" if report.left else ""
    held = f"; `republish digest release` decides about {number} held" if (number := report.counts.get("held")) else ""
    _say(options, f"{edition}: {_in_words(dict(report.done)) or 'nothing to do'}{rest}{held}.\n")
    if report.stopped:
        sys.stderr.write(f"republish: {report.stopped}\n")
    return report


def _facts_of(report: Report) -> dict[str, object]:
    return {
        "edition": report.edition,
        "done": dict(report.done),
        "counts": dict(report.counts),
        "left": report.left,
        "stopped": report.stopped or None,
    }


def _needs_a_look(report: Report) -> bool:
    return bool(report.stopped or report.counts.get("failed") or report.counts.get("held"))


def _in_words(counts: dict[DeliveryState, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items()) if number)


def _status(options: argparse.Namespace, given: Office) -> int:
    with mailroom.open_ledger(given.config, writing=False) as ledger:
        editions = ledger.editions()
        counts = {one.key: dict(ledger.counts(one.key)) for one in editions}
        people = ledger.subscribers()
    if options.json:
        say_json(
            {
                "subscribers": len([one for one in people if one.state == "active"]),
                "editions": [
                    {
                        "edition": one.key,
                        "state": one.state,
                        "since": one.since.isoformat(),
                        "until": one.until.isoformat(),
                        "approved": one.approved or None,
                        "counts": counts[one.key],
                    }
                    for one in editions
                ],
            }
        )
        return 0
    rows = [(one.key, one.state, f"{one.until:%Y-%m-%d}", _in_words(counts[one.key]) or "–") for one in editions]
    active = len([one for one in people if one.state == "active"])
    sys.stdout.write(f"{active} active subscribers of {len(people)}\n")
    sys.stdout.write(table(rows, head=("edition", "state", "until", "messages")) if rows else "No edition yet.\n")
    return 0
