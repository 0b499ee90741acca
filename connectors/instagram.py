"""Instagram: what tags a business account, comments on its own posts, and hashtags, by a token that the account granted.

developers.facebook.com/docs/instagram-platform. A hashtag's posts hide their authors, and an account may ask for 30 hashtags in 7 days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, field_validator, model_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Found,
    Http,
    Meter,
    NeedsAttention,
    Page,
    Refused,
    TryLater,
    UsedUp,
    graph,
    values,
)
from listener.connector.marked import Ask, Reach, Sheet, anew, hosted, pages, together
from listener.connector.plain import absolute, addresses_in, cleaned, one_line

PLACE = "Instagram"
HOME = "https://www.instagram.com"
MOST_PAGES = 10
DAY = timedelta(days=1)
WEEK = 7 * DAY
MOST_HASHTAGS = 30  # that an account may ask for in a week
METER = "hashtags"
MEDIA = "id,caption,media_type,permalink,timestamp,username,like_count,comments_count"
HIDDEN = "id,caption,media_type,permalink,timestamp,like_count,comments_count"  # of a hashtag
REPLY = "id,text,timestamp,username,like_count,parent_id"
COMMENT = f"{REPLY},media{{permalink}},replies{{{REPLY}}}"
MENTION = "id,text,timestamp,like_count"  # of a comment at somebody else's

Part = Literal["posts", "tags", "comments"]
EVERYTHING: tuple[Part, ...] = ("posts", "tags", "comments")


class InstagramOptions(graph.GraphOptions):
    """One business account, or hashtags that it asks for."""

    account: str = Field(
        description="The id of the business account: a number, which Meta shows as `instagram_business_account` of its page.",
        examples=["17841400000000001"],
    )
    hashtags: tuple[str, ...] = Field(
        default=(),
        max_length=MOST_HASHTAGS,
        description="Posts with these hashtags, 30 at the most, instead of what is said to the account.",
        examples=[["millssupply"]],
    )
    read: tuple[Part, ...] = Field(
        default=EVERYTHING, description="What is read of the account: posts, tags, comments."
    )
    mentioned: tuple[str, ...] = Field(
        default=(),
        max_length=50,
        description="Ids of posts, or of comments as POST/COMMENT, that name the account: only Meta's webhook tells them.",
        examples=[["17890000000000001", "17890000000000001/17900000000000002"]],
    )

    @field_validator("account")
    @classmethod
    def _an_id(cls, value: str) -> str:
        number = value.strip()
        if not re.fullmatch(r"\d{5,25}", number):
            raise ValueError(
                f"“{value}” is no id of an account: write its number, which `/PAGE?fields=instagram_business_account` "
                f"shows at {graph.EXPLORER}"
            )
        return number

    @field_validator("hashtags")
    @classmethod
    def _tags(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(tag_of, value)))

    @field_validator("mentioned")
    @classmethod
    def _ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not re.fullmatch(r"\d+(/\d+)?", one):
                raise ValueError(
                    f"“{one}” is no id of a post, nor POST/COMMENT: write the numbers that the webhook tells"
                )
        return tuple(dict.fromkeys(value))

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if self.hashtags and (self.mentioned or self.read != EVERYTHING):
            raise ValueError("hashtags and an account are two sources: write them as two")
        if not self.read and not self.hashtags and not self.mentioned:
            raise ValueError(f"say what is read: {', '.join(EVERYTHING)}")
        return self

    @property
    def what(self) -> str:
        """What is read, as its scope names it."""
        return " ".join(f"#{tag}" for tag in self.hashtags) or " ".join([*sorted(self.read), *self.mentioned])


def tag_of(written: str) -> str:
    """A hashtag without its sign; also out of an address of its page. Raises ValueError with a sentence."""
    tag = written.strip().rstrip("/").rpartition("/tags/")[2].removeprefix("#")
    if not re.fullmatch(r"\w+", tag) or tag.isdigit():
        raise ValueError(f"“{written}” is no hashtag: write one word of letters, such as millssupply")
    return tag.casefold()


def fetch(http: Http, options: InstagramOptions, cursor: JSON) -> Iterator[Page]:
    """One part after the other; a part that the token may not read is told at the end."""
    known = anew(http, cursor)
    if options.hashtags:
        counted = _counted(http, options)
        tags = sorted(
            options.hashtags, key=lambda tag: tag not in counted
        )  # those first that are asked for anyway
        yield from together(known, {tag: partial(_hashtag, http, options, tag) for tag in tags})
        return
    walks = {
        "posts": partial(_own, http, options),
        "tags": partial(_walk, http, _media(http, options, f"{options.account}/tags"), options),
        "comments": partial(_comments, http, options),
        "mentioned": partial(_mentioned, http, options),
    }
    wanted = {*options.read, *(["mentioned"] if options.mentioned else [])}
    for page in together(known, {name: walk for name, walk in walks.items() if name in wanted}):
        handle = http.recall(f"handle {options.account}")
        yield hosted(page, handle)


def _own(http: Http, options: InstagramOptions, cursor: JSON) -> Iterator[Page]:
    """What the account posts itself; who that is, is remembered: its comments are its own, too."""
    name = f"handle {options.account}"
    for page in _walk(http, _media(http, options, f"{options.account}/media"), options, cursor):
        handle = next((found.author.key for found in page.found if found.author), None)
        if handle is not None and handle != http.recall(name):
            http.remember(name, handle)
        yield page


def _walk(http: Http, ask: Ask, options: InstagramOptions, cursor: JSON) -> Iterator[Page]:
    """Who is tagged in an older post is told late, by the time of the post: hence the deeper walk."""
    reach = Reach(days=options.days, overlap=DAY, deeper=14 * DAY)
    return pages(ask, cursor, reach, now=http.now, most=MOST_PAGES)


def _media(http: Http, options: InstagramOptions, path: str) -> Ask:
    return graph.edge(http, options, path, media, {"fields": MEDIA}, place=PLACE)


def _comments(http: Http, options: InstagramOptions, cursor: JSON) -> Iterator[Page]:
    """The comments on the account's newest posts, of those that have new ones, with their replies."""
    asked = {"fields": "id,timestamp,comments_count", "limit": graph.rows_asked(http)}
    answer = graph.get(http, options, f"{options.account}/media", asked, place=PLACE)
    posts = http.apart(graph.read_edge, answer.body, PLACE, http.now, nothing, "comments_count")

    def ask(name: str) -> Ask:
        def page(mark: str, floor: int) -> Sheet:  # noqa: ARG001 - it cannot be asked by time
            given = {"fields": COMMENT, "limit": graph.rows_asked(http), "after": mark}
            told = graph.get(http, options, f"{name}/comments", given, place=PLACE)
            return http.apart(read_comments, told.body, http.now)

        return page

    reach = Reach(days=options.days, overlap=3 * DAY, deeper=30 * DAY)
    return graph.comments(http, posts, ask, cursor, reach)


