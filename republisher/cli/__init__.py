"""The `republish` command: arguments in, exit status out. The only place that prints, and that knows the environment.

Exit status:

    0   all is well
    1   something needs a person: a source failed, a file was kept back, a check found errors; the rest was done
    2   the command line or the configuration is wrong; nothing was started
    3   the store or the output directory cannot be used; what is published stays as it was
    4   another run is at work; this one did nothing
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from republisher import __version__
from republisher.cli import subscribers_options

_EXAMPLES = """\
examples:
  republish                                      read the sources in ./republish.toml and publish what is new
  republish init --source 'feeds/*.xml'          write a republish.toml for these feeds
  republish --config /srv/press/republish.toml   what a cron job says; silent unless something is wrong
  republish explain "vaccine"                    why the article went where it went
  republish assign "vaccine" health              from now on, whatever the rules say
  republish list --topic health --language ko    the Korean articles on health
  republish check                                is everything that is published in order?

exit status: 0 all is well; 1 something needs a look, the rest was done; 2 wrong command or configuration;
3 store or output unusable, what is published stays; 4 another run is at work
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status; nothing a user does ends in a traceback."""
    parser = _parser()
    options = parser.parse_args(arguments)
    command = import_module(f"republisher.cli.{options.module}")
    try:
        return int(command.main(options))
    except KeyboardInterrupt:
        return _stop(options, "stopped by you; the next run goes on from here", 130)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001  # the last line of defence: a sentence instead of a traceback
        from republisher.cli.trouble import report  # noqa: PLC0415

        return report(error, options)


def _stop(options: argparse.Namespace, message: str, status: int) -> int:
    if not options.quiet:
        sys.stderr.write(f"republish: {message}\n")
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="republish",
        description="Take in articles, sort them by language and topic, and publish them as feeds and pages.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"republish {__version__}")
    _shared(parser, top=True)
    parser.set_defaults(module="run")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _init(_command(commands, "init", "write a configuration for a newcomer", "init"))
    _command(commands, "check", "check the configuration and every published file", "check")
    explain = _command(commands, "explain", "say why an article has its language and topics", "show")
    explain.add_argument("article", metavar="ARTICLE", help="its id, its address, its page, or words of its title")
    _list(_command(commands, "list", "list stored articles", "show"))
    status = _command(commands, "status", "say how the sources fare and what is stored", "show")
    status.add_argument("--runs", action="store_true", help="the last runs as well, and what each of them met")
    status.add_argument(
        "--mail", action="store_true", help="a mail text about what needs a look; nothing if all is well"
    )
    parse = _command(commands, "parse", "show what is understood of one document; nothing is stored", "parse")
    parse.add_argument("place", metavar="FILE-OR-URL", help="a feed, a subscription list, a dump")
    _editor(commands)
    _topics(commands)
    _digest(commands)
    subscribers_options.add_arguments(commands, _command)
    classify = _command(commands, "classify", "find language and topics of any texts, for other programs", "classify")
    classify.add_argument(
        "--jsonl",
        action="store_true",
        required=True,
        help='a JSON object a line on standard input, {"id": …, "title": …, "text": …} and "lang" if it is known;'
        " a line of language, topics and evidence each on standard output",
    )
    withdraw = _command(commands, "withdraw", "take an article out, for good", "withdraw")
    withdraw.add_argument("article", metavar="ARTICLE", help="its id, its address, its page, or words of its title")
    withdraw.add_argument("--reason", metavar="WORDS", help="why, for the record")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, purpose: str, module: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
    _shared(parser, top=False)
    parser.set_defaults(module=module, command=name)
    return parser


def _shared(parser: argparse.ArgumentParser, *, top: bool) -> None:
    """Add the options every command has; they may stand before the command's name or after it."""

    def default(value: object) -> object:
        return value if top else argparse.SUPPRESS

    parser.add_argument(
        "--config", metavar="FILE", default=default("republish.toml"), help="the configuration (./republish.toml)"
    )
    parser.add_argument(
        "--json", action="store_true", default=default(value=False), help="answer in JSON, for programs"
    )
    parser.add_argument(
        "--quiet", "-q", action="store_true", default=default(value=False), help="say nothing but errors"
    )
    parser.add_argument(
        "--verbose", "-v", action="store_true", default=default(value=False), help="say more; without a terminal too"
    )


