"""SMTP through the door: the address that is dialled was judged, TLS is verified, and one deadline is over all of it."""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from time import monotonic

from listener.door.dial import Dialer
from listener.door.errors import Refused, TooSlow, Unreachable
from listener.door.letter import Letter, MailServer, Said, Stage

GOODBYE_S = 2.0
MOST_BYTES = 256 * 2**10
"""Of all that a server says in one conversation."""


def send(
    letter: Letter, server: MailServer, dialer: Dialer, context: ssl.SSLContext, *, ends_at: float
) -> Said:
    """Hand the letter in; what the server said to it. Raises Refused, Unreachable or TooSlow where it said nothing of use."""
    sock = dialer.open(server.host, server.port, ends_at)
    talk = Talk(server.host, context, ends_at)
    try:
        with _told(talk):
            _guard(server, sock)
            return _conversation(talk, sock, letter, server)
    finally:
        talk.close()
        sock.close()


def _guard(server: MailServer, sock: socket.socket) -> None:
    if server.security == "none" and not ip_address(sock.getpeername()[0].partition("%")[0]).is_loopback:
        raise Refused(f"{server.host} is not this machine, and mail goes elsewhere over TLS alone.")


def _conversation(talk: Talk, sock: socket.socket, letter: Letter, server: MailServer) -> Said:
    refused = talk.open(sock, server.security)
    if refused is not None:
        return refused
    said = talk.enter(server.user, server.password) or talk.hand_in(letter)
    talk.leave()
    return said


class Talk(smtplib.SMTP):
    """smtplib's protocol over a socket of ours, with every read and write ending at the same instant.

    `sent` is True from the moment at which the server may have taken the letter.
    """

    def __init__(self, host: str, context: ssl.SSLContext, ends_at: float) -> None:
        super().__init__(local_hostname="[127.0.0.1]")
        self.sent = False
        self.host = host
        self.ends_at = ends_at
        self._host = host  # smtplib's name for whom the certificate must name
        self._context = context
        self._room = MOST_BYTES

    def open(self, sock: socket.socket, security: str) -> Said | None:
        """Greet each other, over TLS where that is meant; what was said if the server wants none of it."""
        self.sock = self._wrapped(sock) if security == "tls" else sock
        self.local_hostname = _literal(self.sock)
        code, words = self.getreply()
        if code != 220:
            return _said(code, "greeting", words)
        self.ehlo_or_helo_if_needed()
        if security == "starttls":
            self._secure()
        return None

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        sock.settimeout(self._left())
        return self._context.wrap_socket(sock, server_hostname=self.host)

    def _secure(self) -> None:
        if not self.has_extn("starttls"):
            raise Refused(
                f"{self.host} offers no STARTTLS on this port: try security: tls with port 465, or ask who runs it."
            )
        self.starttls(context=self._context)
        self.ehlo_or_helo_if_needed()

    def enter(self, user: str, password: str) -> Said | None:
        """Log in, if anybody does."""
        if not user:
            return None
        try:
            self.login(user, password)
        except smtplib.SMTPAuthenticationError as refused:
            return _said(refused.smtp_code, "login", b"")
        except smtplib.SMTPNotSupportedError:
            raise Refused(
                f"{self.host} takes no login here: remove user and password, or check the port."
            ) from None
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
            raise
        except smtplib.SMTPException:
            raise Refused(f"{self.host} knows no way to log in that we know: ask who runs it.") from None
        except UnicodeError:
            raise Refused(
                f"The user and the password for {self.host} may hold ASCII characters alone."
            ) from None
        return None

    def hand_in(self, letter: Letter) -> Said:
        """The letter itself; where a step is refused, that is the answer."""
        body = _stuffed(letter.content)
        size = [f"size={len(body)}"] if self.has_extn("size") else []
        code, words = self.mail(letter.sender, size)
        if code != 250:
            return _said(code, "sender", words)
        code, words = self.rcpt(letter.to)
        if code not in {250, 251}:
            return _said(code, "recipient", words)
        code, words = self.docmd("data")
        if code == 354:
            self.sent = True
            self.send(body)
            code, words = self.getreply()
        return _said(code, "content", words)

    def leave(self) -> None:
        """Say goodbye, which changes nothing any more."""
        self.ends_at = min(self.ends_at, monotonic() + GOODBYE_S)
        try:
            self.quit()
        except OSError:  # smtplib's errors are OSErrors
            self.close()

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Timed(self, self.sock))
        return super().getreply()

    def send(self, s: str | bytes | bytearray) -> None:  # type: ignore[override]  # typeshed names a wider buffer
        if self.sock is not None:
            self.sock.settimeout(self._left())
        super().send(s)

    def _left(self) -> float:
        left_s = self.ends_at - monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s

    def read_into(self, sock: socket.socket, buffer: memoryview) -> int:
        """Some bytes by the deadline, as long as the server has not said too much."""
        sock.settimeout(self._left())
        count = sock.recv_into(buffer)
        self._room -= count
        if self._room < 0:
            raise ConnectionAbortedError
        return count


class _Timed(io.RawIOBase):
    """What the server says, read under the deadline of the talk."""

    def __init__(self, talk: Talk, sock: socket.socket) -> None:
        super().__init__()
        self._talk, self._sock = talk, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed names a wider buffer
        return self._talk.read_into(self._sock, buffer)


def _stuffed(content: bytes) -> bytes:
    """Lines that end as SMTP wants them, no line a lone dot, and the end of all (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    lines = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def _said(code: int, stage: Stage, words: bytes) -> Said:
    text = "".join(sign if sign.isprintable() else " " for sign in words.decode("utf-8", "replace"))
    return Said(code=code, stage=stage, words=" ".join(text.split())[:200])


def _literal(sock: socket.socket) -> str:
    """How we introduce ourselves: by address, for the name of this machine is nobody's concern."""
    address = ip_address(sock.getsockname()[0].partition("%")[0])
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


@contextmanager
def _told(talk: Talk) -> Iterator[None]:
    """Tells smtplib's errors in the door's own words."""
    host = talk.host
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message
        raise Unreachable(f"The certificate of {host} is not valid ({why}).", sent=False) from None
    except ssl.SSLError as error:
        raise Unreachable(
            f"{host} fails the TLS handshake ({error.reason}): tls is for port 465, starttls for 587.",
            sent=talk.sent,
        ) from None
    except smtplib.SMTPResponseException as error:
        raise Unreachable(
            f"{host} does not speak SMTP as it should (it says {error.smtp_code}).", sent=talk.sent
        ) from None
    except OSError:  # a timeout, a closed connection, and smtplib's SMTPException, which is one
        if monotonic() >= talk.ends_at:
            raise TooSlow(f"{host} does not take the mail in time.", sent=talk.sent) from None
        raise Unreachable(
            f"{host} breaks off, or says too much, before it has taken the mail.", sent=talk.sent
        ) from None
