"""GitHub: issues, pull requests and discussions by search. Works without a token, but for discussions, and faster with one.

GitHub shows a thousand results of any search: what is older is asked for by time. What is only said in comments is not among the
texts that it gives, so that it is not asked for. Discussions are found by GraphQL alone, in an order of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from listener.connector import (
    JSON,
    Answer,
    Author,
    Connector,
    Found,
    Http,
    KeyedOptions,
    Meter,
    NeedsAttention,
    Page,
    Query,
    Refused,
    Search,
    Trouble,
    TryLater,
    reads_json,
    values,
)
from listener.connector.plain import addresses_in, one_line, plain
from listener.connector.questions import questions_apart
from listener.connector.walk import Read, Walk

HITS = 100  # the most of one page
MOST_PAGES = 10
MOST_WAYS = 12  # of phrases that must stand together, of one client
MOST_ORS = 5
LONGEST = 256
OVERLAP = timedelta(hours=1)  # and once a day over a day: GitHub's index may lag
PAUSE = timedelta(minutes=1)  # what GitHub asks for after its secondary limit, where it says nothing
METER = "searches"
REFUSALS = (401, 403, 422)
GRAPHQL = """query($q: String!, $after: String) {
  search(query: $q, type: DISCUSSION, first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { ... on Discussion {
      id number html_url: url title body created_at: createdAt updated_at: lastEditedAt
      user: author { login ... on User { id: databaseId } }
      comments { total_count: totalCount } reactions { total_count: totalCount }
    } }
  }
}"""
TOKENS = "https://github.com/settings/tokens"


class GithubOptions(KeyedOptions):
    """Issues, pull requests or discussions; `search` is filled from clients' queries."""

    read: Literal["issues", "pull_requests", "discussions"] = Field(
        default="issues", description="What is searched: `issues`, `pull_requests` or `discussions`."
    )
    token: SecretStr | None = Field(
        default=None,
        description="A token, which needs no scope: with it 30 searches a minute are allowed, without one 10 and no discussions.",
    )
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    site: str = Field(
        default="https://api.github.com",
        description="Where the API is; of an Enterprise Server `https://HOST/api/v3`.",
    )
    search: str = Field(
        default="", description="What is asked, in GitHub's syntax; filled from clients' queries."
    )

    @field_validator("site")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return values.web_address(value)

    @model_validator(mode="after")
    def _discussions_need_a_token(self) -> Self:
        if self.read == "discussions" and not self.token:
            raise ValueError(
                f"GitHub shows discussions only to a `token`: make one at {TOKENS}, it needs no scope"
            )
        return self

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and value.get_secret_value() and not values.is_token(value.get_secret_value()):
            raise ValueError(f"this is no token of GitHub: make one at {TOKENS}")
        return value


def search(queries: Mapping[str, Query], options: GithubOptions) -> Sequence[Search[GithubOptions]]:
    """Alternatives of all clients, joined by OR as far as GitHub lets them be: five times, in 256 signs.

    Words that must stand together are a search of their own, which needs no order between AND and OR.
    """
    together = 1 if options.read == "discussions" else MOST_ORS + 1
    return [
        Search(
            options=options.model_copy(update={"search": one.text}), clients=one.clients, widened=one.widened
        )
        for one in questions_apart(queries, longest=LONGEST, most_apart=MOST_WAYS, most_together=together)
    ]


def fetch(http: Http, options: GithubOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    walk = _walk(http, options, cursor)
    if options.read == "discussions":
        return _discussions(http, options, walk)
    return walk.pages(lambda walk: _ask(http, options, walk), most=MOST_PAGES)


def _discussions(http: Http, options: GithubOptions, walk: Walk) -> Iterator[Page]:
    """All that began in the window, in whatever order: the cursor moves when all of it is read."""
    after: str | None = None
    newest = 0
    for _ in range(MOST_PAGES):
        read, following = _ask_discussions(http, options, walk, after)
        if following is not None and following == after:
            raise TryLater("GitHub gives the same page again and again: it is asked again later.")
        after, newest = following, max(newest, read.newest or 0)
        ended = replace(read, newest=newest, last=True)
        kept = walk.after(ended) if after is None else walk
        yield Page(found=read.found, refused=read.refused, cursor=kept.to_json())
        if after is None:
            return
    raise NeedsAttention(
        "GitHub finds more than the thousand discussions that it shows: lower `days` or make the query narrower."
    )


def _ask_discussions(
    http: Http, options: GithubOptions, walk: Walk, after: str | None
) -> tuple[Read, str | None]:
    asked = f"{options.search} in:title,body created:>={_iso(walk.floor)}".strip()
    answer = http.post(
        f"{options.site.removesuffix('/v3')}/graphql",
        json={"query": GRAPHQL, "variables": {"q": asked, "after": after}},
        headers=_headers(options),
        reads=REFUSALS,
        meter="points",
    )
    if answer.status in REFUSALS:
        raise _refusal(http, options, answer, "points")
    return http.apart(read_discussions, answer.body, http.now)


def _walk(http: Http, options: GithubOptions, cursor: JSON) -> Walk:
    return Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP)


