"""Facebook pages: their posts, what visitors post there, where they are tagged, comments, and recommendations.

Only by a token that the page has granted (developers.facebook.com/docs/pages-api): there is no search of what others write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any, Literal

from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Found,
    Http,
    NeedsAttention,
    Page,
    Refused,
    TryLater,
    graph,
    values,
)
from listener.connector.marked import Reach, anew, pages, together
from listener.connector.plain import absolute, addresses_in, cleaned, one_line

PLACE = "Facebook"
HOME = "https://www.facebook.com"
MOST_PAGES = 10
DAY = timedelta(days=1)
_COUNTED = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
POST = f"id,message,story,from,created_time,permalink_url,parent_id,shares,attachments{{title,unshimmed_url}},{_COUNTED}"
COMMENTED = "id,created_time,updated_time,comments.limit(0).summary(total_count)"
COMMENT = "id,message,from,created_time,permalink_url,like_count,comment_count,parent{id},attachment"
RATING = (
    "created_time,recommendation_type,rating,has_rating,review_text,reviewer{id,name},open_graph_story{id}"
)

Part = Literal["posts", "tagged", "visitors", "comments", "ratings"]
EVERYTHING: tuple[Part, ...] = ("posts", "tagged", "visitors", "comments", "ratings")


class FacebookPageOptions(graph.GraphOptions):
    """One page."""

    page: str = Field(
        description="The page: its id, its name in addresses, or its address.",
        examples=["millssupply", "104050607080901"],
    )
    read: tuple[Part, ...] = Field(
        default=EVERYTHING,
        description="What is read: posts, tagged, visitors, comments, ratings.",
        examples=[["comments", "ratings"]],
    )

    @field_validator("page")
    @classmethod
    def _a_page(cls, value: str) -> str:
        return page_of(value)

    @field_validator("read")
    @classmethod
    def _something(cls, value: tuple[Part, ...]) -> tuple[Part, ...]:
        if not value:
            raise ValueError(f"say what is read: {', '.join(EVERYTHING)}")
        return tuple(dict.fromkeys(value))


def page_of(written: str) -> str:
    """The id or the name of a page, from what people write. Raises ValueError with a sentence where it is none."""
    value = written.strip().rstrip("/")
    if "facebook.com/" in value or "fb.com/" in value:
        path, _, query = value.partition(".com/")[2].partition("?")
        numbered = re.search(r"(?:^|&)id=(\d+)", query) or re.search(r"[-/](\d{8,})$", path)
        value = numbered[1] if numbered else path.partition("/")[0]
    name = value.removeprefix("@")
    if not re.fullmatch(r"[\w.]{3,75}", name, re.ASCII):
        raise ValueError(f"“{written}” is no page: write its id, or its name as in {HOME}/millssupply")
    return name.casefold()


def fetch(http: Http, options: FacebookPageOptions, cursor: JSON) -> Iterator[Page]:
    """What is read of the page, one part after the other; a part that the token may not read is told at the end."""
    page = _page(http, options)
    walks = {
        "posts": partial(_edge, http, options, page, "feed"),
        "tagged": partial(_edge, http, options, page, "tagged"),
        "visitors": partial(_edge, http, options, page, "visitor_posts"),
        "comments": partial(_comments, http, options, page),
        "ratings": partial(_edge, http, options, page, "ratings"),
    }
    yield from together(
        anew(http, cursor), {name: walk for name, walk in walks.items() if name in options.read}
    )


def _edge(
    http: Http, options: FacebookPageOptions, page: Mapping[str, JSON], name: str, cursor: JSON
) -> Iterator[Page]:
    """What is posted late (a visitor's post that had to be allowed) bears the time when it was written: hence the overlap."""
    rated = name == "ratings"
    item = partial(rating, page=page) if rated else partial(post, page=page)
    asked = {"fields": RATING if rated else POST}
    ask = graph.edge(http, options, f"{page['id']}/{name}", item, asked, place=PLACE, since=not rated)
    reach = Reach(days=options.days, overlap=DAY, deeper=7 * DAY)
    return pages(ask, cursor, reach, now=http.now, most=MOST_PAGES)


def _comments(
    http: Http, options: FacebookPageOptions, page: Mapping[str, JSON], cursor: JSON
) -> Iterator[Page]:
    """The comments on the newest posts there, replies among them."""
    asked = {"fields": COMMENTED, "limit": graph.rows_asked(http)}
    answer = graph.get(http, options, f"{page['id']}/feed", asked, place=PLACE)
    posts = http.apart(graph.read_edge, answer.body, PLACE, http.now, nothing, "comments")
    order = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological"}
    return graph.comments(
        http,
        posts,
        lambda name: graph.edge(
            http, options, f"{name}/comments", partial(comment, page=page), order, place=PLACE
        ),
        cursor,
        Reach(days=options.days, overlap=DAY, deeper=7 * DAY),
    )


def _page(http: Http, options: FacebookPageOptions) -> Mapping[str, JSON]:
    """Who the page is, asked once a day. Raises NeedsAttention where the token is not its own."""
    name, now = f"page {options.page}", int(http.now.timestamp())
    known = http.recall(name)
    if isinstance(known, Mapping) and 0 <= now - (values.count(known, "at") or 0) < DAY.total_seconds():
        return known
    asked = {"fields": "id,name,username,followers_count"}
    told = graph.get(http, options, options.page, asked, place=PLACE)
    page = {**http.apart(read_page, told.body), "at": now}
    me = http.apart(read_page, graph.get(http, options, "me", {"fields": "id"}, place=PLACE).body)
    if me["id"] != page["id"]:
        raise NeedsAttention(
            f"The token is not the one of the page {options.page}, but of a person or of another page: take the page's own, "
            f"which {graph.EXPLORER} shows for me/accounts."
        )
    http.remember(name, page)
    return page


def read_page(body: bytes) -> dict[str, JSON]:
    """Who a page is; pure. Raises TryLater where that is not told."""
    answer = values.parsed(body, PLACE)
    number = one_line(values.text(answer, "id"))
    if not number:
        raise TryLater("Facebook answered without the id of the page: it is asked again later.")
    told = {key: one_line(values.text(answer, key)) for key in ("name", "username")}
    return {"id": number, **told, "followers": values.count(answer, "followers_count")}


def nothing(row: Any, now: datetime) -> None:  # noqa: ANN401, ARG001 - a row that is only counted
    return None


_KEPT = ("id", "created_time", "permalink_url", "parent_id", "story", "like_count", "comment_count")


def post(row: Any, now: datetime, *, page: Mapping[str, JSON]) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A post. One that shares another without a word of its own repeats it."""
    name, written = one_line(values.text(row, "id")), values.moment(values.at(row, "created_time"), now)
    if not name or written is None:
        return _refused("post", row)
    message = cleaned(values.text(row, "message"))
    by = _author(values.table(row, "from"), page)
    parent = one_line(values.text(row, "parent_id"))
    attached, links = _attached(row)
    engagement = {
        "reactions": graph.total(row, "reactions"),
        "comments": graph.total(row, "comments"),
        "shares": values.count(values.table(row, "shares"), "count"),
    }
    return Found(
        external_id=name,
        text=message or cleaned(values.text(row, "story")) or attached,
        url=_address(row),
        author=by,
        author_hidden=by is None,
        published_at=written,
        links=tuple(dict.fromkeys([*addresses_in(message), *links])),
        repost_of=parent if parent and parent != name and not message else None,
        engagement={what: count for what, count in engagement.items() if count is not None},
        raw=values.kept(row, _KEPT),
    )


def _attached(row: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The titles of what a post shows, and where it leads outside of Facebook."""
    listed = values.table(row, "attachments").get("data")
    shown = listed if isinstance(listed, list) else []
    titles = [cleaned(values.text(one, "title")) for one in shown]
    links = [absolute(values.text(one, "unshimmed_url"), HOME) for one in shown]
    outside = [link for link in links if link and link.startswith("http") and "facebook.com/" not in link]
    return "\n".join(title for title in titles if title), outside


def comment(row: Any, now: datetime, *, page: Mapping[str, JSON]) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A comment, or a reply to one. Facebook mostly does not say by whom."""
    name, written = one_line(values.text(row, "id")), values.moment(values.at(row, "created_time"), now)
    if not name or written is None:
        return _refused("comment", row)
    by = _author(values.table(row, "from"), page)
    text = cleaned(values.text(row, "message"))
    return Found(
        external_id=name,
        text=text or cleaned(values.text(values.table(row, "attachment"), "title")),
        url=_address(row),
        author=by,
        author_hidden=by is None,
        published_at=written,
        form="comment",
        links=addresses_in(text),
        engagement=values.counts(row, likes="like_count", replies="comment_count"),
        raw=values.kept(row, _KEPT),
    )


def rating(row: Any, now: datetime, *, page: Mapping[str, JSON]) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A recommendation, or a rating with stars from before 2018. It has no id of its own, but the story that it makes has."""
    written = values.moment(values.at(row, "created_time"), now)
    if written is None:
        return _refused("recommendation", row)
    by = _author(values.table(row, "reviewer"), page)
    text = cleaned(values.text(row, "review_text"))
    story = one_line(values.text(values.table(row, "open_graph_story"), "id"))
    who = by.key if by else blake2b(text.encode(), digest_size=8).hexdigest()
    return Found(
        external_id=story or f"{page['id']}_rating_{int(written.timestamp())}_{who}",
        text=text,
        url=f"{HOME}/{page['id']}/reviews",
        author=by,
        author_hidden=by is None,
        published_at=written,
        form="review",
        rating=_stars(row),
        links=addresses_in(text),
        raw=values.kept(row, ("created_time", "recommendation_type", "rating", "has_rating")),
    )


def _stars(row: Mapping[str, Any]) -> float | None:
    recommended = {"positive": 1.0, "negative": 0.0}.get(values.text(row, "recommendation_type").casefold())
    stars = values.count(row, "rating")
    if recommended is None and stars is not None and 1 <= stars <= 5:
        return (stars - 1) / 4
    return recommended


def _author(by: Mapping[str, Any], page: Mapping[str, JSON]) -> Author | None:
    """None where it is not told. The page itself is known by its name in addresses, too."""
    key, name = one_line(values.text(by, "id")), one_line(values.text(by, "name"))
    if not key and not name:
        return None
    own = key == page["id"]
    return Author(
        key=key or name,
        name=name or None,
        handle=(values.text(page, "username") or None) if own else None,
        url=f"{HOME}/{key}" if key else None,
        reach=values.count(page, "followers") if own else None,
        hosts=own,
    )


def _address(row: Mapping[str, Any]) -> str | None:
    shown = values.text(row, "permalink_url")
    return absolute(shown, HOME) if shown else None


def _refused(what: str, row: Any) -> Refused:  # noqa: ANN401 - whatever JSON holds
    return values.refused(f"This {what} of Facebook has no id or no time.", row)


def check(http: Http, options: FacebookPageOptions) -> str:
    """Ask who the page is, and say what is read and how its own posts are known."""
    page = _page(http, options)
    handle = values.text(page, "username") or page["id"]
    return (
        f"Facebook answers for the page {values.text(page, 'name') or options.page}: {', '.join(options.read)}. "
        f"What it posts itself is the client's own where the source stands at the client; elsewhere by `own: {{facebook: {handle}}}`."
    )


CONNECTOR = Connector(
    kind="facebook_page",
    summary="Posts, tags, visitors' posts, comments and recommendations of a Facebook page.",
    options=FacebookPageOptions,
    scope=lambda options: f"{options.page} {' '.join(sorted(options.read))}",
    place=lambda options: "",  # noqa: ARG005 - ids of Facebook are the same everywhere
    fetch=fetch,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=10),
    check=check,
    needs="the client's consent",
    terms="Meta's platform terms: kept only as long as it is needed for what the page has granted, and deleted on request.",
    meters=lambda options: graph.meters(),  # noqa: ARG005 - the same for all
)
