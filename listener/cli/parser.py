"""The words of the command line and their help."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from listener import __version__
from listener.cli import parser_import, parser_incidents, parser_places, parser_quiet
from listener.cli.ids import number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

DESCRIPTION = """\
Listener pulls mentions of client companies from feeds, news and company pages, scores what each says
about that client, and tells people when complaints spike.

New here?  listener demo      shows it at work in half a minute: no account, no network
           listener init      writes a first configuration
           listener check     says what is wrong with it
           listener run       starts listening
"""

EXIT_CODES = "exit codes: 0 done; 1 it did not work out; 2 the command or the configuration is wrong"


def build() -> argparse.ArgumentParser:
    """The parser; each command names the function that does it as `module:function` of listener.cli."""
    parser = argparse.ArgumentParser(
        prog="listener",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"listener {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _set_up(commands)
    _running(commands)
    _looking(commands)
    _trying(commands)
    return parser


def _command(
    commands: Commands, name: str, does: str, text: str, *, config: bool = True
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=text, description=text[0].upper() + text[1:] + ".", epilog=EXIT_CODES
    )
    parser.set_defaults(does=does)
    if config:
        parser.add_argument(
            "-c",
            "--config",
            metavar="FILE",
            default=usual_config(),
            help="the configuration (default: $LISTENER_CONFIG, else config.yaml)",
        )
    return parser


def usual_config() -> str:
    """The configuration of a command that is told none."""
    return os.environ.get("LISTENER_CONFIG", "config.yaml")


def _set_up(commands: Commands) -> None:
    init = _command(commands, "init", "setup:init", "write a first configuration", config=False)
    init.add_argument("directory", metavar="DIR", nargs="?", default=".", help="where (default: here)")
    check = _command(
        commands, "check", "check:check", "say what is wrong with a configuration, and run its examples"
    )
    check.add_argument("--strict", action="store_true", help="warnings exit 1 too")
    check.add_argument("--all", action="store_true", help="print every line, however many there are")
    database = _command(commands, "db", "setup:database", "upgrade the database, or say how it stands")
    database.add_argument("action", choices=("upgrade", "status"))
    model = _command(
        commands, "model", "model:model", "fetch the bigger scorer's model, or say how it stands"
    )
    model.add_argument("action", choices=("fetch", "status"))
    parser_places.connector(commands, _command)
    _command(
        commands,
        "demo",
        "demo:demo",
        "show it at work on an invented world: no account, no network",
        config=False,
    )


def _running(commands: Commands) -> None:
    run = _command(commands, "run", "run:run", "listen: poll, score, alert, until it is stopped")
    run.add_argument(
        "--once", action="store_true", help="poll what is due, evaluate, deliver, exit; opens no port"
    )
    run.add_argument(
        "--all",
        action="store_true",
        help="with --once: poll everything, due or not (a place's Retry-After still holds)",
    )
    run.add_argument("--verbose", action="store_true", help="log more")
    health = _command(commands, "health", "setup:health", "ask the running daemon how it is: exit 0 or 1")
    health.add_argument("--url", metavar="URL", help="its address (default: web.listen of the configuration)")


def _looking(commands: Commands) -> None:
    mentions = _command(commands, "mentions", "show:mentions", "show what was heard")
    mentions.add_argument("--client", metavar="NAME", help="only this client")
    mentions.add_argument(
        "--since", metavar="SPAN", help="only the last 90m, 24h, 7d, or from a date 2026-03-01 on"
    )
    mentions.add_argument(
        "--label", choices=("negative", "neutral", "positive", "unknown"), help="only this label"
    )
    mentions.add_argument(
        "--stories",
        action="store_true",
        help="one row a story that has such a mention: the first one, its copies, who tells it",
    )
    _format(mentions)
    shares = _command(
        commands,
        "shares",
        "shares:shares",
        "show how much of what is said about each client is negative, neutral, positive, and how sure that is",
    )
    shares.add_argument("--client", metavar="NAME", help="only this client")
    shares.add_argument(
        "--since",
        metavar="SPAN",
        default="30d",
        help="of the last 90m, 24h, 7d, from a date on, or all (default: 30d)",
    )
    _format(shares)
    parser_incidents.incidents(commands, _command)
    sources = _command(
        commands,
        "sources",
        "sources:sources",
        "show how every source is doing, how often it is polled, what could not be heard, and what is left of budgets",
    )
    _format(sources)
    parser_quiet.silence(commands, _command)
    parser_quiet.digest(commands, _command)


def _trying(commands: Commands) -> None:
    _try(commands)
    parser_places.doctor(commands, _command)
    parser_places.recheck(commands, _command)
    parser_import.importing(commands, _command)
    _plan(commands)
    _backtest(commands)
    test = _command(commands, "test-alert", "setup:test_alert", "send a test message to a receiver, now")
    test.add_argument("receiver", metavar="RECEIVER", help="its name in `receivers:`")
    _score(commands)
    _explain(commands)
    _mark(commands)
    _label(commands)
    _learn(commands)
    _rescore(commands)


def _score(commands: Commands) -> None:
    score = _command(
        commands,
        "score",
        "score:score",
        "say whether a text is a complaint about a client, praise or neither, and why",
        config=False,
    )
    score.add_argument("text", metavar="TEXT", nargs="?", help="what somebody said, in quotes")
    score.add_argument(
        "--client", metavar="NAME", help="with TEXT: the client of the configuration that it is about"
    )
    score.add_argument(
        "-c",
        "--config",
        metavar="FILE",
        help="score as the daemon of this configuration does: with its clients' other names and cues, and with what was "
        "learned from corrections. TEXT needs one (default: $LISTENER_CONFIG, else config.yaml), --jsonl does not",
    )
    score.add_argument(
        "--jsonl",
        action="store_true",
        help="for other programs, instead of TEXT: read {id, text, client} lines on standard input, write {id, label, score, "
        "reasons} lines. `client` is any name; with -c, those of the configuration are scored as the daemon does",
    )
    score.add_argument(
        "--corrections",
        metavar="FILE",
        help="with --jsonl, without -c: learn first from the {text, client, label} lines of this file",
    )


def _mark(commands: Commands) -> None:
    mark = _command(
        commands,
        "mark",
        "mark:mark_now",
        "say that mentions are about a client or not, and see what that asks of its context",
    )
    mark.add_argument(
        "mentions",
        metavar="MENTION_ID",
        type=number,
        nargs="*",
        help="numbers as in `listener mentions --format jsonl`",
    )
    mark.add_argument("--not-about", metavar="CLIENT", help="they are about somebody else: their matches go")
    mark.add_argument(
        "--about", metavar="CLIENT", help="they are about this client: what is not matched yet is added"
    )
    mark.add_argument(
        "--suggest", metavar="CLIENT", help="which mentions would teach most, to be marked next"
    )
    mark.add_argument(
        "--accept", metavar="CLIENT", help="put the proposal into the file beside the configuration"
    )
    mark.add_argument("--who", metavar="NAME", help="who says so (default: the user of this machine)")
    mark.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def _learn(commands: Commands) -> None:
    learn = _command(
        commands, "learn", "learn:learn_now", "learn from the labels that people corrected, or go back"
    )
    learn.add_argument("--list", metavar="NAME", help="only this watch list")
    learn.add_argument(
        "--rollback", action="store_true", help="let the model before the present one count again"
    )


def _label(commands: Commands) -> None:
    label = _command(
        commands,
        "label",
        "label:label_now",
        "say what mentions say about a client: negative, neutral, positive or unknown",
    )
    label.add_argument(
        "words",
        metavar="MENTION_ID … LABEL",
        nargs="+",
        help="numbers as in `listener mentions --format jsonl`, then negative, neutral, positive or unknown",
    )
    label.add_argument("--client", metavar="NAME", help="toward whom, where a mention is about several")
    label.add_argument("--who", metavar="NAME", help="who says so (default: the user of this machine)")


def _try(commands: Commands) -> None:
    trial = _command(
        commands, "try", "trying:try_now", "show what would match now; nothing is stored and nothing is sent"
    )
    trial.add_argument("--client", metavar="NAME", help="only this client")
    trial.add_argument(
        "--since", metavar="SPAN", help="only what was published in the last 90m, 24h, 7d, or from a date on"
    )
    trial.add_argument(
        "--input",
        metavar="ITEMS.jsonl",
        help="items as JSON lines (id, text, title, author, url, lang, site, published_at …; - reads stdin) "
        "instead of what the sources show",
    )
    trial.add_argument(
        "--score", action="store_true", help="with --input: label each match, which takes longer"
    )
    trial.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def _explain(commands: Commands) -> None:
    explain = _command(
        commands,
        "explain",
        "explain:explain_now",
        "show for a text, or a stored mention, which clients it is about and why, and what the nearest others lacked",
    )
    explain.add_argument(
        "what", metavar="TEXT|MENTION_ID", help="what somebody said, or the number of a mention"
    )
    explain.add_argument("--client", metavar="NAME", help="only this client")
    explain.add_argument("--text", action="store_true", help="take a number as a text, not as a mention")
    given = explain.add_argument_group("what else is known of the text")
    given.add_argument("--title", metavar="TITLE")
    given.add_argument("--author", metavar="NAME", help="a name, or an @handle")
    given.add_argument("--followers", metavar="COUNT", type=int, help="how many follow the author")
    given.add_argument("--url", metavar="URL", help="where it stands; its host is the site")
    given.add_argument("--site", metavar="HOST", help="the site, where the URL leads through another")
    given.add_argument("--lang", metavar="CODE", help="its language (default: told by the text itself)")
    given.add_argument("--source", metavar="NAME", help="the name of the source")
    given.add_argument("--kind", metavar="KIND", help="the kind of the source")
    given.add_argument("--link", metavar="URL", action="append", help="what the text links to; repeatable")
    explain.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def _plan(commands: Commands) -> None:
    plan = _command(
        commands,
        "plan",
        "plan:plan",
        "show what another file would match and tell, held against what is stored; nothing changes",
    )
    plan.add_argument("new", metavar="NEW.yaml", help="the file that may take the place of -c FILE")
    plan.add_argument(
        "--since",
        metavar="SPAN",
        default="30d",
        help="over the last 24h, 7d, or from a date on (default: 30d)",
    )


def _backtest(commands: Commands) -> None:
    backtest = _command(
        commands,
        "backtest",
        "backtest:backtest",
        "show the alerts that there would have been: by these rules on what is stored, or on a file of counts",
    )
    backtest.add_argument("--client", metavar="NAME", help="only this client")
    backtest.add_argument(
        "--since", metavar="SPAN", help="over the last 24h, 7d, or from a date on (default: 90d)"
    )
    backtest.add_argument(
        "--counts",
        metavar="FILE.csv",
        help="rows of `timestamp,value` instead of stored mentions, oldest first (- reads standard input): prints one JSON "
        "line an alert, and needs no configuration",
    )
    backtest.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def _rescore(commands: Commands) -> None:
    rescore = _command(
        commands,
        "rescore",
        "rescore:rescore",
        "label what is stored anew by the present scorer, and show which labels and past incidents that changes",
    )
    rescore.add_argument("--client", metavar="NAME", help="only this client")
    rescore.add_argument("--list", metavar="NAME", help="only the clients of this watch list")
    rescore.add_argument(
        "--since",
        metavar="SPAN",
        help="only what counts in the last 24h, 7d, or from a date on (default: all)",
    )
    rescore.add_argument("--dry-run", action="store_true", help="show the same and write nothing")
    rescore.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=("table", "jsonl", "csv"),
        default="table",
        help="how to print it (default: table)",
    )
