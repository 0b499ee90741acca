"""A bot of Slack: chat.postMessage, the messages of one incident in one thread.

What Slack answers is in docs.slack.dev, "chat.postMessage": 200 with `ok`, or 200 with the word of an error, or 429.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.domain.message import Message
from listener.notify.address import web_address
from listener.notify.contract import Notifier, Permanent, Place, Post, ReceiverOptions, Reply, Retryable
from listener.notify.verdict import UNNAMED_WAIT, refusal, retry_after

_ANEW = "copy the bot's token (xoxb-…) from the app's page, OAuth & Permissions, and set it anew"
_CHANNEL = "check `channel`: its id stands at the end of what the channel shows about itself"
_ADMIN = "ask an admin of the workspace, or choose another channel"
_DEAD = {
    "access_denied": f"it is denied access: {_ADMIN}",
    "account_inactive": f"its account or workspace was deleted or switched off: {_ANEW}",
    "as_user_not_supported": f"its token is of a kind that cannot post: {_ANEW}",
    "channel_not_found": f"there is no such channel that it can see: {_CHANNEL}, and /invite it into a private one",
    "ekm_access_denied": f"admins have suspended posting: {_ADMIN}",
    "enterprise_is_restricted": f"it may not post from an Enterprise: {_ADMIN}",
    "invalid_auth": f"its token is not valid, or not from this address: {_ANEW}",
    "is_archived": "the channel is archived: choose another",
    "messages_tab_disabled": "the app's messages tab is switched off: switch it on under App Home",
    "missing_scope": "it lacks a scope: give the app chat:write under OAuth & Permissions, and install it again",
    "no_permission": f"its token has not the permissions: give the app chat:write, or {_ANEW}",
    "not_allowed_token_type": f"its token is of a kind that cannot post: {_ANEW}",
    "not_authed": f"its token did not arrive: {_ANEW}",
    "not_in_channel": "it is not in the channel: /invite it there",
    "org_login_required": f"the workspace has moved into an organisation: {_ADMIN}",
    "restricted_action": f"the workspace does not let it post there: {_ADMIN}",
    "restricted_action_read_only_channel": f"nobody may post there: {_ADMIN}",
    "restricted_action_thread_only_channel": "only replies may be posted there: choose another channel",
    "team_access_not_granted": f"it was not granted this workspace: {_ADMIN}",
    "token_expired": f"its token has expired: {_ANEW}",
    "token_revoked": f"its token was revoked, or the app was removed: {_ANEW}",
    "two_factor_setup_required": f"its account needs a second factor: {_ADMIN}",
}
_NO_REPLIES = {
    "cannot_reply_to_message",
    "invalid_thread_ts",
    "message_not_found",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "thread_not_found",
}
_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
_PACE = {"ratelimited", "rate_limited"}
_CROWDED = {"message_limit_exceeded": timedelta(hours=1)}
_TROUBLE = {"request_timeout", "service_unavailable", "team_added_to_org"}
_HALF_DONE = {"fatal_error", "internal_error"}  # Slack: "some aspect of the operation may have succeeded"
_ALOUD = {"resolved", "escalated"}  # shown in the channel as well, not in the thread alone


class SlackBotOptions(ReceiverOptions):
    """The bot of a Slack app, and where it posts."""

    model_config = ConfigDict(hide_input_in_errors=True)

    token: SecretStr = Field(
        description="The bot's token, xoxb-…, with the scope chat:write; empty means off.",
        examples=["${SLACK_BOT_TOKEN:-}"],
    )
    channel: str = Field(
        description="The channel's id, such as C012AB3CD; the bot must be in it.", examples=["C012AB3CD"]
    )
    api_url: str = Field(
        default="https://slack.com/api",
        description="Where Slack's API is; https://slack-gov.com/api for GovSlack.",
    )

    @field_validator("token")
    @classmethod
    def _is_a_token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if text and not re.fullmatch(r"xox[\x21-\x7e]{5,500}", text):
            raise ValueError(
                "is no token of a bot: copy the one that begins with xoxb- from OAuth & Permissions"
            )
        return SecretStr(text)

    @field_validator("channel")
    @classmethod
    def _is_a_channel(cls, value: str) -> str:
        text = value.strip()
        if not re.fullmatch(r"[CDGUW][A-Z0-9]{2,20}|#?[^\s#@<>,]{1,80}", text):
            raise ValueError("is no channel: write its id, such as C012AB3CD")
        return text

    @field_validator("api_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return web_address(SecretStr(value)).get_secret_value().rstrip("/")

    @property
    def off(self) -> str | None:
        return None if self.token.get_secret_value() else "its token is empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Slack said: `ts` where it took the message, else the `word` of its error; neither where it is no answer of Slack's."""

    reply: Reply
    ts: str = ""
    word: str = ""