def _init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="PLACE",
        help="a file, a pattern in quotes, a folder or a URL; may be given several times (default: an example)",
    )
    parser.add_argument("--output", metavar="DIR", default="out", help="where to publish (out)")
    parser.add_argument("--site-url", metavar="URL", help="the address the output will have on the web")
    parser.add_argument("--force", action="store_true", help="replace a configuration that is there")
    parser.add_argument("file", nargs="?", metavar="FILE", help="the configuration to write (republish.toml)")


def _editor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add what an editor decides about one article."""
    purposes = {
        "assign": "give an article topics, for good",
        "exclude": "take topics from an article, for good",
        "pin": "keep an article's topics as they are now, or make them these and no others, for good",
        "release": "leave an article to the rules again",
    }
    for name, purpose in purposes.items():
        parser = _command(commands, name, purpose, "edit")
        parser.add_argument("article", metavar="ARTICLE", help="its id, its address, its page, or words of its title")
        if name != "release":
            parser.add_argument(
                "topics", metavar="TOPIC", nargs="*", help="such as health; `pin ARTICLE none` for none"
            )
            parser.add_argument("--language", metavar="TAG", help="it is written in this language, such as ko")
        parser.add_argument("--reason", metavar="WORDS", help="why, for the record")
    for name, purpose in {
        "same": "say that two articles are one story in two languages, for good",
        "different": "say that two articles are not the same story, for good",
    }.items():
        parser = _command(commands, name, purpose, "edit")
        parser.add_argument("article", metavar="ARTICLE", help="its id, its address, its page, or words of its title")
        parser.add_argument("other", metavar="ARTICLE", help="the other one, likewise")
        parser.add_argument("--reason", metavar="WORDS", help="why, for the record")
    review = _command(
        commands, "review", "list the articles whose topics or language are unsure, worst first", "review"
    )
    review.add_argument("--topic", metavar="TOPIC", help="only where this topic is in doubt")
    review.add_argument("--language", metavar="TAG", help="only this language, such as ko or zh-Hant")
    review.add_argument("--since", metavar="DAY", help="only what was published since, such as 2026-11-01")
    review.add_argument("--limit", metavar="N", type=int, default=20, help="at most so many (20); 0 means all")


def _digest(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add what is done about digests and those who read them."""
    digest = commands.add_parser("digest", help="make the digest, look at it, send it")
    below = digest.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _frequency(_command(below, "build", "make the edition that is due, in a folder to be looked at", "digest"))
    _frequency(_command(below, "approve", "say that the edition that was built may be sent", "digest"))
    send = _command(below, "send", "send the edition that was built, or go on sending it", "digest")
    _frequency(send)
    send.add_argument("--dry-run", action="store_true", help="say what would be sent, and to how many; nothing is")
    send.add_argument("--to", metavar="ADDRESS", help="send it to this address only, as a trial; it is not recorded")
    send.add_argument("--max", metavar="N", type=int, default=0, help="at most so many messages in this run")
    release = _command(below, "release", "decide about messages that were held", "digest")
    _frequency(release)
    release.add_argument("--again", action="store_true", help="send them again; without this they are taken as sent")
    _command(below, "status", "say which editions there were, and how far each has come", "digest")


def _frequency(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--frequency", choices=("daily", "weekly", "monthly"), default="weekly", help="which digest (weekly)"
    )


def _topics(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add what is done about topics themselves."""
    topics = commands.add_parser("topics", help="try, check and explain the words topics are found by")
    below = topics.add_subparsers(title="commands", metavar="COMMAND", required=True)
    purpose = "show which stored articles other keywords would move, before they are saved"
    attempt = _command(below, "try", purpose, "topics")
    attempt.add_argument("file", metavar="FILE", help="a configuration, or only its [topics.…] tables")
    check = _command(below, "check", "look for mistakes in keywords, overrides and lexicons", "topics")
    check.add_argument("--shipped", action="store_true", help="look at the shipped lexicons instead")
    learn = _command(below, "learn", "say what was learned from editors' decisions", "topics")
    learn.add_argument("--explain", action="store_true", help="every weight of every word")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", metavar="TOPIC", default="all", help="only this topic, such as health")
    parser.add_argument("--language", metavar="TAG", help="only this language, such as ko or zh-Hant")
    parser.add_argument("--source", metavar="PLACE", help="only what this source brought, as it is configured")
    parser.add_argument("--since", metavar="DAY", help="only what was published since, such as 2026-11-01")
    parser.add_argument("--limit", metavar="N", type=int, default=50, help="at most so many (50); 0 means all")
