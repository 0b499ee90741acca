"""GDELT: news articles of the world that its DOC 2.0 API finds in full text, told by title and address. Free, best effort.

It sheds load as it pleases (429, a sentence instead of JSON), so its silence says nothing. It takes one question in five seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from listener.connector import (
    JSON,
    Connector,
    Found,
    Http,
    NeedsAttention,
    OptionsModel,
    Page,
    Query,
    Refused,
    Search,
    Trouble,
    TryLater,
    values,
)
from listener.connector.plain import absolute, one_line, plain
from listener.connector.questions import questions_apart
from listener.connector.walk import DAY, HOUR, Read, Walk

API = "https://api.gdeltproject.org/api/v2/doc/doc"
EVERY = timedelta(seconds=5)
HITS = 250
LONGEST = 200  # of a question: GDELT takes some 250 letters, with language and country
MOST_WAYS = 4  # of a client that need several phrases each, and so a question each
STEP = HOUR // 4  # articles are seen in steps of 15 minutes
OVERLAP = timedelta(hours=1)
_OR = " OR "
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
_BEFORE_SIGN, _APART = re.compile(r" (?=[,.;:!?%)\]])"), re.compile(r" ?(['’]) ?s\b")
_TOO_OFTEN, _OUR_FAULT = (
    re.compile(r"limit requests", re.IGNORECASE),
    re.compile(r"too (short|long|common)|parenthes|phrase|keyword|query|operator", re.IGNORECASE),
)


class GdeltOptions(OptionsModel):
    """One search; `search` is filled from the clients' queries."""

    language: str = Field(
        default="",
        description="Only articles in this language, by its English name.",
        examples=["english"],
        pattern=r"^[A-Za-z]*$",
    )
    country: str = Field(
        default="",
        description="Only articles of publishers in this country, by its English name without blanks.",
        examples=["canada"],
        pattern=r"^[A-Za-z]*$",
    )
    days: int = Field(default=1, ge=1, le=80, description="How many days the first poll looks back.")
    search: str = Field(
        default="", description="What is asked, in GDELT's syntax; filled from the clients' queries."
    )


def search(queries: Mapping[str, Query], options: GdeltOptions) -> Sequence[Search[GdeltOptions]]:
    """Ways of one phrase stand in one question with OR between them, whosever they are; a way of several has a question of its own."""
    return [
        Search(
            options=options.model_copy(update={"search": f"({one.text})" if _OR in one.text else one.text}),
            clients=one.clients,
            widened=one.widened,
        )
        for one in questions_apart(queries, longest=LONGEST - 2, most_apart=MOST_WAYS, spell=_spelled)
    ]


def _spelled(phrase: str) -> str:
    return f'"{phrase}"' if " " in phrase or phrase == "or" else phrase


def fetch(http: Http, options: GdeltOptions, cursor: JSON) -> Iterator[Page]:
    """One question a poll: the newest 250 articles, or those below where the last poll stopped."""
    walk = Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP)
    read = _ask(http, options, walk)
    if read.last:
        yield Page(found=read.found, refused=read.refused, cursor=walk.after(read).to_json())
        return
    yield Page(found=read.found, refused=read.refused, cursor=walk.after(read).to_json(), truncated=True)


def _ask(http: Http, options: GdeltOptions, walk: Walk) -> Read:
    ends = walk.began if walk.below is None else walk.below
    since = min(walk.floor, ends - 4 * STEP)  # GDELT refuses spans of less than a quarter of an hour
    words = [options.search or "news"]
    words += [f"sourcelang:{options.language.lower()}"] if options.language else []
    words += [f"sourcecountry:{options.country.lower()}"] if options.country else []
    http.pace(API, EVERY)
    answer = http.get(
        API,
        params={
            "query": " ".join(words),
            "mode": "artlist",
            "format": "json",
            "maxrecords": str(HITS),
            "sort": "datedesc",
            "startdatetime": _stamp(since),
            "enddatetime": _stamp(ends),
        },
        accept="application/json",
        conditional=False,
    )
    return http.apart(read_articles, answer.body, walk.floor, walk.below, http.now)


def _stamp(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC):%Y%m%d%H%M%S}"


