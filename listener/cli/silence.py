"""`listener silence`: alerts that are expected are not told for a while; what was hidden is told at the end."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from listener.alerting.wording import clock, count
from listener.app import Clock
from listener.cli import WRONG, Refusal
from listener.cli.named import clients_of
from listener.cli.output import printable, write
from listener.cli.who import speaks
from listener.config import load
from listener.config.config import Config
from listener.config.mistakes import Unfit
from listener.config.sentences import nearest
from listener.config.values import duration
from listener.domain.localtime import first_at
from listener.domain.rules import Rules
from listener.domain.silence import Matchers, Silence
from listener.store import silences
from listener.store.engine import Database, open_database
from listener.telemetry import REDACTION

LONGEST = timedelta(days=366)


def add(arguments: argparse.Namespace) -> int:
    """Make a silence, and say what it holds back until when."""
    config = load.load(Path(arguments.config), environ=os.environ)
    now = Clock.from_environment().now()
    matchers = _matchers(arguments, config)
    begins = _at(arguments.begin, "--from", config, now=now) if arguments.begin else now
    ends = _end(arguments, config, begins=begins, now=now)
    if not arguments.comment.strip():
        raise Refusal("say why in --comment: it stands in the message at the end", code=WRONG)
    with _opened(config) as database, database.write() as connection:
        made = silences.add(
            connection,
            matchers,
            starts_at=begins,
            ends_at=ends,
            author=speaks(config, arguments.who),
            comment=" ".join(arguments.comment.split()),
            now=now,
        )
    since = f"from {clock(begins, config.timezone, now=now)} " if begins > now else ""
    until = clock(ends, config.timezone, now=now)
    print(printable(f"silence {made.id} holds back {_what(made.matchers, config)} {since}until {until}"))
    print(f"what it hides is told then; to end it sooner: listener silence expire {made.id}")
    return 0


def listed(arguments: argparse.Namespace) -> int:
    """Print the silences that hold or will; with --all those that are over, too."""
    config = load.load(Path(arguments.config), environ=os.environ)
    now = Clock.from_environment().now()
    with _opened(config) as database, database.read() as connection:
        found = silences.listing(connection, after=None if arguments.all else now)
    rows = (
        {
            "id": one.id,
            "state": _state(one, now=now),
            "from": one.starts_at,
            "until": one.ends_at,
            "by": one.author,
            "hidden": hidden,
            "about": _what(one.matchers, config),
            "comment": one.comment,
            "expired_by": one.expired_by,
            "matchers": one.matchers.to_json(),
        }
        for one, hidden in found
    )
    write(
        rows,
        form=arguments.format,
        columns=("id", "state", "from", "until", "by", "hidden", "about", "comment"),
    )
    return 0


def expire(arguments: argparse.Namespace) -> int:
    """End a silence now."""
    config = load.load(Path(arguments.config), environ=os.environ)
    now = Clock.from_environment().now()
    with _opened(config) as database, database.write() as connection:
        known = silences.get(connection, arguments.id)
        if known is None:
            raise Refusal(f"there is no silence {arguments.id}: `listener silence list` has their numbers")
        if not silences.expire(connection, known.id, who=speaks(config, arguments.who), now=now):
            ended = clock(known.ends_at, config.timezone, now=now)
            raise Refusal(f"silence {known.id} is over already: it ended {ended}")
        hidden = {one.id: number for one, number in silences.listing(connection)}[known.id]
    what = f"{count(hidden, 'message')} that it hid" if hidden else "it hid nothing"
    told = f"{what}: the daemon tells of it now" if hidden else what
    print(f"silence {known.id} is over; {told}")
    return 0


def _matchers(arguments: argparse.Namespace, config: Config) -> Matchers:
    clients = [clients_of(config, name) for name in arguments.client or ()]
    return Matchers(
        clients=tuple(dict.fromkeys(one.id for some in clients for one in some)),
        watch_lists=_known(arguments.list, [one.name for one in config.watch_lists], "watch list"),
        rules=_known(arguments.rule, list(Rules.__dataclass_fields__), "rule"),
        severity_below=arguments.severity_below,
    )


def _known(wanted: Sequence[str] | None, there: Sequence[str], what: str) -> tuple[str, ...]:
    for one in wanted or ():
        if one not in there:
            guess = nearest(one, there)
            hint = f"did you mean {guess}?" if guess else f"there are {', '.join(there)}"
            raise Refusal(f"there is no {what} {one!r}: {hint}", code=WRONG)
    return tuple(dict.fromkeys(wanted or ()))


def _end(arguments: argparse.Namespace, config: Config, *, begins: datetime, now: datetime) -> datetime:
    """When it ends; after it begins, and within a year."""
    if arguments.length:
        try:
            ends = begins + duration(arguments.length)
        except Unfit as unfit:
            raise Refusal(f"--for {arguments.length!r} {unfit}", code=WRONG) from None
    else:
        ends = _at(arguments.until, "--until", config, now=now)
    if ends <= max(begins, now):
        raise Refusal("it would be over before it begins: give a later --until", code=WRONG)
    if ends - begins > LONGEST:
        raise Refusal("a silence holds for a year at most: take the rule out of the file instead", code=WRONG)
    return ends


def _at(text: str, option: str, config: Config, *, now: datetime) -> datetime:
    """`14:00`: the next one by the clocks of the file's time zone; or a date and time there."""
    zone = config.timezone
    today = now.astimezone(zone).date()
    if clocks := re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text):
        at = time(int(clocks[1]), int(clocks[2]))
        first = first_at(today, at, zone)
        return first if first > now else first_at(today + timedelta(days=1), at, zone)
    try:
        given = datetime.fromisoformat(text)
        return given if given.tzinfo else first_at(given.date(), given.time(), zone)
    except (ValueError, OverflowError):
        remedy = "write 14:00, or a date such as 2026-12-24T18:00"
        raise Refusal(f"{option} {text!r}: {remedy}", code=WRONG) from None


def _state(one: Silence, *, now: datetime) -> str:
    if one.ends_at <= now:
        return "over"
    return "holds" if one.starts_at <= now else "to come"


def _what(matchers: Matchers, config: Config) -> str:
    """What it holds back: "all alerts about Mills", "negative_spike below major about the list shops"."""
    names = {one.id: one.name for one in clients_of(config, None)}
    alerts = " and ".join(matchers.rules) or "all alerts"
    below = f" below {matchers.severity_below}" if matchers.severity_below else ""
    clients = " and ".join(names.get(one, one) for one in matchers.clients) or "all clients"
    lists = " and ".join(f"the list {name}" for name in matchers.watch_lists)
    if matchers.clients and lists:
        clients += f" of {lists}"
    return f"{alerts}{below} about {clients if matchers.clients else lists or clients}"


@contextmanager
def _opened(config: Config) -> Iterator[Database]:
    REDACTION.learn(config.secrets)
    with closing(open_database(config.database, create=False)) as database:
        yield database
