"""Our reading of mailboxes against a real IMAP server, Debian's Dovecot, on loopback over TLS.

Needs `apt-get install dovecot-imapd` (its service need not run): each test starts one of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
from places import certificate

from listener.connector import NeedsAttention, registry
from listener.connector.testing import Pickled, RobotsKept
from listener.connector.visit import Visit
from listener.door.door import Door

pytestmark = pytest.mark.peers
IMAP = registry.find("imap")
USER, PASSWORD = "support@mills.example", 'sec"ret of nobody ü'
CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_internal_user = {who}
default_internal_group = {group}
default_login_user = {who}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={who} gid={group} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
service anvil {{
  chroot =
}}
"""


def binary():
    """The server. Skips the test where there is none."""
    found = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip("no dovecot here: apt-get install dovecot-imapd")
    return found


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Dovecot:
    def __init__(self, folder):
        self.folder, self.program = folder, binary()
        root = os.getuid() == 0
        account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        self.owner = account
        self.plain, self.tls = free_port(), free_port()
        _, pem = certificate(folder)
        self.trusted = ssl.create_default_context(cafile=str(pem))
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        text = CONFIG.format(
            folder=folder, who=account.pw_name, group=_group(account),
            plain=self.plain, tls=self.tls,
        )  # fmt: skip
        (folder / "dovecot.conf").write_text(text, encoding="utf-8")
        for name in (
            "mail/new",
            "mail/cur",
            "mail/tmp",
            "mail/.Entw&APw-rfe/new",
            "mail/.Entw&APw-rfe/cur",
            "home",
        ):
            (folder / name).mkdir(parents=True)
        self.arrived = 0
        self.process = None

    def arrives(self, body, folder=""):
        self.arrived += 1
        name = f"{int(time.time())}.{self.arrived:06}.here"
        (self.folder / "mail" / folder / "new" / name).write_bytes(body)
        self.own()

    def own(self):
        for path in [self.folder, *self.folder.rglob("*")]:
            if os.getuid() == 0 and not path.is_relative_to(self.folder / "run"):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def __enter__(self):
        self.own()
        for path in (self.folder, *list(self.folder.parents)[:3]):
            if path.stat().st_uid == os.getuid() or os.getuid() == 0:
                path.chmod(path.stat().st_mode | 0o755) if path.name.startswith(("pytest", "test")) else None
        self.process = subprocess.Popen([self.program, "-F", "-c", str(self.folder / "dovecot.conf")])
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return self
            time.sleep(0.05)
        pytest.fail(f"dovecot did not start: {(self.folder / 'log').read_text()}", pytrace=False)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    @property
    def marked(self):
        """What bears a flag: a mail that was read moves to cur and gets an S."""
        return [
            path.name
            for path in (self.folder / "mail").rglob("cur/*")
            if "S" in path.name.partition(":2,")[2]
        ]


def _group(account):
    import grp

    return grp.getgrgid(account.pw_gid).gr_name


class Reader:
    def __init__(self, place, **options):
        self.cursor = None
        told = {"host": "localhost", "port": place.tls, "user": USER, "password": PASSWORD, **options}
        self.options = IMAP.options(**told)
        self.door = Door(
            contact=None,
            version="test",
            now=lambda: datetime.now(UTC),
            per_host_every=timedelta(0),
            allow_private=["localhost"],
            context=place.trusted,
        )

    def poll(self):
        visit = Visit(
            self.door,
            now=datetime.now(UTC),
            validators={},
            robots=RobotsKept(),
            apart=Pickled(),
            deadline_s=20,
        )
        found = []
        for page in IMAP.fetch(visit, self.options, self.cursor):
            found += [one.external_id for one in page.found]
            self.cursor = page.cursor
        return found


def letter(number):
    return (
        f"Message-ID: <m{number}@mail.example>\nFrom: Ann <ann{number}@mail.example>\nSubject: Order {number}\n\n"
        f"It never came.\n"
    ).encode()


def test_it_reads_what_arrives_in_order_once_and_leaves_it_unread(tmp_path):
    with Dovecot(tmp_path) as place:
        reader = Reader(place)
        assert reader.poll() == []
        for number in range(45):
            place.arrives(letter(number))
        assert sorted(reader.poll()) == sorted(f"m{number}@mail.example" for number in range(45))
        assert reader.poll() == []
        place.arrives(b"Message-ID: <big@mail.example>\nFrom: a@b.example\n\nText\n" + b"x" * 900 * 1024 * 7)
        place.arrives(letter(99))
        assert reader.poll() == ["big@mail.example", "m99@mail.example"]
        assert place.marked == []


def test_it_reads_over_starttls_and_folders_with_other_letters(tmp_path):
    with Dovecot(tmp_path) as place:
        place.arrives(letter(1), folder=".Entw&APw-rfe")
        reader = Reader(place, security="starttls", port=place.plain, folder="Entwürfe")
        assert reader.poll() == ["m1@mail.example"]


def test_a_wrong_password_and_a_missing_folder_are_told(tmp_path):
    with Dovecot(tmp_path) as place:
        with pytest.raises(NeedsAttention, match=r"does not take the password of support@mills\.example"):
            Reader(place, password="wrong").poll()
        with pytest.raises(NeedsAttention, match=r"There is no folder 'Alarms' .* there are Entwürfe, INBOX"):
            Reader(place, folder="Alarms").poll()


def test_a_folder_that_is_numbered_anew_is_read_anew(tmp_path):
    with Dovecot(tmp_path) as place:
        place.arrives(letter(1))
        reader = Reader(place)
        assert reader.poll() == ["m1@mail.example"]
        for path in (place.folder / "mail").glob("dovecot*"):
            path.unlink()
        place.arrives(letter(2))
        time.sleep(1.1)  # the validity is the time at which the index was made, in seconds
        assert sorted(reader.poll()) == ["m1@mail.example", "m2@mail.example"]
