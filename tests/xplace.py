"""X as tests ask it: posts, answers, and one poll of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from listener.connector import registry, testing
from listener.connector.testing import Reply
from listener.connector.x.posts import id_at

X = registry.find("x")
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
BEARER = "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0-a-bearer-of-nobody"


def options(usd=50.0, **more):
    return X.options(token=BEARER, budget={"usd_per_month": usd}, **more)


SEARCH = options(search='("mills") -is:retweet')


def post(minutes, n=0, **more):
    written = NOW - timedelta(minutes=minutes)
    return {
        "id": str(id_at(written) + n),
        "text": f"post {n}",
        "author_id": "7",
        "created_at": written.isoformat(),
        **more,
    }


def answer(*posts, status=200, headers=None, **body):
    told = {**({"data": list(posts)} if posts else {}), "meta": {"result_count": len(posts)}, **body}
    return Reply(status=status, headers=headers or {}, body=json.dumps(told).encode())


def polled(replies, given=SEARCH, *, ledger=None, cursor=None, now=NOW):
    """The pages of one poll, and the URLs that were asked. `replies` are given one after the other, the last again and again."""
    left, sent = list(replies), []

    def answers(method, url, poll):
        sent.append(url)
        return left.pop(0) if len(left) > 1 else left[0]

    kept = list(testing.poll(X, given, answers, now=now, cursor=cursor, ledger=ledger))
    return kept, sent


def spent(ledger):
    return round(next(known.spent for (_, meter), known in ledger.meters.items() if meter == "usd"), 4)


def asked(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
