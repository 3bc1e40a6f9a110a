"""`republish subscribers`: who gets digests, and what is kept of them."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from republisher import config, frontdesk, mailroom
from republisher.cli.terminal import say_json, table
from republisher.digest import membership
from republisher.digest.inventory import INVENTORY
from republisher.digest.subscribers import FIELDS, address_of, merged, read_csv, unknown, write_csv
from republisher.digest.values import Subscriber
from republisher.errors import ConfigError, DeliveryError
from republisher.language import canonical
from republisher.settings import near

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from republisher.config import Config
    from republisher.digest.inventory import Kept
    from republisher.digest.ledger import Ledger


def main(options: argparse.Namespace) -> int:
    """Do what was asked."""
    settings = config.load(Path(options.config))
    mailroom.settings_of(settings)
    return _COMMANDS[options.command](options, settings, datetime.now(UTC))


def _add(options: argparse.Namespace, settings: Config, now: datetime) -> int:
    """Ask somebody to confirm; who is said to have agreed is taken in at once."""
    wish = _wish(options, settings, now)
    if not options.consent:
        mailroom.server(mailroom.settings_of(settings))  # before anything is taken down
    with mailroom.open_ledger(settings) as ledger:
        if options.consent:
            outcome, refusal = _take_in(ledger, wish), ""
        else:
            outcome, refusal = frontdesk.reception(settings).receive(ledger, wish, now)
    if refusal:
        raise DeliveryError(f"the letter to {wish.address} was refused: {refusal} — look at the address")
    told = {
        "active": "is taken in",
        "ask": "has been asked by mail to confirm",
        "known": "is subscribed already, and has been sent a link to change what comes",
        "refused": "complained about mail from here, and is not written to",
    }
    _say(options, {"address": wish.address, "outcome": outcome}, f"{wish.address} {told[outcome]}.")
    return int(outcome == "refused")


def _take_in(ledger: Ledger, wish: Subscriber) -> str:
    merge = merged(ledger.subscribers(), [wish], ledger.suppressed([wish.address]))
    if merge.refused:
        why = ledger.reason(wish.address) or membership.LEFT
        raise ConfigError(f"{wish.address} is not to be written to ({why}) — without --consent they are asked first")
    ledger.set_subscriber(*merge.changed)
    return "active"


def _wish(options: argparse.Namespace, settings: Config, now: datetime) -> Subscriber:
    """Return who is to be taken in; raise `ConfigError` with every problem."""
    usual = frontdesk.defaults(settings, now)
    address = address_of(options.address)
    language = canonical(options.language) if options.language else usual.language
    problems = [f"there is no topic {word!r}{near(word, usual.topics)}" for word in unknown(options.topics, usual)]
    if address is None:
        problems.append(f"{options.address!r} is no address mail can be sent to — write it as name@example.org")
    if language is None:
        problems.append(f"--language: {options.language!r} is no language tag, such as ko or zh-Hant")
    if address is None or language is None or problems:
        raise ConfigError(*problems)
    return Subscriber(
        address=address,
        language=language,
        topics=tuple(sorted(set(options.topics))),
        frequency=options.frequency,
        since=now,
        consent=options.consent,
    )


def _remove(options: argparse.Namespace, settings: Config, now: datetime) -> int:
    """Suppress an address, whether it is subscribed or not."""
    address = options.address.strip()
    with mailroom.open_ledger(settings) as ledger:
        known = ledger.subscriber(address) is not None
        membership.leave(ledger, address, now, options.reason)
    was = "" if known else " It was not subscribed."
    _say(options, {"address": address, "known": known}, f"Nothing more will be sent to {address}.{was}")
    return 0


def _import(options: argparse.Namespace, settings: Config, now: datetime) -> int:
    """Take in a list; what is wrong in it is told and left out."""
    listed, problems = read_csv(_read(Path(options.file)), frontdesk.defaults(settings, now, options.consent))
    with mailroom.open_ledger(settings) as ledger:
        merge = merged(ledger.subscribers(), listed, ledger.suppressed(one.address for one in listed))
        if not options.dry_run:
            ledger.set_subscriber(*merge.changed)
            for one in merge.changed:
                if one.state == "unsubscribed":
                    ledger.suppress(one.address, membership.LEFT, now)
    counts = {"added": merge.added, "changed": len(merge.changed) - merge.added, "same": merge.same}
    if options.json:
        say_json(counts | {"refused": merge.refused, "problems": problems, "written": not options.dry_run})
        return int(bool(problems))
    for problem in problems:
        sys.stderr.write(f"{options.file}, {problem}\n")
    for address in merge.refused:
        sys.stderr.write(f"{address}: is not to be written to, whatever the list says\n")
    if not options.quiet:
        verb = "would be" if options.dry_run else "are"
        sys.stdout.write(
            f"{merge.added} {verb} new, {counts['changed']} changed, {merge.same} as before, {len(merge.refused)} kept"
            f" away, {len(problems)} problems.\n"
        )
    return int(bool(problems))


def _list(options: argparse.Namespace, settings: Config, _now: datetime) -> int:
    """List subscribers with what they get."""
    with mailroom.open_ledger(settings, writing=False) as ledger:
        everybody = ledger.subscribers()
        silent = ledger.suppressed(one.address for one in everybody)
    found = [one for one in everybody if options.state in {None, one.state}]
    if options.json:
        say_json([_facts(one) | {"suppressed": one.address in silent} for one in found])
        return 0
    rows = [
        (
            one.address,
            "suppressed" if one.address in silent else one.state,
            one.language,
            one.frequency,
            " ".join(one.topics) or "all topics",
            f"{one.since:%Y-%m-%d}",
        )
        for one in found
    ]
    sys.stdout.write(table(rows, head=("address", "state", "language", "frequency", "topics", "since")) if rows else "")
    if not options.quiet:
        sys.stdout.write(f"{len(found)} subscribers.\n")
    return 0


def _export(options: argparse.Namespace, settings: Config, _now: datetime) -> int:
    """Write the list; a file is for its owner alone, for it holds people."""
    with mailroom.open_ledger(settings, writing=False) as ledger:
        everybody = ledger.subscribers()
    if options.json:
        say_json([_facts(one) for one in everybody])
    elif options.file:
        _write(Path(options.file), write_csv(everybody))
    else:
        sys.stdout.write(write_csv(everybody))
    return 0


def _erase(options: argparse.Namespace, settings: Config, now: datetime) -> int:
    """Forget a person."""
    address = options.address.strip()
    with mailroom.open_ledger(settings) as ledger:
        known = ledger.erase(address, now)
    kept = "a keyed hash stays, so that no list brings them back" if known else "nothing was known of them"
    _say(options, {"address": address, "known": known}, f"{address} is forgotten; {kept}.")
    return 0


def _inbox(options: argparse.Namespace, settings: Config, now: datetime) -> int:
    """Do what readers and mail servers wrote."""
    if mailroom.settings_of(settings).inbox is None:
        raise ConfigError(f"{settings.path}: there is no [digest.inbox] — say where bounces and readers' mails arrive")
    with mailroom.open_ledger(settings) as ledger:
        counts = frontdesk.collect(settings, ledger, now)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    _say(
        options,
        {str(kind): number for kind, number in counts.items()},
        f"{counts.total()} mails{': ' if told else ''}{told}.",
    )
    return int(counts["unclear"] > 0)


def _serve(options: argparse.Namespace, settings: Config, _now: datetime) -> int:
    """Serve the application until somebody stops it."""
    from republisher.cli.serving import server  # noqa: PLC0415

    with server(options.host, options.port, frontdesk.application(settings, lambda: datetime.now(UTC))) as serving:
        if not options.quiet:
            place = f"http://{options.host}:{serving.server_port}/"
            sys.stdout.write(f"The application for subscribers answers at {place} until you stop it.\n")
            sys.stdout.flush()
        serving.serve_forever()
    return 0


def _inventory(options: argparse.Namespace, settings: Config, _now: datetime) -> int:
    """Say what is kept of people, where, why and how long, and how much of it there is."""
    with mailroom.open_ledger(settings, writing=False) as ledger:
        counts = ledger.inventory()
    places = {"ledger": mailroom.settings_of(settings).ledger, "mailbox": "the mailbox"}
    if options.json:
        say_json([_kept(one, counts, places) for one in INVENTORY])
        return 0
    for one in INVENTORY:
        facts = _kept(one, counts, places)
        number = "" if facts["count"] is None else f" ({facts['count']})"
        sys.stdout.write(f"{one.what}{number}\n  where: {facts['where']}\n  why:   {one.why}\n  until: {one.until}\n")
    return 0


def _kept(one: Kept, counts: Mapping[str, int], places: Mapping[str, object]) -> dict[str, object]:
    place = str(places.get(one.where, one.where))
    return {"what": one.what, "where": place, "why": one.why, "until": one.until, "count": counts.get(one.table)}


def _facts(one: Subscriber) -> dict[str, object]:
    return {name: getattr(one, name) for name in FIELDS}


def _say(options: argparse.Namespace, facts: dict[str, object], sentence: str) -> None:
    if options.json:
        say_json(facts)
    elif not options.quiet:
        sys.stdout.write(f"{sentence}\n")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start}) — save it as CSV UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}) — check its name and rights") from error


def _write(path: Path, content: str) -> None:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}) — check its folder and rights") from error


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Config, datetime], int]]] = {
    "add": _add,
    "remove": _remove,
    "import": _import,
    "list": _list,
    "export": _export,
    "erase": _erase,
    "inbox": _inbox,
    "inventory": _inventory,
    "serve": _serve,
}
