"""YouTube: a channel's videos by its feed, the comments on a channel or on videos, and videos that a search finds.

developers.google.com/youtube/v3. Searches are counted by themselves, 100 a day; all else costs a unit of 10,000 a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from listener.connector import (
    JSON,
    Answer,
    Connector,
    Found,
    Http,
    KeyedOptions,
    Meter,
    NeedsAttention,
    Page,
    Query,
    Rechecked,
    Search,
    TryLater,
    feed,
    values,
    youtube,
)
from listener.connector.marked import Reach, Sheet, StaleMark, anew, pages, together
from listener.connector.questions import questions_apart

API = "https://youtube.googleapis.com/youtube/v3"
IDS = 50  # that one request for videos or comments takes
MOST_PAGES = 10
MOST_SEARCHES = 3  # pages of one poll: each is one of a hundred a day
MOST_THREADS = 20  # whose further replies one poll asks for
KNOWN_THREADS = 500  # whose count of replies is remembered
MOST_WAYS = 4  # of phrases that must stand together, of one client
LONGEST = 400  # characters of a search
REFUSALS = (400, 401, 403, 404, 429)
OVERLAP = timedelta(
    days=1
)  # replies come later than their comment, and a search finds a video hours after it is there


class YoutubeOptions(KeyedOptions):
    """A channel, or videos, or at a list a search for each client; `search` is filled from its query."""

    key: SecretStr = Field(
        description="An API key of a Google Cloud project that has the YouTube Data API v3 switched on."
    )
    channel: str = Field(
        default="",
        description="Its videos, and the comments on it and on them: a handle, an id, or the address of its page.",
        examples=["@millssupply", "UC_x5XG1OV2P6uZZ5FSM9Ttw"],
    )
    videos: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="The comments on these videos: ids or addresses, 20 at the most.",
    )
    comments: bool = Field(
        default=True, description="Whether the comments of a channel are read, besides its videos."
    )
    searches: int = Field(default=100, ge=1, description="How many searches a day the project may do.")
    units: int = Field(default=10_000, ge=1, description="How many units a day the project has for all else.")
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    search: str = Field(
        default="", description="What is asked, in YouTube's syntax; filled from the client's query."
    )

    @field_validator("key")
    @classmethod
    def _a_key(cls, value: SecretStr) -> SecretStr:
        return SecretStr(youtube.key_of(value.get_secret_value()))

    @field_validator("channel")
    @classmethod
    def _a_channel(cls, value: str) -> str:
        return youtube.channel_of(value) if value else ""

    @field_validator("videos")
    @classmethod
    def _ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(youtube.video_of, value)))

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if self.channel and self.videos:
            raise ValueError("channel and videos are two sources: write them as two")
        return self

    @property
    def what(self) -> str:
        """What is read there, as its scope names it."""
        return self.channel or " ".join(self.videos) or self.search


def search(queries: Mapping[str, Query], options: YoutubeOptions) -> Sequence[Search[YoutubeOptions]] | None:
    """As few searches as these queries fit into, for there are 100 a day: phrases of all clients with `|` between them.

    Phrases that must stand together are a search of their own, which needs no order between AND and OR.
    """
    if options.channel or options.videos:
        return None
    return [
        Search(
            options=options.model_copy(update={"search": one.text}), clients=one.clients, widened=one.widened
        )
        for one in questions_apart(queries, longest=LONGEST, most_apart=MOST_WAYS, between="|")
    ]


def fetch(http: Http, options: YoutubeOptions, cursor: JSON) -> Iterator[Page]:
    """The comments, newest first, and then the channel's videos; or what the search finds."""
    known = anew(http, cursor)
    if options.videos:
        walks = {name: _comments(http, options, {"videoId": name}) for name in options.videos}
        yield from together(known, walks)
    elif options.channel:
        channel = _channel(http, options)
        related = {"allThreadsRelatedToChannelId": channel}
        walks = {"comments": _comments(http, options, related)} if options.comments else {}
        yield from together(
            known, {**walks, "videos": lambda memory: _videos(http, options, channel, memory)}
        )
    else:
        reach = Reach(days=options.days, overlap=OVERLAP, deeper=timedelta(days=3))
        yield from pages(
            lambda mark, floor: _searched(http, options, mark, floor)[0],
            known,
            reach,
            now=http.now,
            most=MOST_SEARCHES,
        )