def read_articles(body: bytes, floor: int, below: int | None, now: datetime) -> Read:
    """Read an answer; pure. Raises Trouble where it is none, by the sentence that stands there instead.

    A full answer leads on to its oldest article. Where all of it was seen in one step, no question shows the rest of that step.
    """
    answer = _parsed(body)
    rows = answer.get("articles", [] if not answer else None) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TryLater("GDELT answered without articles: it is asked again later.")
    items = [_article(row, now) for row in rows]
    seen = [int(at.timestamp() * 1000) for row in rows if (at := _seen(row, now)) is not None]
    if rows and not seen:
        raise TryLater("GDELT answered with articles without a time: it is asked again later.")
    oldest = min(seen, default=None)
    stuck = oldest is not None and below is not None and oldest >= below
    lower = oldest if oldest is None or not stuck else min(oldest, below or oldest) - STEP
    last = len(rows) < HITS or lower is None or lower < floor
    return Read.of(items, newest=max(seen, default=None), below=lower, last=last and not stuck)


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The body as JSON, where titles may hold signs that JSON forbids. Raises Trouble by the sentence where it is none."""
    text = body.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        raise _said(text)
    try:
        return json.loads(_ESCAPE.sub(_mended, text), parse_constant=str, strict=False)
    except (ValueError, RecursionError):
        raise TryLater("GDELT did not answer with JSON: it is asked again later.") from None


def _mended(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] else "\\\\"


def _said(text: str) -> Trouble:
    said = one_line(plain(text))[:200].rstrip(".")
    if text.startswith(("<", "[")) or not said or not said.isprintable():
        return TryLater("GDELT did not answer with JSON: it is asked again later.")
    if _TOO_OFTEN.search(said):
        return TryLater(
            "GDELT says that we ask too often: it is asked again later.", after=timedelta(minutes=5)
        )
    if _OUR_FAULT.search(said):
        return NeedsAttention(
            f"GDELT does not take the question ({said}): give the client a longer or rarer name in its query."
        )
    return TryLater(f"GDELT answered with a sentence ({said}): it is asked again later.")


_KEPT = ("title", "seendate", "domain", "language", "sourcecountry")


def _article(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """Title and address: GDELT gives no text. What it calls the time is when it saw the article, a quarter of an hour late at most."""
    at, url = _seen(row, now), absolute(values.text(row, "url"), "https://gdeltproject.org")
    if at is None or not url or not values.text(row, "url"):
        return values.refused("This article of GDELT has no address or no time.", row)
    domain = one_line(values.text(row, "domain")).casefold()
    return Found(
        external_id=one_line(url),
        title=_APART.sub(r"\1s", _BEFORE_SIGN.sub("", one_line(plain(values.text(row, "title"))))) or None,
        text="",
        url=url,
        site=absolute(f"https://{domain}", "https://gdeltproject.org") if domain else None,
        published_at=at,
        language=_LANGUAGES.get(values.text(row, "language").casefold()),
        form="article",
        raw=values.kept(row, _KEPT),
    )


def _seen(row: Any, now: datetime) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    return values.moment(values.text(row, "seendate"), now)


_CODES = """
ar=arabic bg=bulgarian bn=bengali ca=catalan cs=czech da=danish de=german el=greek en=english es=spanish et=estonian fa=persian
fi=finnish fr=french he=hebrew hi=hindi hr=croatian hu=hungarian id=indonesian it=italian ja=japanese ko=korean lt=lithuanian
lv=latvian mk=macedonian ms=malay nl=dutch no=norwegian pl=polish pt=portuguese ro=romanian ru=russian sk=slovak sl=slovenian
sq=albanian sr=serbian sv=swedish ta=tamil te=telugu th=thai tr=turkish uk=ukrainian ur=urdu vi=vietnamese zh=chinese
"""
_LANGUAGES = {name: code for code, name in re.findall(r"(\w+)=(\w+)", _CODES)}


def check(http: Http, options: GdeltOptions) -> str:
    """Ask once; say how much came."""
    walk = Walk.resumed(None, http.now, days=options.days, overlap=OVERLAP)
    read = _ask(http, options, walk)
    more = "" if read.last else "at least "
    return f"GDELT answers: {more}{read.count} articles with {options.search or 'news'} in {options.days * DAY // HOUR} hours."


CONNECTOR = Connector(
    kind="gdelt",
    summary="News articles of the world that GDELT finds. Best effort: its silence is no evidence.",
    options=GdeltOptions,
    scope=lambda options: " ".join(
        [options.search, *filter(None, (options.language.lower(), options.country.lower()))]
    ),
    place=lambda _: "",
    fetch=fetch,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=15),
    search=search,
    check=check,
    terms="Open; who shows its results names the GDELT Project with a link.",
    best_effort=True,
)
