"""What other systems post to us, signed: POST /in/NAME on the daemon's port (listener/web/posting.py). Read in order, once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.connector import JSON, Connector, Form, Found, Http, OptionsModel, Page, Posted, Refused
from listener.connector.anew import Anew
from listener.connector.rows import Unfit, item

A_PAGE = 10
"""Posts of one page: 5,000 items at the most."""
MOST_PAGES = 40
SHORTEST_SECRET = 16


class WebhookOptions(OptionsModel):
    """Its path, and the secret that both sides know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    path: str = Field(
        description="The last part of its path, as NAME in POST /in/NAME: letters, digits, dots and hyphens.",
        examples=["helpdesk"],
    )
    secret: SecretStr = Field(
        description="The key of the HMAC-SHA256 in the header Listener-Signature, 16 characters or more.",
        examples=["${HELPDESK_SECRET}"],
    )
    form: Form | None = Field(
        default=None,
        description="What the items are, where they do not say so: `post`, `comment`, `review`, `article`. One with a rating is a review.",
    )

    @field_validator("path")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        name = value.strip().strip("/").removeprefix("in/")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
            raise ValueError(
                "this is no last part of a path: write letters, digits, dots and hyphens, as in helpdesk"
            )
        return name

    @field_validator("secret")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"this is too short: write {SHORTEST_SECRET} characters or more, as `openssl rand -hex 32` makes them"
            )
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What was posted at once, read."""

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]


def read_post(body: bytes, form: Form | None, now: datetime) -> Items:
    """The items of one body; pure."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = []
    if data == []:
        nothing = Refused(reason="What was posted holds no item.", payload=body or b"-")
        return Items(found=(), refused=(nothing,))
    found, refused = [], []
    for number, one in enumerate(data if isinstance(data, list) else [data], start=1):
        try:
            found.append(item(one if isinstance(one, dict) else {}, form=form, now=now))
        except (Unfit, RecursionError) as unfit:
            reason = f"Item {number} of what was posted {unfit}."
            refused.append(Refused(reason=reason, payload=json.dumps(one).encode()))
    return Items(found=tuple(found), refused=tuple(refused))


def fetch(http: Http, options: WebhookOptions, cursor: JSON) -> Iterator[Page]:
    """In the order in which it was taken."""
    anew = Anew.resumed(cursor, fresh=http.fresh)
    told = anew.known.get("after")
    after = told if isinstance(told, int) else 0
    for number in range(1, MOST_PAGES + 1):
        posted = http.posted(options.path, after=after, most=A_PAGE)
        if not posted:
            break
        after = posted[-1].number
        read = [_read(http, options, one) for one in posted]
        yield Page(
            found=tuple(found for one in read for found in one.found),
            refused=tuple(refused for one in read for refused in one.refused),
            cursor=anew.cursor({"after": after}),
            truncated=number == MOST_PAGES,
        )
        if number == MOST_PAGES:
            return
    if anew.under_way:
        yield Page(cursor={"after": after})


def _read(http: Http, options: WebhookOptions, one: Posted) -> Items:
    read: Items = http.apart(read_post, one.body, options.form, http.now)
    return read


def check(http: Http, options: WebhookOptions) -> str:
    """Where to post."""
    waiting = http.posted(options.path, after=0, most=A_PAGE)
    some = "something was posted already" if waiting else "nothing was posted yet"
    return (
        f"Post to /in/{options.path} on the port of the daemon (web.listen), signed with the secret; {some}."
    )


CONNECTOR = Connector(
    kind="webhook",
    summary="Mentions that other systems post here, signed.",
    options=WebhookOptions,
    scope=lambda options: options.path,
    fetch=fetch,
    default_every=timedelta(minutes=1),
    least_interval=timedelta(minutes=1),
    check=check,
    needs="a key",
    terms="Your own: what may be kept of what your systems send is for you to say.",
    adapts=False,
)
