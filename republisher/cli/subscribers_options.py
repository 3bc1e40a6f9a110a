"""What `republish subscribers` can be told; apart from what it does, which every other command is spared to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_ADDRESS: Final = "ADDRESS"


def add_arguments(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], command: Callable[..., argparse.ArgumentParser]
) -> None:
    """Add `subscribers` and what can be done about them; `command` makes a command with the options all have."""
    subscribers = commands.add_parser("subscribers", help="who gets the digest, and what is kept of them")
    below = subscribers.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add = command(below, "add", "ask somebody by mail to confirm, or take them in if they agreed", "subscribers")
    add.add_argument("address", metavar=_ADDRESS)
    add.add_argument("--language", metavar="TAG", help="of their digest, such as ko (the site's)")
    add.add_argument("--topics", metavar="TOPIC", nargs="+", default=[], help="such as health economy (all)")
    add.add_argument("--frequency", choices=("daily", "weekly", "monthly"), default="weekly", help="how often (weekly)")
    add.add_argument("--consent", metavar="WORDS", default="", help="how and when they agreed; then they are not asked")
    remove = command(below, "remove", "see to it that nothing more is sent to an address, for good", "subscribers")
    remove.add_argument("address", metavar=_ADDRESS)
    remove.add_argument("--reason", metavar="WORDS", default="unsubscribed", help="why, for the record")
    take = command(below, "import", "take in a list, as CSV; twice is the same as once", "subscribers")
    take.add_argument(
        "file", metavar="FILE", help="columns address, language, topics, frequency, state, since, consent"
    )
    take.add_argument("--consent", metavar="WORDS", default="", help="how and when those agreed of whom it is not said")
    take.add_argument("--dry-run", action="store_true", help="only say what would change")
    show = command(below, "list", "list subscribers", "subscribers")
    show.add_argument("--state", choices=("pending", "active", "unsubscribed"), help="only these")
    give = command(below, "export", "write the list as CSV", "subscribers")
    give.add_argument("file", metavar="FILE", nargs="?", help="where to (standard output)")
    erase = command(below, "erase", "forget a person: everything but that nothing may be sent to them", "subscribers")
    erase.add_argument("address", metavar=_ADDRESS)
    command(below, "inbox", "do what came by mail: bounces, and what readers wrote", "subscribers")
    command(below, "inventory", "say what is kept of people, where, why and how long", "subscribers")
    serve = command(below, "serve", "serve the pages for subscribers, behind a web server of yours", "subscribers")
    serve.add_argument("--host", metavar="NAME", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    serve.add_argument("--port", metavar="N", type=int, default=8025, help="the port (8025)")
