"""IMAP through the door: the address that is dialled was judged, TLS is verified, and one deadline is over all of it.

A folder is only examined: nothing is marked as read, moved or deleted (RFC 3501, EXAMINE and BODY.PEEK).
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from ipaddress import ip_address
from time import monotonic
from typing import Any

from listener.door.dial import Dialer
from listener.door.errors import Refused, TooSlow, Unreachable
from listener.door.mailbox import Mail, Mailbox, MailsRead

MEGABYTE = 2**20
LARGEST = 5 * MEGABYTE
CUT_AT = MEGABYTE
"""Of a mail that is larger: its beginning, which holds the text."""
TOGETHER = 20 * MEGABYTE
"""Of all mails of one conversation; what is left over is asked for by the next."""
MOST_BYTES = 40 * MEGABYTE
LONGEST_LINE = MEGABYTE
SPAN = 50_000
"""Numbers that one search is over, so that its answer fits a line."""
MOST_SPANS = 200
GOODBYE_S = 2.0
SHOWN_FOLDERS = 30
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - a list of words reads best as words


def read(
    mailbox: Mailbox,
    dialer: Dialer,
    context: ssl.SSLContext,
    *,
    after: int,
    most: int,
    since: date | None,
    ends_at: float,
) -> MailsRead:
    """Some mails of a folder. Raises Refused where a person must change something, else Unreachable or TooSlow."""
    sock = dialer.open(mailbox.host, mailbox.port, ends_at)
    talk: Talk | None = None
    try:
        with _told(mailbox, ends_at):
            _guard(mailbox, sock)
            talk = Talk(sock, mailbox, context, ends_at)
            validity, following = talk.enter()
            found = talk.mails(after, following, most=most, since=since)
            talk.leave()
            return MailsRead(validity=validity, mails=found[0], reached=found[1], more=found[2])
    finally:
        if talk is not None:
            talk.shutdown()
        sock.close()


def _guard(mailbox: Mailbox, sock: socket.socket) -> None:
    if mailbox.security == "none" and not ip_address(sock.getpeername()[0].partition("%")[0]).is_loopback:
        raise Refused(f"{mailbox.host} is not this machine, and mail is read over TLS alone.")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in mailbox.user + mailbox.password + mailbox.folder):
        raise Refused(
            f"The user, the password and the folder for {mailbox.host} may hold no control characters."
        )


class Talk(imaplib.IMAP4):
    """imaplib's protocol over a socket of ours, with every read and write ending at the same instant."""

    def __init__(
        self, sock: socket.socket, mailbox: Mailbox, context: ssl.SSLContext, ends_at: float
    ) -> None:
        self._mailbox = mailbox
        self._context = context
        self._ends_at = ends_at
        self._room = MOST_BYTES
        self._held = bytearray()
        self._ours = sock
        super().__init__(mailbox.host, mailbox.port)

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:  # noqa: ARG002 - imaplib's interface
        """Imaplib's hook: the connection stands already, over TLS where that is meant from the start."""
        self.host, self.port = host, port
        if self._mailbox.security == "tls":
            self._ours = self._wrapped()
        self.sock = self._ours

    def _wrapped(self) -> ssl.SSLSocket:
        self._ours.settimeout(self._left())
        return self._context.wrap_socket(self._ours, server_hostname=self._mailbox.host)

    def enter(self) -> tuple[int, int | None]:
        """Log in and look at the folder; its validity, and the number that the next mail will have."""
        if self._mailbox.security == "starttls":
            self._secure()
        self._log_in()
        said, _ = self.select(_quoted(_coded(self._mailbox.folder)), readonly=True)
        if said != "OK":
            raise Refused(
                f"There is no folder {self._mailbox.folder!r} for {self._mailbox.user}: there are {self._folders()}."
            )
        return self._number("UIDVALIDITY") or 0, self._number("UIDNEXT")

    def _secure(self) -> None:
        said, _ = self._simple_command("STARTTLS")
        if said != "OK":
            raise Refused(f"{self.host} offers no STARTTLS on this port: try security: tls with port 993.")
        if self._held:  # what came before TLS could be anybody's
            raise ConnectionAbortedError
        self._ours = self._wrapped()
        self.sock = self._ours
        self._tls_established = True
        self._get_capabilities()

    def _log_in(self) -> None:
        user, password = self._mailbox.user, self._mailbox.password
        try:
            if "AUTH=PLAIN" in self.capabilities:
                self.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
            elif "LOGINDISABLED" in self.capabilities:
                raise Refused(
                    f"{self.host} takes no password here: try security: starttls, or ask who runs it whether IMAP with a "
                    "password can be allowed."
                )
            elif not (user + password).isascii():
                raise Refused(f"The user and the password for {self.host} may hold ASCII characters alone.")
            else:
                self._plainly(_quoted(user), _quoted(password))
        except self.abort:
            raise
        except self.error as refused:
            raise self._not_let_in(str(refused)) from None

    def _plainly(self, user: str, password: str) -> None:
        said, words = self._simple_command("LOGIN", user, password)
        if said != "OK":
            raise self.error(_text(words[-1] if words else b""))
        self.state = "AUTH"

    def _not_let_in(self, words: str) -> Exception:
        if re.search(
            r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\]|too many|try again", words, re.IGNORECASE
        ):
            return Unreachable(f"{self.host} lets nobody in for now.", sent=False)
        return Refused(
            f"{self.host} does not take the password of {self._mailbox.user}: check user and password. Where the account has "
            "a second factor, make an app password for it; where IMAP is switched off, switch it on in the mailbox's settings."
        )

    def _folders(self) -> str:
        said, lines = self.list()
        names = [_folder(line) for line in lines if line] if said == "OK" else []
        known = sorted(name for name in names if name)
        more = f" and {len(known) - SHOWN_FOLDERS} more" if len(known) > SHOWN_FOLDERS else ""
        return (", ".join(known[:SHOWN_FOLDERS]) or "none that it shows") + more

    def _number(self, name: str) -> int | None:
        _, said = self.response(name)
        last = said[-1] if said else None
        return int(last) if isinstance(last, bytes) and last.isdigit() else None

    def mails(
        self, after: int, following: int | None, *, most: int, since: date | None
    ) -> tuple[tuple[Mail, ...], int, bool]:
        """The next mails, up to which number that is all, and whether there is more."""
        numbers, reached, more = self._numbers(after, following, most=most, since=since)
        sizes = self._sizes(numbers)
        found: list[Mail] = []
        room = TOGETHER
        for number in numbers:
            size = sizes.get(number)
            if size is None:
                continue  # it was deleted meanwhile
            room -= min(size, LARGEST)
            if room < 0 and found:
                return tuple(found), found[-1].number, True
            mail = self._mail(number, cut=size > LARGEST)
            found += [mail] if mail is not None else []
        return tuple(found), reached, more

    def _numbers(
        self, after: int, following: int | None, *, most: int, since: date | None
    ) -> tuple[list[int], int, bool]:
        found: list[int] = []
        reached = after
        for _ in range(MOST_SPANS):
            if following is not None and reached + 1 >= following:
                return found, reached, False
            last = None if following is None else min(reached + SPAN, following - 1)
            new = self._search(reached + 1, last, since)
            found += new
            if len(found) > most:
                return found[:most], found[most - 1], True
            if last is None:
                return found, max(new, default=reached), False
            reached = last
        return found, reached, True

    def _search(self, first: int, last: int | None, since: date | None) -> list[int]:
        asked = ["UID", f"{first}:{'*' if last is None else last}"]
        asked += ["SINCE", f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"] if since else []
        said, lines = self.uid("SEARCH", *asked)
        if said != "OK":
            raise self.error(_text(lines[-1] if lines else b""))
        words = b" ".join(line for line in lines if isinstance(line, bytes)).split()
        # `7:*` has the last mail in it even where its number is below 7.
        return sorted({int(word) for word in words if word.isdigit() and int(word) >= first})

    def _sizes(self, numbers: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        if numbers:
            for line in self._fetch(",".join(map(str, numbers)), "(UID RFC822.SIZE)"):
                whole = line if isinstance(line, bytes) else b""
                number, size = (re.search(name + rb" (\d+)", whole) for name in (rb"UID", rb"RFC822\.SIZE"))
                if number and size:
                    found[int(number[1])] = int(size[1])
        return found

    def _mail(self, number: int, *, cut: bool) -> Mail | None:
        part = f"<0.{CUT_AT}>" if cut else ""
        for line in self._fetch(str(number), f"(UID BODY.PEEK[]{part})"):
            if isinstance(line, tuple) and b"BODY[]" in line[0].upper():
                return Mail(number=number, body=line[1], cut=cut)
            if isinstance(line, bytes) and (short := _SHORT.search(line)):
                return Mail(number=number, body=re.sub(rb"\\(.)", rb"\1", short[1]), cut=cut)
        return None

    def _fetch(self, numbers: str, what: str) -> list[Any]:
        said, lines = self.uid("FETCH", numbers, what)
        if said != "OK":
            raise self.error(_text(lines[-1] if lines else b""))
        return list(lines)

    def leave(self) -> None:
        """Say goodbye, which changes nothing any more."""
        self._ends_at = min(self._ends_at, monotonic() + GOODBYE_S)
        with suppress(OSError, imaplib.IMAP4.error):
            self.logout()

    def read(self, size: int) -> bytes:
        """Imaplib's hook: a literal."""
        if size > LARGEST + MEGABYTE:
            raise ConnectionAbortedError
        while len(self._held) < size:
            self._receive()
        return self._taken(size)

    def readline(self) -> bytes:
        """Imaplib's hook: a line."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > LONGEST_LINE:
                raise ConnectionAbortedError
            self._receive()
        return self._taken(end + 1)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def _receive(self) -> None:
        """Some bytes by the deadline, as long as the server has not said too much."""
        self._ours.settimeout(self._left())
        some = self._ours.recv(65_536)
        self._room -= len(some)
        if not some or self._room < 0:
            raise ConnectionAbortedError
        self._held += some

    def send(self, data: Any) -> None:  # noqa: ANN401 - any buffer
        """Imaplib's hook."""
        self._ours.settimeout(self._left())
        self._ours.sendall(data)

    def shutdown(self) -> None:
        """Imaplib's hook: it hangs up."""
        self._ours.close()

    def _left(self) -> float:
        left_s = self._ends_at - monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


_SHORT = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*+)"', re.IGNORECASE)
_LISTED = re.compile(rb'\([^)]*\) (?:"(?:[^"\\]|\\.)*"|NIL) (?:"((?:[^"\\]|\\.)*)"|(\S+))')


def _text(words: object) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folder(line: object) -> str:
    """The name in one line of LIST, as people write it."""
    if isinstance(line, tuple):
        return _plain(line[1]) if isinstance(line[1], bytes) else ""
    found = _LISTED.match(line) if isinstance(line, bytes) else None
    return _plain(re.sub(rb"\\(.)", rb"\1", found[1]) if found[1] is not None else found[2]) if found else ""


def _coded(folder: str) -> str:
    """A folder's name as IMAP writes it: UTF-16 in base64 between & and - (RFC 3501, 5.1.3)."""
    return re.sub(r"&|[^\x20-\x7e]+", lambda run: _run(run[0]), folder)


def _run(signs: str) -> str:
    if signs == "&":
        return "&-"
    coded = b64encode(signs.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")
    return f"&{coded}-"


def _plain(coded: bytes) -> str:
    def run(found: re.Match[str]) -> str:
        signs = found[1].replace(",", "/")
        return b64decode(signs + "=" * (-len(signs) % 4)).decode("utf-16-be", "replace") if signs else "&"

    try:
        name = re.sub(r"&([A-Za-z0-9+,]*)-", run, coded.decode("utf-8", "replace"))
    except ValueError:
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in name)[:100]


@contextmanager
def _told(mailbox: Mailbox, ends_at: float) -> Iterator[None]:
    """Tells imaplib's errors in the door's own words."""
    host = mailbox.host
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"The certificate of {host} is not valid ({error.verify_message}).", sent=False
        ) from None
    except ssl.SSLError as error:
        raise Unreachable(
            f"{host} fails the TLS handshake ({error.reason}): tls is for port 993, starttls for 143.",
            sent=False,
        ) from None
    except (OSError, imaplib.IMAP4.error):
        if monotonic() >= ends_at:
            raise TooSlow(f"{host} does not hand out the mail in time.", sent=False) from None
        raise Unreachable(
            f"{host} breaks off, or does not speak IMAP as it should, before the mail is read.", sent=False
        ) from None
