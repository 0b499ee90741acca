"""GitHub: issues and pull requests by search, newest first. Works without a token, three times as fast with one.

GitHub shows a thousand results of any search: what is older is asked for by time. It tells no time of an edit, and what is only
said in comments is not among the texts that it gives, so that neither is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

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
    values,
)
from listener.connector.ask import alternatives, rarest, widened
from listener.connector.plain import addresses_in, one_line, plain
from listener.connector.walk import DAY, Read, Walk

HITS = 100  # the most of one page
MOST_PAGES = 10
MOST_WAYS = 12  # of one query; one with more is asked by its rarest terms
MOST_ORS = 5
LONGEST = 256
OVERLAP = timedelta(hours=1)  # and once a day over a day: GitHub's index may lag
PAUSE = timedelta(minutes=1)  # what GitHub asks for after its secondary limit, where it says nothing
METER = "searches"
TOKENS = "https://github.com/settings/tokens"


class GithubOptions(KeyedOptions):
    """Issues or pull requests; `search` is filled from clients' queries."""

    read: Literal["issues", "pull_requests"] = Field(
        default="issues", description="What is searched: `issues`, or `pull_requests`."
    )
    token: SecretStr | None = Field(
        default=None,
        description="A token, which needs no scope: with it 30 searches a minute are allowed, without one 10.",
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
        if not value.startswith(("https://", "http://")):
            raise ValueError("this is no web address: write it with https://")
        return value.rstrip("/")

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().isascii():
            raise ValueError(f"this is no token of GitHub: make one at {TOKENS}")
        return value


def search(queries: Mapping[str, Query], options: GithubOptions) -> Sequence[Search[GithubOptions]]:
    """Alternatives of all clients, joined by OR as far as GitHub lets them be: five times, in 256 signs.

    Words that must stand together are a search of their own, which needs no order between AND and OR.
    """
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    for client, query in queries.items():
        ways = alternatives(query)
        if len(ways) > MOST_WAYS or any(len(_written(way)) > LONGEST for way in ways):
            ways = tuple(dict.fromkeys((_shortened(rarest(way)),) for way in ways))
        unsaid[client] = widened(query, ways)
        for way in ways:
            asked.setdefault(_written(way), []).append(client)
    return [
        Search(
            options=options.model_copy(update={"search": " OR ".join(group)}),
            clients=tuple(dict.fromkeys(client for way in group for client in asked[way])),
            widened={client: unsaid[client] for way in group for client in asked[way]},
        )
        for group in _groups(list(asked))
    ]


def _shortened(phrase: str) -> str:
    """Its first words, as many as GitHub takes: wider than the whole."""
    return phrase if len(phrase) < LONGEST - 2 else phrase[: LONGEST - 2].rpartition(" ")[0]


def _written(way: Sequence[str]) -> str:
    return " ".join(f'"{phrase}"' for phrase in way)


def _groups(ways: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    open_group: list[str] | None = None
    for way in ways:
        if '" "' in way:
            groups.append([way])
        elif open_group and len(open_group) <= MOST_ORS and len(" OR ".join([*open_group, way])) <= LONGEST:
            open_group.append(way)
        else:
            open_group = [way]
            groups.append(open_group)
    return groups


def fetch(http: Http, options: GithubOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    return _walk(http, options, cursor).pages(lambda walk: _ask(http, options, walk), most=MOST_PAGES)


def _walk(http: Http, options: GithubOptions, cursor: JSON) -> Walk:
    now = int(http.now.timestamp() * 1000)
    return Walk.resumed(
        cursor, now=now, first=now - options.days * DAY, overlap=OVERLAP, deeper=timedelta(days=1)
    )


def _ask(http: Http, options: GithubOptions, walk: Walk) -> Read:
    until = ">=" + _iso(walk.floor) if walk.below is None else f"{_iso(walk.floor)}..{_iso(walk.below)}"
    only = "is:issue" if options.read == "issues" else "is:pull-request"
    answer = _get(
        http,
        options,
        {
            "q": f"{options.search} in:title,body {only} created:{until}".strip(),
            "sort": "created",
            "order": "desc",
            "per_page": str(HITS),
            "advanced_search": "true",
        },
    )
    read = http.apart(read_results, answer.body, http.now)
    last = read.count < HITS or read.below is None
    if not last and walk.below is not None and read.below is not None and read.below >= walk.below:
        raise TryLater("GitHub gives the same page again and again: it is asked again later.")
    return replace(read, last=last)


def _iso(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _get(http: Http, options: GithubOptions, params: Mapping[str, str]) -> Answer:
    headers = {"x-github-api-version": "2022-11-28"}
    if options.token:
        headers["authorization"] = f"Bearer {options.token.get_secret_value()}"
    answer = http.get(
        f"{options.site}/search/issues",
        params=params,
        accept="application/vnd.github+json",
        conditional=False,
        headers=headers,
        reads=(401, 403, 422),
        meter=METER,
    )
    if answer.status in {401, 403, 422}:
        raise _refusal(http, options, answer)
    return answer


def _refusal(http: Http, options: GithubOptions, answer: Answer) -> Trouble:
    """A limit that is a 403 at GitHub, told apart from a token that is not good enough."""
    said = one_line(http.apart(read_message, answer.body))
    after = _pause(answer.headers, said, http.now) if answer.status == 403 else None
    if after is not None:
        http.told(METER, left=0, resets_at=http.now + after)
        return TryLater("GitHub says that we ask too often (403): it is asked again later.", after=after)
    if answer.status == 422:
        return NeedsAttention(
            f"GitHub does not take this search (422): {said or 'it says no more'}. Make the client's query simpler."
        )
    if not options.token:
        return NeedsAttention(
            f"GitHub refuses searches without a token ({answer.status}): make one at {TOKENS}, it needs no scope."
        )
    if answer.status == 401:
        return NeedsAttention(
            f"GitHub says that the token is not valid, revoked or expired (401): make a new one at {TOKENS}, it needs no scope."
        )
    return NeedsAttention(
        f"GitHub refuses the token (403): {said or 'it says no more'}. Make another at {TOKENS}, it needs no scope."
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


def read_message(body: bytes) -> str:
    """What a refusal says, its errors too; empty where it is not in GitHub's shape. Pure."""
    try:
        answer = values.parsed(body, "GitHub")
    except TryLater:
        return ""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    more = [values.text(one, "message") for one in errors[:3]] if isinstance(errors, list) else []
    return ", ".join(one.rstrip(".") for one in [values.text(answer, "message"), *more] if one)[:500]


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


def _created(row: Any, now: datetime) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    return values.moment(row.get("created_at"), now) if isinstance(row, dict) else None


_KEPT = ("id", "node_id", "number", "html_url", "title", "state", "comments", "created_at", "updated_at")


def _item(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    number, at = values.count(row, "id"), _created(row, now)
    if number is None or at is None:
        return Refused(
            reason="This item of GitHub has no id or no time.", payload=str(number).encode(), external_id=None
        )
    body, author = values.text(row, "body"), _author(values.table(row, "user"))
    reactions = values.count(values.table(row, "reactions"), "total_count")
    url = one_line(values.text(row, "html_url"))
    return Found(
        external_id=str(number),
        title=one_line(plain(values.text(row, "title"))) or None,
        text=plain(body),
        url=url if url.startswith(("https://", "http://")) else None,
        author=author,
        author_hidden=author is None,
        published_at=at,
        links=addresses_in(body),
        engagement={
            **values.counts(row, comments="comments"),
            **({} if reactions is None else {"reactions": reactions}),
        },
        raw=values.kept(row, _KEPT),
    )


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
    return (
        Meter(name=METER, unit="searches", per=timedelta(minutes=1)),
    )  # it tells, so that nothing is declared


def check(http: Http, options: GithubOptions) -> str:
    """Ask for the newest items and say that they came."""
    read = _ask(http, options, _walk(http, options, None))
    what = options.read.replace("_", " ")
    return (
        f"GitHub answers: {'at least ' if not read.last else ''}{read.count} {what} in {options.days} days."
    )


CONNECTOR = Connector(
    kind="github",
    summary="Issues or pull requests on GitHub.",
    options=GithubOptions,
    scope=lambda options: f"{options.site} {options.read} {options.search}",
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    terms="Public data may be kept; no spam to those whom you find there (Acceptable Use Policies).",
    meters=meters,
)
