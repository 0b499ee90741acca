"""`listener run`: the daemon, or one round of it."""

from __future__ import annotations

import argparse
import logging
import os
import threading
from pathlib import Path
from socket import socket

from listener.app import App, opened
from listener.cli import WRONG, Refusal
from listener.config import load, plan
from listener.jobs.rounds import Report
from listener.telemetry import say, start_logging
from listener.web.port import bind


def run(arguments: argparse.Namespace) -> int:
    """Run until stopped, or one round with --once."""
    if arguments.all and not arguments.once:
        raise Refusal("--all belongs to --once: write `listener run --once --all`", code=WRONG)
    start_logging(verbose=arguments.verbose)
    config = load.load(Path(arguments.config), environ=os.environ)
    for warning in config.warnings:
        say("configuration", level=logging.WARNING, says=warning)
    if arguments.once:
        with opened(config) as app:
            report(app.once(everything=arguments.all), everything=arguments.all)
        return 0
    listening = bind(config.web.host, config.web.port)
    with opened(config) as app, listening:
        code = serve(app, listening)
    return leave(code)


def leave(code: int) -> int:
    """End the process even where a poll or a job still waits for a silent host: what was to be kept is written by now.

    Python would wait for its thread, a daemon thread or not, for as long as its deadline lets it wait.
    """
    if any(thread.name.startswith(("poll", "lane")) for thread in threading.enumerate()):
        logging.shutdown()
        os._exit(code)
    return code


def serve(app: App, listening: socket) -> int:
    """The daemon with its own port."""
    from listener.web.desk import Desk
    from listener.web.posting import Letterbox
    from listener.web.server import Server

    daemon = app.daemon()
    host, port = listening.getsockname()[:2]
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    desk = Desk(
        database=app.database,
        watched=lambda: daemon.plan.watched,
        people=lambda: {key: one.name for key, one in app.config.people.items()},
        public_url=lambda: app.config.public_url,
        listens_on=named,
        now=app.clock.now,
    )
    letterbox = Letterbox(
        database=app.database, secrets=lambda: plan.webhooks(daemon.plan.targets.values()), now=app.clock.now
    )
    server = Server(listening, app.status_of(daemon), desk, letterbox)
    server.start()
    say("listening", url=f"http://{named}", database=app.config.database_shown)
    try:
        return daemon.run()
    finally:
        server.stop()


def report(done: Report, *, everything: bool = True) -> None:
    """What one round did, for a person; where that is little, how to get more."""
    states = ", ".join(f"{number} {state}" for state, number in sorted(done.states.items()))
    print(f"polled {done.polled} sources ({states or 'nothing was due'}); {done.mentions} new mentions")
    print(
        f"incidents: {done.alerts.opened} opened, {done.alerts.resolved} resolved; "
        f"notifications: {done.delivered.sent} sent, {done.delivered.retried} to be tried again, {done.delivered.dead} given up"
    )
    if not done.states and not everything:
        print("to poll what is not due yet: listener run --once --all")