def _ask(http: Http, options: GithubOptions, walk: Walk) -> Read:
    until = ">=" + _iso(walk.floor) if walk.below is None else f"{_iso(walk.floor)}..{_iso(walk.below)}"
    only = "is:issue" if options.read == "issues" else "is:pull-request"
    answer = http.get(
        f"{options.site}/search/issues",
        params={
            "q": f"{options.search} in:title,body {only} created:{until}".strip(),
            "sort": "created",
            "order": "desc",
            "per_page": str(HITS),
            "advanced_search": "true",
        },
        accept="application/vnd.github+json",
        conditional=False,
        headers=_headers(options),
        reads=REFUSALS,
        meter=METER,
    )
    if answer.status in REFUSALS:
        raise _refusal(http, options, answer, METER)
    read = http.apart(read_results, answer.body, http.now)
    last = read.count < HITS or read.below is None
    if not last and walk.below is not None and read.below is not None and read.below >= walk.below:
        raise TryLater("GitHub gives the same page again and again: it is asked again later.")
    return replace(read, last=last)


def _iso(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _headers(options: GithubOptions) -> dict[str, str]:
    token = {"authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else {}
    return {"x-github-api-version": "2022-11-28", **token}


def _refusal(http: Http, options: GithubOptions, answer: Answer, meter: str) -> Trouble:
    """A limit that is a 403 at GitHub, told apart from a token that is not good enough."""
    said = one_line(http.apart(read_message, answer.body))
    after = _pause(answer.headers, said, http.now) if answer.status == 403 else None
    if after is not None:
        http.told(meter, left=0, resets_at=http.now + after)
        return TryLater("GitHub says that we ask too often (403): it is asked again later.", after=after)
    if answer.status == 422:
        return NeedsAttention(
            f"GitHub does not take this search (422): {said or 'it says no more'}. Make the client's query simpler."
        )
    if not options.token:
        return NeedsAttention(
            f"GitHub refuses searches without a token ({answer.status}): make one at {TOKENS}, it needs no scope."
        )
    state = (
        "says that the token is not valid, revoked or expired"
        if answer.status == 401
        else "refuses the token"
    )
    return NeedsAttention(
        f"GitHub {state} ({answer.status}: {said or 'it says no more'}). Make another at {TOKENS}, it needs no scope."
    )


def _pause(headers: Mapping[str, str], said: str, now: datetime) -> timedelta | None:
    """How long a limit lasts; None where the refusal is for another reason."""
    wait = headers.get("retry-after", "")
    if wait.isdecimal() and len(wait) < 6:
        return timedelta(seconds=int(wait))
    if headers.get("x-ratelimit-remaining") == "0":
        reset = headers.get("x-ratelimit-reset", "")
        seconds = int(reset) - now.timestamp() if reset.isdecimal() and len(reset) < 12 else 0
        return timedelta(seconds=min(max(seconds, 1), 3600)) if seconds else PAUSE
    return PAUSE if wait or "rate limit" in said.casefold() or "abuse" in said.casefold() else None


@reads_json
def read_message(body: bytes) -> str:
    """What a refusal says, its errors too; empty where it is not in GitHub's shape. Pure."""
    try:
        answer = values.parsed(body, "GitHub")
    except TryLater:
        return ""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    told = [answer, *(errors[:3] if isinstance(errors, list) else [])]
    return ", ".join(said.rstrip(".") for one in told if (said := values.text(one, "message")))[:500]


@reads_json
def read_results(body: bytes, now: datetime) -> Read:
    """Read an answer; pure. Raises TryLater where it is none, and where GitHub did not look at everything."""
    answer = values.parsed(body, "GitHub")
    rows = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TryLater("GitHub answered without a list of items: it is asked again later.")
    if answer.get("incomplete_results") is not False:
        raise TryLater("GitHub ran out of time before it had searched everything: it is asked again later.")
    times = [at for row in rows if (at := _created(row, now))]
    if rows and not times:
        raise TryLater("GitHub answered with items that bear no time: it is asked again later.")
    marks = [int(at.timestamp() * 1000) for at in times]
    return Read.of(
        [_item(row, now) for row in rows],
        newest=max(marks, default=None),
        below=min(marks, default=None),
    )


@reads_json
def read_discussions(body: bytes, now: datetime) -> tuple[Read, str | None]:
    """Read an answer of GraphQL, and where the next page begins; pure. Raises what its errors stand for."""
    answer = values.parsed(body, "GitHub")
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if isinstance(errors, list) and any(values.text(one, "type") == "RATE_LIMITED" for one in errors):
        raise TryLater(
            "GitHub says that no points are left: it is asked again later.", after=timedelta(hours=1)
        )
    found = values.table(values.table(answer, "data"), "search")
    rows, told = found.get("nodes"), values.table(found, "pageInfo")
    if errors or not isinstance(rows, list) or not isinstance(told.get("hasNextPage"), bool):
        raise TryLater("GitHub answered without a list of discussions: it is asked again later.")
    items = [_item(row, now) for row in rows]
    if items and not any(isinstance(one, Found) for one in items):
        raise TryLater("GitHub answered with discussions without id or time: it is asked again later.")
    times = [one.published_at for one in items if isinstance(one, Found) and one.published_at]
    read = Read.of(items, newest=max((int(at.timestamp() * 1000) for at in times), default=None))
    return read, values.text(told, "endCursor") or None if told["hasNextPage"] else None


def _created(row: Any, now: datetime) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    return values.moment(row.get("created_at"), now) if isinstance(row, dict) else None


_KEPT = ("id", "node_id", "number", "html_url", "title", "state", "comments", "created_at", "updated_at")


def _item(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    number, at = values.count(row, "id"), _created(row, now)
    external_id = one_line(values.text(row, "id")) if number is None else str(number)
    if not external_id or at is None:
        return Refused(
            reason="This item of GitHub has no id or no time.", payload=f"id {external_id}".encode()
        )
    changed = values.moment(row.get("updated_at"), now)
    body, author = values.text(row, "body"), _author(values.table(row, "user"))
    url = one_line(values.text(row, "html_url"))
    return Found(
        external_id=external_id,
        title=one_line(plain(values.text(row, "title"))) or None,
        text=plain(body),
        url=url if url.startswith(("https://", "http://")) else None,
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=changed
        if changed and changed > at
        else None,  # or only commented: then the text is the same
        links=addresses_in(body),
        engagement={
            name: number for name in ("comments", "reactions") if (number := _total(row, name)) is not None
        },
        raw=values.kept(row, _KEPT),
    )


def _total(row: Mapping[str, Any], key: str) -> int | None:
    """A number by itself, or inside."""
    number = values.count(row, key)
    return values.count(values.table(row, key), "total_count") if number is None else number


def _author(user: Mapping[str, Any]) -> Author | None:
    """None for who has left GitHub."""
    login, number = one_line(values.text(user, "login")), values.count(user, "id")
    if not login or login == "ghost":
        return None
    return Author(
        key=login if number is None else str(number), handle=login, url=f"https://github.com/{login}"
    )


def meters(options: GithubOptions) -> tuple[Meter]:  # noqa: ARG001 - the contract
    """Searches a minute, of which GitHub tells how many are left: 10 without a token, 30 with one."""
    return (Meter(name=METER, unit="searches", per=timedelta(minutes=1)),)


def check(http: Http, options: GithubOptions) -> str:
    """Ask for the newest items and say that they came."""
    walk = _walk(http, options, None)
    discussions = options.read == "discussions"
    read = _ask_discussions(http, options, walk, None)[0] if discussions else _ask(http, options, walk)
    what = f"{read.count}{' or more' if read.count == HITS else ''} {options.read.replace('_', ' ')}"
    return f"GitHub answers: {what} in {options.days} days."


CONNECTOR = Connector(
    kind="github",
    summary="Issues, pull requests or discussions on GitHub.",
    options=GithubOptions,
    scope=lambda options: f"{options.site} {options.read} {options.search}",
    place=lambda options: f"{options.site} {options.read}",
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    terms="Public data may be kept; no spam to those whom you find there (Acceptable Use Policies).",
    meters=meters,
)