def deliver(post: Post, message: Message, options: SlackBotOptions) -> Place:
    """Post the message, in its incident's thread where there is one; returns that thread.

    A thread that takes no replies is left for a new one; a message whose blocks are refused goes once more in each plainer form.
    """
    from listener.notify.shape_slack import payload, plainer

    thread = _thread(message, options)
    body = payload(message)
    answer = _posted(post, body, message, options, thread)
    if thread and answer.word in _NO_REPLIES:
        thread = ""
        answer = _posted(post, body, message, options, thread)
    for body in plainer(message):
        if answer.word not in _BLOCKS:
            break
        answer = _posted(post, body, message, options, thread)
    _judge(answer)
    return {"channel": options.channel, "ts": thread or answer.ts}


def _thread(message: Message, options: SlackBotOptions) -> str:
    """The thread that was begun in this channel; one in another channel is of no use."""
    place = message.place or {}
    return str(place.get("ts", "")) if place.get("channel") == options.channel else ""


def _posted(
    post: Post, body: Mapping[str, Any], message: Message, options: SlackBotOptions, thread: str
) -> Answer:
    where = {"thread_ts": thread, "reply_broadcast": message.kind in _ALOUD} if thread else {}
    reply = post(
        f"{options.api_url}/chat.postMessage",
        content=json.dumps({**body, "channel": options.channel, **where}).encode(),
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Bearer {options.token.get_secret_value()}",
        },
    )
    return _read(reply)


def _read(reply: Reply) -> Answer:
    try:
        told = json.loads(reply.body)
    except ValueError:
        return Answer(reply=reply)
    if not isinstance(told, dict):
        return Answer(reply=reply)
    if told.get("ok") is True:
        return Answer(reply=reply, ts=str(told.get("ts") or ""))
    word = str(told.get("error"))
    return Answer(reply=reply, word=word if re.fullmatch(r"[a-z0-9_]{1,60}", word) else "unnamed error")


def _judge(answer: Answer) -> None:
    """Returns where the message was taken."""
    status, word = answer.reply.status, answer.word
    if status == 200 and answer.ts:
        return
    if word in _DEAD and status < 500:
        raise Permanent(f"Slack does not let the bot post: {_DEAD[word]} ({word})", receiver_dead=True)
    if not 200 <= status < 300:
        raise refusal(answer.reply, place="Slack")
    if not word:
        raise Retryable(f"Slack answered {status} without its ok", in_doubt=True)
    if word in _PACE:
        asked = retry_after(answer.reply.headers)
        raise Retryable(f"Slack asks for a pause ({word})", after=UNNAMED_WAIT if asked is None else asked)
    if word in _CROWDED:
        raise Retryable(f"the workspace has had too many messages ({word})", after=_CROWDED[word])
    if word in _TROUBLE | _HALF_DONE:
        raise Retryable(f"Slack is in trouble ({word})", in_doubt=word in _HALF_DONE)
    raise Permanent(f"Slack does not take this message ({word})")


NOTIFIER = Notifier(
    kind="slack_bot",
    summary="posts as a bot of Slack, the messages of one incident in one thread",
    options=SlackBotOptions,
    deliver=deliver,
)