def _searched(http: Http, options: YoutubeOptions, mark: str, floor: int) -> tuple[Sheet, int]:
    """One page of a search, and how many videos it has in all. What it shows of them is cut off: they are asked for."""
    since = datetime.fromtimestamp(floor // 1000, UTC)
    asked = {
        "part": "snippet",
        "type": "video",
        "order": "date",
        "safeSearch": "none",
        "maxResults": str(IDS),
        "q": options.search,
        "publishedAfter": f"{since:%Y-%m-%dT%H:%M:%SZ}",
    }
    answer = _get(http, options, "search", {**asked, "pageToken": mark}, meter="searches")
    hits = http.apart(youtube.read_hits, answer.body)
    shown = _looked_up(http, options, "videos", hits.rows)
    mark = hits.mark if hits.rows else ""  # it gives one behind its last video, too
    return replace(shown, mark=mark), len(hits.rows)


def _looked_up(http: Http, options: YoutubeOptions, what: str, ids: Sequence[str]) -> Sheet:
    """Videos or comments by their ids, fifty at the most; those that are gone are left out."""
    if not ids:
        return Sheet()
    asked = (
        {"part": "snippet,statistics"} if what == "videos" else {"part": "snippet", "textFormat": "plainText"}
    )
    answer = _get(http, options, what, {**asked, "id": ",".join(ids)})
    read = youtube.video if what == "videos" else youtube.comment
    return http.apart(youtube.read_list, answer.body, http.now, read)


def _videos(http: Http, options: YoutubeOptions, channel: str, known: JSON) -> Iterator[Page]:
    """The fifteen newest, by the channel's feed, which costs nothing.

    How many it shows is told where nothing else is read: among comments nobody can tell what the feed itself has replaced.
    """
    answer = http.get(f"{youtube.HOME}/feeds/videos.xml", params={"channel_id": channel}, accept=feed.ACCEPT)
    if answer.unchanged:
        return
    parsed = feed.read(http, answer, known)
    yield Page(
        found=tuple(youtube.of_feed(one, channel) for one in parsed.items),
        refused=parsed.refused,
        cursor=parsed.memory,
        shown=None if options.comments else parsed.entries_count or None,
    )


def _comments(
    http: Http, options: YoutubeOptions, asked: Mapping[str, str]
) -> Callable[[JSON], Iterator[Page]]:
    """A walk down the comments, the replies to them among them."""

    def walk(cursor: JSON) -> Iterator[Page]:
        reading = _Threads(http, options, asked, dict(values.table(cursor, "replies")))
        reach = Reach(days=options.days, overlap=OVERLAP, deeper=timedelta(days=14))
        for page in pages(reading.ask, cursor, reach, now=http.now, most=MOST_PAGES):
            known = dict(list(reading.known.items())[-KNOWN_THREADS:])
            if reading.left_over:  # this page is asked for again: its other replies come then
                before = cursor if isinstance(cursor, Mapping) else {}
                yield replace(page, cursor={**before, "replies": known, "more": True}, truncated=True)
                return
            cursor = {**page.cursor, "replies": known}
            yield replace(page, cursor=cursor)

    return walk


class _Threads:
    """One poll's reading of comments. `known` are counts of replies by comment: where one has grown, its replies are asked for."""

    def __init__(
        self,
        http: Http,
        options: YoutubeOptions,
        asked: Mapping[str, str],
        known: dict[str, JSON],
        room: int = MOST_THREADS,
    ) -> None:
        self._http = http
        self._options = options
        self._asked = asked
        self._room = room
        self.known = known
        self.left_over = False

    def ask(self, mark: str, floor: int) -> Sheet:  # noqa: ARG002 - YouTube cannot be asked by time
        asked = {"part": "snippet,replies", "order": "time", "maxResults": "100", "textFormat": "plainText"}
        answer = _get(
            self._http, self._options, "commentThreads", {**asked, **self._asked, "pageToken": mark}
        )
        sheet = self._http.apart(youtube.read_threads, answer.body, self._http.now)
        found, refused = list(sheet.found), list(sheet.refused)
        for name, video, total, shown in sheet.rows:
            if total > shown and self.known.get(name) != total:
                if self._room == 0:
                    self.left_over = True
                    continue
                self._room -= 1
                for more in self._replies(name, video):
                    found += more.found
                    refused += more.refused
            self.known.pop(name, None)
            self.known[name] = total
        return replace(sheet, found=tuple(found), refused=tuple(refused))

    def _replies(self, name: str, video: str) -> Iterator[Sheet]:
        mark, seen = "", {""}
        asked = {"part": "snippet", "parentId": name, "maxResults": "100", "textFormat": "plainText"}
        for _ in range(MOST_PAGES):
            answer = _get(self._http, self._options, "comments", {**asked, "pageToken": mark})
            sheet = self._http.apart(
                youtube.read_list, answer.body, self._http.now, youtube.comment_on(video)
            )
            yield sheet
            mark = sheet.mark
            if mark in seen:
                return
            seen.add(mark)


def _channel(http: Http, options: YoutubeOptions) -> str:
    """The id of the channel, asked once."""
    if youtube.CHANNEL.fullmatch(options.channel):
        return options.channel
    remembered = http.recall(options.channel)
    if isinstance(remembered, str) and youtube.CHANNEL.fullmatch(remembered):
        return remembered
    kind, _, name = options.channel.rpartition("/")
    by = {"forUsername": name} if kind else {"forHandle": name}
    answer = _get(http, options, "channels", {"part": "id", **by})
    told = http.apart(youtube.read_channel, answer.body)
    if not told:
        raise NeedsAttention(
            f"YouTube knows no channel {options.channel}: open its page, and write the handle with @ that it shows."
        )
    http.remember(options.channel, told)
    return told


def _get(
    http: Http, options: YoutubeOptions, what: str, asked: Mapping[str, str], *, meter: str = "units"
) -> Answer:
    """One request within its budget; parameters that are empty are left out. The key goes into a header, never into the URL."""
    http.reserve(meter)
    answer = http.get(
        f"{API}/{what}",
        params={name: said for name, said in asked.items() if said},
        accept="application/json",
        conditional=False,
        headers={"x-goog-api-key": options.key.get_secret_value()},
        reads=REFUSALS,
    )
    if answer.status in REFUSALS:
        reasons = http.apart(youtube.read_reasons, answer.body)
        if asked.get("pageToken") and "invalidPageToken" in reasons:
            raise StaleMark
        raise youtube.trouble(
            http,
            answer,
            reasons,
            account=options.credential,
            meter=meter,
            what=asked.get("videoId") or "this channel",
        )
    return answer


def recheck(http: Http, options: YoutubeOptions, ids: Sequence[str]) -> Rechecked:
    """What has become of videos and comments: what YouTube no longer gives is gone."""
    gone: list[str] = []
    found: list[Found] = []
    videos = [name for name in ids if youtube.VIDEO.fullmatch(name)]
    for what, names in (("videos", videos), ("comments", [name for name in ids if name not in set(videos)])):
        for at in range(0, len(names), IDS):
            asked = names[at : at + IDS]
            shown = _looked_up(http, options, what, asked)
            if shown.refused:
                raise TryLater(f"YouTube answered with {what} that cannot be read: it is asked again later.")
            still = {one.external_id for one in shown.found}
            found += [
                replace(one, edited_at=one.edited_at or http.now) for one in shown.found
            ]  # of videos it is not told
            gone += [name for name in asked if name not in still]
    return Rechecked(gone=tuple(gone), found=tuple(found))


def meters(options: YoutubeOptions) -> tuple[Meter, ...]:
    """What a project has each day, as Google counts days: in California."""
    return tuple(
        Meter(name=name, unit=f"{name} of YouTube", most=most, per="day", zone="America/Los_Angeles")
        for name, most in (("searches", options.searches), ("units", options.units))
    )


def check(http: Http, options: YoutubeOptions) -> str:
    """Ask once, and say what there is."""
    if options.videos or options.channel:
        asked = {"videoId": options.videos[0]} if options.videos else {}
        where = asked or {"allThreadsRelatedToChannelId": _channel(http, options)}
        sheet = _Threads(http, options, where, {}, room=0).ask("", 0)
        return f"YouTube answers: {len(sheet.rows)}{' or more' if sheet.mark else ''} comments for {options.what}."
    since = int((http.now - timedelta(days=options.days)).timestamp() * 1000)
    sheet, count = _searched(http, options, "", since)
    more = " or more" if sheet.mark else ""
    return (
        f"YouTube answers: {count}{more} videos in {options.days} days for {options.search or 'everything'}."
    )


CONNECTOR = Connector(
    kind="youtube",
    summary="Comments on a YouTube channel or on videos, a channel's videos, or videos found by search.",
    options=YoutubeOptions,
    scope=lambda options: options.what,
    place=lambda options: "",  # noqa: ARG005 - ids of YouTube are the same everywhere
    fetch=fetch,
    search=search,
    own_words=True,
    default_every=timedelta(hours=1),
    least_interval=timedelta(minutes=15),
    check=check,
    needs="a key",
    terms="What is kept is refreshed or deleted within 30 days (Developer Policies).",
    meters=meters,
    recheck=recheck,
    recheck_every=timedelta(days=25),
)
