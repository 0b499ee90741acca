"""LinkedIn pages: an organisation's posts, comments on them, and posts that mention it, by the token of one of its administrators.

learn.microsoft.com/linkedin/marketing/community-management. Notifications tell what happened in the last 60 days; the comments on a
post that one tells of are read whole. There is no search of what others write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator

from listener.connector import (
    JSON,
    Connector,
    Found,
    Http,
    KeyedOptions,
    Meter,
    Page,
    Refused,
    linkedin,
    values,
)
from listener.connector.marked import Reach, Sheet, anew, hosted, pages, together

API = "https://api.linkedin.com/rest"
MOST_PAGES = 10
MOST_READ = 10  # posts, or comments with replies, whose comments one poll reads
KNOWN = 500  # comments whose count of replies is remembered
DAY = timedelta(days=1)
ACTIONS = "COMMENT,ADMIN_COMMENT,COMMENT_EDIT,COMMENT_DELETE,SHARE,SHARE_MENTION"
REFUSALS = (400, 401, 403, 404, 426, 429)


class LinkedinPageOptions(KeyedOptions):
    """One organisation's page."""

    organization: str = Field(
        description="The organisation's number, as in linkedin.com/company/NUMBER/admin.",
        examples=["2414183"],
    )
    token: SecretStr = Field(
        description="The access token of an administrator of the page, with r_organization_social and rw_organization_admin."
    )
    version: str = Field(
        default="202610",
        description="The version of LinkedIn's API, year and month: each is served for about a year.",
        examples=["202611"],
    )
    days: int = Field(
        default=7, ge=1, le=60, description="How many days the first poll looks back, 60 at the most."
    )

    @field_validator("organization")
    @classmethod
    def _a_number(cls, value: str) -> str:
        found = re.fullmatch(
            r"(?:urn:li:organization:|.*linkedin\.com/company/)?(\d{1,20})(?:/.*)?", value.strip()
        )
        if not found:
            raise ValueError(
                f"“{value}” is no number of an organisation: write the one that stands in linkedin.com/company/NUMBER/admin "
                "when an administrator opens the page"
            )
        return found[1]

    @field_validator("token")
    @classmethod
    def _a_token(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value().strip().removeprefix("Bearer ")
        if secret.startswith("WPL_AP"):
            raise ValueError(
                f"this is the secret of an app: make the token of an administrator at {linkedin.TOKENS}"
            )
        if not values.is_token(secret):
            raise ValueError(f"this is no access token: make one at {linkedin.TOKENS}")
        return SecretStr(secret)

    @field_validator("version")
    @classmethod
    def _a_month(cls, value: str) -> str:
        month = value.strip().replace("-", "")
        if not re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", month):
            raise ValueError(f"“{value}” is no version of LinkedIn's API: write year and month, as in 202610")
        return month

    @property
    def urn(self) -> str:
        return f"urn:li:organization:{self.organization}"


def fetch(http: Http, options: LinkedinPageOptions, cursor: JSON) -> Iterator[Page]:
    """The organisation's posts, and what notifications tell; a part that the token may not read is told at the end."""
    walks = {"posts": partial(_posts, http, options), "talk": partial(_talk, http, options)}
    for page in together(anew(http, cursor), walks):
        yield hosted(page, options.urn)


def _posts(http: Http, options: LinkedinPageOptions, cursor: JSON) -> Iterator[Page]:
    """Its posts, those first that changed last."""
    path = f"posts?q=author&author={quote(options.urn, safe='')}&sortBy=LAST_MODIFIED"
    reach = Reach(days=options.days, overlap=DAY, deeper=7 * DAY)
    return pages(
        lambda mark, floor: _asked(http, options, path, mark, linkedin.read_posts),  # noqa: ARG005 - it cannot be asked by time
        cursor,
        reach,
        now=http.now,
        most=MOST_PAGES,
    )


def _talk(http: Http, options: LinkedinPageOptions, cursor: JSON) -> Iterator[Page]:
    """Notifications; then the comments on each post that they tell of, and the replies to each comment that has more than it had.

    What one poll does not come to stays in the queue, which is part of the cursor.
    """
    talk = _Talk(http, options, cursor)
    walk, cut = values.table(cursor, "walk"), False
    reach = Reach(days=min(options.days, 58), overlap=DAY, deeper=2 * DAY)  # they are kept for 60 days
    for page in pages(talk.notified, walk, reach, now=http.now, most=MOST_PAGES):
        walk, cut = page.cursor, page.truncated
        yield replace(page, cursor=talk.to_json(walk), truncated=cut or bool(talk.queue))
    for _ in range(MOST_READ):
        if not talk.queue:
            return
        sheet = talk.comments()
        yield Page(
            found=sheet.found,
            refused=sheet.refused,
            cursor=talk.to_json(walk),
            truncated=cut or bool(talk.queue),
        )


class _Talk:
    """What is still to be read of what people say to the organisation.

    queue   urns of posts, and of comments with replies, whose comments are read next
    told    by post: when it was last said to have a new comment
    known   by comment: how many replies it had
    """

    def __init__(self, http: Http, options: LinkedinPageOptions, cursor: JSON) -> None:
        self._http = http
        self._options = options
        queue = values.at(cursor, "queue")
        self.queue = [urn for urn in queue if isinstance(urn, str)] if isinstance(queue, list) else []
        self._told = dict(values.table(cursor, "told"))
        self._known = dict(values.table(cursor, "known"))

    def to_json(self, walk: JSON) -> JSON:
        told, known = (dict(list(one.items())[-KNOWN:]) for one in (self._told, self._known))
        return {"walk": walk, "queue": list(self.queue), "told": told, "known": known}

    def notified(self, mark: str, floor: int) -> Sheet:
        """One page of notifications. Rest.li wants its parentheses and commas as they are, and what is in them encoded."""
        until = int(self._http.now.timestamp() * 1000)
        path = (
            f"organizationalEntityNotifications?q=criteria&actions=List({ACTIONS})"
            f"&organizationalEntity={quote(self._options.urn, safe='')}&timeRange=(start:{floor},end:{until})"
        )
        sheet = _asked(self._http, self._options, path, mark, linkedin.read_notifications)
        for post, at in sheet.rows:
            if at > (values.count(self._told, post) or 0):
                self._told.pop(post, None)
                self._told[post] = at
                self.queue += [] if post in self.queue else [post]
        return sheet

    def comments(self) -> Sheet:
        """All comments on what stands first in the queue; comments whose count of replies has grown are put at its end."""
        urn = self.queue[0]
        try:
            sheet = self._all_comments(urn)
        except linkedin.Missing:  # the post was deleted since
            sheet = Sheet()
        self.queue.remove(urn)
        return sheet

    def _all_comments(self, urn: str) -> Sheet:
        found: list[Found] = []
        refused: list[Refused] = []
        mark = ""
        path, seen = f"socialActions/{quote(urn, safe='')}/comments", {""}
        for _ in range(MOST_PAGES):
            sheet = _asked(self._http, self._options, path, mark, linkedin.read_comments)
            found += sheet.found
            refused += sheet.refused
            for comment, replies in sheet.rows:
                if replies and replies != self._known.pop(comment, None) and comment not in self.queue:
                    self.queue.append(comment)
                self._known[comment] = replies
            mark = sheet.mark
            if mark in seen:
                break
            seen.add(mark)
        return Sheet(found=tuple(found), refused=tuple(refused))


def _asked(
    http: Http, options: LinkedinPageOptions, path: str, mark: str, read: Callable[[bytes, datetime], Sheet]
) -> Sheet:
    """One page. The path holds its query, as Rest.li wants it written; a mark is how many rows were before."""
    join = "&" if "?" in path else "?"
    answer = http.get(
        f"{API}/{path}{join}start={mark or 0}&count={linkedin.ROWS}",
        accept="application/json",
        conditional=False,
        headers={
            "authorization": f"Bearer {options.token.get_secret_value()}",
            "linkedin-version": options.version,
            "x-restli-protocol-version": "2.0.0",
            **({"x-restli-method": "FINDER"} if "q=" in path else {}),
        },
        reads=REFUSALS,
        meter=linkedin.METER,
    )
    if answer.status == 404 and path.startswith("socialActions/"):
        raise linkedin.Missing
    if answer.status in REFUSALS:
        raise linkedin.trouble(
            http,
            answer,
            account=options.credential,
            organization=options.organization,
            version=options.version,
        )
    return http.apart(read, answer.body, http.now)


def check(http: Http, options: LinkedinPageOptions) -> str:
    """Ask for the newest posts, and say how the page's own are known."""
    posts = next(_posts(http, options, None)).found
    return (
        f"LinkedIn answers for organisation {options.organization}: {len(posts)} of its posts changed lately. What it posts itself is "
        f"the client's own where the source stands at the client; elsewhere by `own: {{linkedin: '{options.organization}'}}`."
    )


CONNECTOR = Connector(
    kind="linkedin_page",
    summary="Posts of a LinkedIn page, comments on them, and posts that share or mention it.",
    options=LinkedinPageOptions,
    scope=lambda options: options.urn,
    place=lambda options: "",  # noqa: ARG005 - urns are the same everywhere
    fetch=fetch,
    default_every=timedelta(hours=1),
    least_interval=timedelta(minutes=15),
    check=check,
    needs="the client's consent",
    terms="What members write may be kept for a short time only, and is deleted on request (Marketing API terms).",
    meters=lambda options: (Meter(name=linkedin.METER, unit="calls of LinkedIn", per="day"),),  # noqa: ARG005 - LinkedIn tells how many
)
