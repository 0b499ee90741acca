"""What `listener backtest -c FILE` prints: each alert with its proof, then each watch list against its budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from textwrap import shorten
from typing import Any

from listener.alerting.wording import count, facts, quote, tell_most
from listener.alerting.wording.proof import numbers, sentences
from listener.cli.output import printable, write
from listener.domain.message import Quote
from listener.jobs.backtesting import Backtest, Kept, Raised
from listener.telemetry import REDACTION

DAY = timedelta(days=1)
MOST_NAMED = 10
SAID = 140

LEFT_OUT = (
    "Left out is what no history tells: silences and quiet hours, incidents that people closed, delays of a busy machine. "
    "Other rules than negative_spike are not replayed."
)


def show(done: Backtest, *, form: str) -> None:
    """Print it for a person, or an object an alert and one a list."""
    if form == "jsonl":
        write((_object(one) for one in done.raised), form="jsonl", columns=())
        write((_list_object(done, one) for one in done.lists), form="jsonl", columns=())
        return
    for line in _lines(done):
        indent = " " * (len(line) - len(line.lstrip(" ")))
        print(indent + printable(REDACTION.hide(line)))


def _lines(done: Backtest) -> Iterator[str]:
    for one in done.raised:
        yield from _alert(one)
        yield ""
    yield from (_list(done, one) for one in done.lists)
    if done.unwatched:
        names = [client.name for client in done.unwatched]
        more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
        yield f"No rule negative_spike watches {', '.join(names[:MOST_NAMED])}{more}."
    yield LEFT_OUT


def _alert(one: Raised) -> Iterator[str]:
    """`Mills, 2026-11-12 05:10 to 08:20 UTC: 5 people, 3 stories, negative in the last 2 h; usual 0–1`."""
    opened, ended = one.alarm.opened_at, one.alarm.resolved_at
    until = "and goes on" if ended is None else f"to {ended:%Y-%m-%d %H:%M}"
    told = numbers(one.watched, one.proof, now=opened)
    yield f"{one.watched.client.name}, {opened:%Y-%m-%d %H:%M} {until} UTC: {told}"
    yield from (f"  {sentence}" for sentence in sentences(one.watched, one.proof, now=opened))
    for number, said in _quotes(one):
        yield f"  [{number}] {_quote(said)}"


def _quotes(one: Raised) -> list[tuple[int, Quote]]:
    """Those that a message shows, by the number of the mention."""
    return [(said.mention, quote(said, one.watched)) for said in tell_most(one.proof.said)]


def _quote(one: Quote) -> str:
    said = " — ".join(part for part in (one.title, one.text) if part) or "(the text was deleted)"
    return f"“{shorten(said, SAID, placeholder=' …')}” {one.author}, {one.source}"


def _list(done: Backtest, one: Kept) -> str:
    """`key-accounts, 12 clients: 2 alerts in 90 days; its budget of false alarms for that time is 3`."""
    who = f"{one.watch_list}, {count(one.clients, 'client')}"
    if one.heard_from is None:
        return f"{who}: nothing was heard since {done.since:%Y-%m-%d}"
    when = f"in {count(round((done.until - one.heard_from) / DAY), 'day')}"
    if one.heard_from > done.since:
        when += f" (nothing was heard before {one.heard_from:%Y-%m-%d})"
    return f"{who}: {count(one.alerts, 'alert')} {when}; the budget of false alarms for that time is {one.budget:.2g}"


def _object(one: Raised) -> dict[str, Any]:
    return {
        "client": one.watched.client.name,
        "watch_list": one.watched.client.watch_list,
        "rule": "negative_spike",
        "at": one.alarm.opened_at.isoformat(),
        "until": one.alarm.resolved_at.isoformat() if one.alarm.resolved_at else None,
        "proof": numbers(one.watched, one.proof, now=one.alarm.opened_at),
        **{name: fact for name, fact in facts(one.proof).items() if name != "chart"},
        "ids": [said.mention for said in one.proof.said],
        "quotes": [
            {
                "id": number,
                "text": said.text,
                "title": said.title,
                "author": said.author,
                "source": REDACTION.hide(said.source),
                "url": said.url,
            }
            for number, said in _quotes(one)
        ],
    }


def _list_object(done: Backtest, one: Kept) -> dict[str, Any]:
    return {
        "watch_list": one.watch_list,
        "clients": one.clients,
        "alerts": one.alerts,
        "since": done.since.isoformat(),
        "heard_from": one.heard_from.isoformat() if one.heard_from else None,
        "until": done.until.isoformat(),
        "budget": round(one.budget, 3),
    }