def _hashtag(http: Http, options: InstagramOptions, tag: str, cursor: JSON) -> Iterator[Page]:
    """The posts of the last 24 hours with a hashtag: Instagram shows no more."""
    number = _number(http, options, tag)
    asked = {"user_id": options.account, "fields": HIDDEN}
    ask = graph.edge(http, options, f"{number}/recent_media", media, asked, place=PLACE)
    reach = Reach(days=1, overlap=DAY, deeper=2 * DAY)
    yield from pages(ask, cursor, reach, now=http.now, most=MOST_PAGES)


def _number(http: Http, options: InstagramOptions, tag: str) -> str:
    """The id of a hashtag, within the thirty of a week. Raises TryLater with the time when there is room for it."""
    counted, now, week = _counted(http, options), int(http.now.timestamp()), int(WEEK.total_seconds())
    if tag not in counted and len(counted) >= MOST_HASHTAGS:
        free = min(values.count(told, "at") or 0 for told in counted.values()) + week
        again = http.now + timedelta(seconds=free - now)
        http.told(METER, left=0, resets_at=again)
        raise UsedUp(
            f"Instagram lets an account ask for {MOST_HASHTAGS} hashtags in 7 days: #{tag} is asked for at "
            f"{again:%Y-%m-%d %H:%M} UTC. Take out hashtags that bring little, or ask with another account.",
            after=again - http.now,
            account=f"instagram/{options.credential}/{METER}",
        )
    number = values.text(counted.get(tag), "id") or _looked_up(http, options, tag)
    first = values.count(counted.get(tag), "at")
    counted[tag] = {"id": number, "at": now if first is None else first}
    http.remember(f"hashtags {options.account}", counted)
    oldest = min(values.count(told, "at") or 0 for told in counted.values()) + week
    http.told(METER, left=MOST_HASHTAGS - len(counted), resets_at=http.now + timedelta(seconds=oldest - now))
    return number


