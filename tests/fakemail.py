"""A real SMTP server (aiosmtpd) on loopback, that goes wrong as it is told to.

    with mailing() as place:
        place.script["RCPT"] = "550 5.1.1 nobody of that name"
        ...
        place.taken[0]["subject"]

A script has an answer for a command (MAIL, RCPT, DATA), used once; for DATA also `hang` and `close`, which take the mail and
give no answer. The user is USER, the password PASSWORD, where a login is asked for.
"""

import asyncio
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import telling
from aiosmtpd.smtp import SMTP, AuthResult

from listener.door.door import Door
from listener.notify.contract import Undelivered
from listener.notify.email import EmailOptions, deliver
from listener.notify.post import poster

USER, PASSWORD = "listener", "secretsecret"
MAIL = {"host": "localhost", "sender": "listener@agency.example", "to": "dana@agency.example"}


@dataclass(frozen=True, kw_only=True)
class Mailed:
    """One mail that was taken, with what was said around it."""

    sender: str
    to: tuple
    mail: EmailMessage
    raw: bytes
    encrypted: bool
    user: str

    @property
    def payload(self):
        """All that a reader sees of it."""
        return f"{self.mail['subject']}\n{self.text}"

    @property
    def text(self):
        return self.mail.get_body(("plain",)).get_content()

    @property
    def html(self):
        return self.mail.get_body(("html",)).get_content()


class MailPlace:
    """Holds what it took. The methods are aiosmtpd's hooks."""

    def __init__(self, **options):
        self.taken = []
        self.script = {}
        self.logins = 0
        self.port = 0
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def mails(self):
        return [each.mail for each in self.taken]

    def _run(self):
        asyncio.set_event_loop(self._loop)
        implicit = self._options.pop("implicit_tls", None)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._talk, "127.0.0.1", 0, ssl=implicit)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            self._loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _talk(self):
        with (
            warnings.catch_warnings()
        ):  # it warns of a login without STARTTLS, though TLS was there before it
            warnings.simplefilter("ignore")
            return SMTP(
                self, hostname="mail.test", authenticator=self._let_in, loop=self._loop, **self._options
            )

    def start(self):
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _let_in(self, *asked):
        data = asked[-1]
        self.logins += 1
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, auth_data=USER if known else None, handled=False)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        envelope.mail_from = address
        return self.script.pop("MAIL", "250 OK")

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        told = self.script.pop("RCPT", "250 OK")
        if told.startswith("2"):
            envelope.rcpt_tos.append(address)
        return told

    async def handle_DATA(self, server, session, envelope):
        told = self.script.pop("DATA", "250 OK")
        if not told[0].isdigit() or told.startswith("2"):
            self._keep(session, envelope)
        if told == "hang":
            await asyncio.sleep(60)
        if told == "close":
            server.transport.abort()
        return told

    def _keep(self, session, envelope):
        self.taken.append(
            Mailed(
                sender=envelope.mail_from,
                to=tuple(envelope.rcpt_tos),
                mail=message_from_bytes(envelope.content, policy=policy.default),
                raw=envelope.original_content,
                encrypted=session.ssl is not None,
                user=session.auth_data or "",
            )
        )


def mail_door(context=None, allow=("localhost", "127.0.0.1")):
    """A door to this machine, where every name leads."""
    return Door(
        contact=None,
        version="1",
        now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC),
        allow_private=allow,
        context=context,
        resolve=lambda *_: ["127.0.0.1"],
    )


@contextmanager
def mailing(**options):
    """A MailPlace that serves as long as the context lasts; options are aiosmtpd's, and `implicit_tls`."""
    place = MailPlace(**options)
    place.start()
    try:
        yield place
    finally:
        place.stop()


def mail_options(place, **more):
    """A receiver's options to reach the place, in the clear unless told otherwise."""
    return EmailOptions(**{**MAIL, "port": place.port, "security": "none", **more})


def mailed(door, place, message=telling.FIRING, **more):
    """What the notifier returns for a message that was taken."""
    return deliver(poster(door), message, mail_options(place, **more))


def not_mailed(door, place, message=telling.FIRING, **more):
    """Why a message was not taken."""
    with pytest.raises(Undelivered) as caught:
        mailed(door, place, message, **more)
    assert PASSWORD not in caught.value.reason
    return caught.value
