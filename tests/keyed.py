"""A kind of place with a key, brought by a package that is put where Python finds it: real options, a real budget, a real 401."""

import sys
from contextlib import contextmanager

from listener.connector import registry

CODE = """
from datetime import timedelta

from listener.connector import Connector, Found, KeyedOptions, Meter, Page, Rechecked, TryLater
from pydantic import Field, SecretStr

class ForumOptions(KeyedOptions):
    site: str = Field(description="Where it is.")
    token: SecretStr = Field(description="The key.")
    board: str = Field(default="all", description="Which board.")
    most: int = Field(default=10, description="Calls in thirty days: no time of day decides a test.")

def asked(http, options):
    http.reserve("calls")
    answer = http.get(
        options.site + "/" + options.board,
        headers={"authorization": "Bearer " + options.token.get_secret_value()},
        conditional=False,
        meter="calls",
    ).json()
    if not isinstance(answer, list):
        raise TryLater("The forum answered without posts: it is asked again later.")
    return answer

def fetch(http, options, cursor):
    posts = asked(http, options)
    yield Page(
        found=tuple(Found(external_id=post["id"], text=post["text"], author_hidden=True) for post in posts),
        cursor={"seen": len(posts)},
    )

def recheck(http, options, ids):
    there = {post["id"] for post in asked(http, options)}
    return Rechecked(gone=tuple(one for one in ids if one not in there))

CONNECTOR = Connector(
    kind="keyed_forum", summary="A forum with a key.", options=ForumOptions, needs="a key",
    scope=lambda options: options.site + "/" + options.board, fetch=fetch,
    check=CHECK, recheck=recheck,
    meters=lambda options: (Meter(name="calls", unit="calls", most=options.most, per=timedelta(days=30)),),
)
"""
CHECK = 'lambda http, options: f"{len(asked(http, options))} posts just now."'


@contextmanager
def keyed_forum(folder, monkeypatch, *, checks=True):
    """With it, `keyed_forum` is a kind."""
    folder.mkdir()
    (folder / "keyed_forum_of_a_test.py").write_text(CODE.replace("CHECK", CHECK if checks else "None"))
    about = folder / "keyed_forum-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: keyed-forum\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        f"[{registry.GROUP}]\nkeyed_forum = keyed_forum_of_a_test:CONNECTOR\n"
    )
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(folder))
        registry.forget()
        try:
            yield
        finally:
            sys.modules.pop("keyed_forum_of_a_test", None)
            registry.forget()