def _counted(http: Http, options: InstagramOptions) -> dict[str, Any]:
    """The hashtags that count against this week, each with its id and when it was first asked for."""
    known = values.table({"known": http.recall(f"hashtags {options.account}")}, "known")
    since = int((http.now - WEEK).timestamp())
    return {tag: told for tag, told in known.items() if (values.count(told, "at") or 0) > since}


def _looked_up(http: Http, options: InstagramOptions, tag: str) -> str:
    asked = {"user_id": options.account, "q": tag}
    answer = graph.get(http, options, "ig_hashtag_search", asked, place=PLACE)
    number = http.apart(read_hashtag, answer.body)
    if not number:
        raise TryLater(f"Instagram answered without the id of #{tag}: it is asked again later.")
    return number


def _mentioned(http: Http, options: InstagramOptions, cursor: JSON) -> Iterator[Page]:
    """Each post or comment that names the account once; one that is gone does not hide the others."""
    told = values.at(cursor, "done")
    done = [one for one in told if one in options.mentioned] if isinstance(told, list) else []
    refused: NeedsAttention | None = None
    for name in (one for one in options.mentioned if one not in done):
        try:
            item = _mention(http, options, name)
        except NeedsAttention as trouble:
            refused = refused or trouble
            continue
        done = [*done, name]
        kept = Sheet.of([item])
        yield Page(found=kept.found, refused=kept.refused, cursor={"done": done})
    if refused is not None:
        raise refused


def _mention(http: Http, options: InstagramOptions, name: str) -> Found | Refused:
    post, _, number = name.partition("/")
    fields = (
        f"mentioned_comment.comment_id({number}){{{MENTION}}}"
        if number
        else f"mentioned_media.media_id({post}){{{MEDIA}}}"
    )
    answer = graph.get(http, options, options.account, {"fields": fields}, place=PLACE)
    return http.apart(read_mention, answer.body, http.now)


def read_mention(body: bytes, now: datetime) -> Found | Refused:
    """A post or a comment that names the account; pure. Raises TryLater where it is neither."""
    answer = values.parsed(body, PLACE)
    said, shown = values.table(answer, "mentioned_comment"), values.table(answer, "mentioned_media")
    if not said and not shown:
        raise TryLater("Instagram answered without what was asked for: it is asked again later.")
    return comment(said, now) if said else media(shown, now)


def read_hashtag(body: bytes) -> str:
    """The id of a hashtag; empty where there is none. Pure."""
    data = values.at(values.parsed(body, PLACE), "data")
    ids = [values.text(row, "id") for row in data] if isinstance(data, list) else []
    return next((number for number in ids if number.isdecimal()), "")


def read_comments(body: bytes, now: datetime) -> Sheet:
    """Comments with their replies; pure. Times are those of the comments alone, for they are in that order."""
    sheet = graph.read_edge(body, PLACE, now, comment)
    rows = values.parsed(body, PLACE)["data"]
    replies = [comment(one, now, on=row) for row in rows for one in _replies(row)]
    return Sheet.of([*sheet.found, *sheet.refused, *replies], times=sheet.times, mark=sheet.mark)


