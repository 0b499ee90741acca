"""A small IMAP server on loopback, as RFC 3501 has it: greetings, tags, untagged answers, literals, UIDs, STARTTLS.

    with serving() as place:
        place.arrives(b"From: …")
        place.seen      # the commands that were sent

It keeps the flags: a FETCH of BODY[] marks a mail as read, one of BODY.PEEK[] does not; EXAMINE lets nothing be changed.
"""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

USER, PASSWORD = "support@mills.example", 'sec"ret\\of nobody'


@dataclass
class Kept:
    uid: int
    body: bytes
    day: str = "20-Nov-2026"
    read: bool = False


@dataclass
class ImapPlace:
    """What the server has, and how it goes wrong: `script` has an answer for a command, `close`, `hang`, `endless` or a line."""

    capabilities: str = "IMAP4rev1 AUTH=PLAIN"
    validity: int = 7
    next_uid: int = 1
    mails: list[Kept] = field(default_factory=list)
    folders: tuple[str, ...] = ("INBOX", "Alerts", "Entw&APw-rfe")
    script: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    tells_next: bool = True
    tls: object = None
    stopped: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def arrives(self, body, day="20-Nov-2026"):
        self.mails.append(Kept(self.next_uid, body.replace(b"\n", b"\r\n"), day))
        self.next_uid += 1

    def renumbered(self):
        self.validity += 1
        for number, mail in enumerate(self.mails, start=1):
            mail.uid = number
        self.next_uid = len(self.mails) + 1


def day(written):
    return datetime.strptime(written, "%d-%b-%Y").replace(tzinfo=UTC)


class Talk(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        self.place, self.entered, self.folder = self.server.place, False, None
        self.say(self.place.script.get("greeting", "* OK ready"))
        while (line := self.rfile.readline(70_000)) and not self.place.stopped.is_set():
            tag, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
            self.place.seen.append(rest)
            name, _, words = rest.partition(" ")
            if name.upper() == "UID":
                name, _, words = words.partition(" ")
            scripted = self.place.script.get(name.upper())
            if scripted == "close":
                return
            if scripted == "hang":
                self.place.stopped.wait(20)
                return
            if scripted == "endless":
                self.endless()
                return
            if scripted:
                self.say(scripted.replace("TAG", tag))
            elif not getattr(self, f"on_{name.lower()}", self.unknown)(tag, words):
                return

    def finish(self):
        super().finish()
        self.connection.close()  # it may be another one by now: that of TLS

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def endless(self):
        try:
            while not self.place.stopped.is_set():
                self.wfile.write(b"* OK " + b"x" * 60_000)
        except OSError:
            pass

    def unknown(self, tag, _):
        self.say(f"{tag} BAD unknown command")
        return True

    def on_capability(self, tag, _):
        self.say(f"* CAPABILITY {self.place.capabilities}")
        self.say(f"{tag} OK done")
        return True

    def on_starttls(self, tag, _):
        self.say(f"{tag} OK begin")
        self.connection = self.place.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        return True

    def let_in(self, tag, user, password):
        self.entered = (user, password) == (USER, PASSWORD)
        self.say(f"{tag} {'OK in' if self.entered else 'NO [AUTHENTICATIONFAILED] Invalid credentials'}")
        return True

    def on_login(self, tag, words):
        found = re.fullmatch(r'"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"', words)
        return self.let_in(tag, *(re.sub(r"\\(.)", r"\1", part) for part in found.groups()))

    def on_authenticate(self, tag, _):
        self.say("+ ")
        _, user, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
        return self.let_in(tag, user, password)

    def on_list(self, tag, _):
        for one in self.place.folders:
            self.say(f'* LIST (\\HasNoChildren) "/" "{one}"')
        self.say(f"{tag} OK done")
        return True

    def on_examine(self, tag, words):
        name = words.strip('"')
        if not self.entered or name not in self.place.folders:
            self.say(f"{tag} NO [NONEXISTENT] no such mailbox")
            return True
        self.folder = name
        self.say(f"* {len(self.place.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.place.validity}] valid")
        if self.place.tells_next:
            self.say(f"* OK [UIDNEXT {self.place.next_uid}] next")
        self.say(f"{tag} OK [READ-ONLY] examined")
        return True

    def those(self, ranges):
        last = max((mail.uid for mail in self.place.mails), default=0)
        for part in ranges.split(","):
            low, _, high = part.partition(":")
            bounds = sorted(last if one == "*" else int(one) for one in (low, high or low))
            yield from (mail for mail in self.place.mails if bounds[0] <= mail.uid <= bounds[1])

    def on_search(self, tag, words):
        asked = re.fullmatch(r"UID (\S+)(?: SINCE (\S+))?", words)
        since = day(asked[2]) if asked[2] else day("1-Jan-1970")
        found = [mail for mail in self.those(asked[1]) if day(mail.day) >= since]
        self.say("* SEARCH " + " ".join(str(mail.uid) for mail in reversed(found)))
        self.say(f"{tag} OK done")
        return True

    def on_fetch(self, tag, words):
        ranges, _, what = words.partition(" ")
        for mail in self.those(ranges):
            at = self.place.mails.index(mail) + 1
            self.say(f"* {at} FETCH (FLAGS (\\Recent))")  # nobody asked: servers may say so at any time
            if "SIZE" in what:
                size = self.place.sizes.get(mail.uid, len(mail.body))
                self.say(f"* {at} FETCH (UID {mail.uid} RFC822.SIZE {size})")
                continue
            mail.read = mail.read or "PEEK" not in what
            cut = re.search(r"<0\.(\d+)>", what)
            body, origin = (mail.body[: int(cut[1])], "<0>") if cut else (mail.body, "")
            self.wfile.write(f"* {at} FETCH (BODY[]{origin} {{{len(body)}}}\r\n".encode() + body)
            self.say(f" UID {mail.uid})")
        self.say(f"{tag} OK done")
        return True

    def on_logout(self, tag, _):
        self.say("* BYE")
        self.say(f"{tag} OK bye")
        return False


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is no fault of the server."""


@contextmanager
def serving(implicit=None, **how):
    """A server; `implicit` is the TLS context of one that speaks TLS from the start."""
    with _Server(("127.0.0.1", 0), Talk) as server:
        server.place = ImapPlace(**how)
        server.place.port = server.server_address[1]
        if implicit is not None:
            server.socket = implicit.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.place
        finally:
            server.place.stopped.set()
            server.shutdown()
            thread.join(5)