def _replies(row: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    told = values.table(row, "replies").get("data")
    return told if isinstance(told, list) else []


def nothing(row: Any, now: datetime) -> None:  # noqa: ANN401, ARG001 - a row that is only counted
    return None


_KEPT = ("id", "permalink", "timestamp", "username", "media_type", "parent_id")


def media(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A post, a reel or an album. Found by a hashtag it hides its author."""
    name, written = one_line(values.text(row, "id")), values.moment(values.at(row, "timestamp"), now)
    if not name or written is None:
        return _refused("post", row)
    by = _author(row)
    text = cleaned(values.text(row, "caption"))
    return Found(
        external_id=name,
        text=text,
        url=_address(row),
        author=by,
        author_hidden=by is None,
        published_at=written,
        links=addresses_in(text),
        engagement=values.counts(row, likes="like_count", comments="comments_count"),
        raw=values.kept(row, _KEPT),
    )


def comment(row: Any, now: datetime, *, on: Any = None) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A comment, or a reply to the comment `on`."""
    name, written = one_line(values.text(row, "id")), values.moment(values.at(row, "timestamp"), now)
    if not name or written is None:
        return _refused("comment", row)
    by = _author(row)
    text = cleaned(values.text(row, "text"))
    return Found(
        external_id=name,
        text=text,
        url=_address(values.table(on or row, "media")),
        author=by,
        author_hidden=by is None,
        published_at=written,
        form="comment",
        links=addresses_in(text),
        engagement=values.counts(row, likes="like_count"),
        raw=values.kept(row, _KEPT),
    )


def _author(row: Mapping[str, Any]) -> Author | None:
    handle = one_line(values.text(row, "username")).casefold()
    return Author(key=handle, handle=handle, url=f"{HOME}/{quote(handle)}/") if handle else None


def _address(row: Mapping[str, Any]) -> str | None:
    shown = values.text(row, "permalink")
    return absolute(shown, HOME) if shown else None


def _refused(what: str, row: Any) -> Refused:  # noqa: ANN401 - whatever JSON holds
    return values.refused(f"This {what} of Instagram has no id or no time.", row)


def meters(options: InstagramOptions) -> tuple[Meter, ...]:
    """What Meta allows an app, and the hashtags of an account's week."""
    hashtags = Meter(name=METER, unit="hashtags of Instagram", per=WEEK)
    return (*graph.meters(), *((hashtags,) if options.hashtags else ()))


def check(http: Http, options: InstagramOptions) -> str:
    """Ask who the account is, and what its first hashtag brings."""
    answer = graph.get(http, options, options.account, {"fields": "id,username"}, place=PLACE)
    handle = one_line(values.text(http.apart(values.parsed, answer.body, PLACE), "username"))
    if not handle:
        raise TryLater("Instagram answered without the name of the account: it is asked again later.")
    if options.hashtags:
        left = MOST_HASHTAGS - len(options.hashtags)
        return f"Instagram answers for @{handle}: {len(options.hashtags)} hashtags, {left} of the week are left beside them."
    return (
        f"Instagram answers for @{handle}: {', '.join(options.read)}. "
        f"What it posts itself is the client's own where the source stands at the client; elsewhere by `own: {{instagram: {handle}}}`."
    )


CONNECTOR = Connector(
    kind="instagram",
    summary="Posts that tag an Instagram business account, comments on its posts, and hashtags.",
    options=InstagramOptions,
    scope=lambda options: f"{options.account} {options.what}",
    place=lambda options: "",  # noqa: ARG005 - ids of Instagram are the same everywhere
    fetch=fetch,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=10),
    check=check,
    needs="the client's consent",
    adapts=False,  # posts with a hashtag are shown for 24 hours only
    terms="Meta's platform terms: kept only as long as it is needed for what the account has granted, and deleted on request.",
    meters=meters,
)
