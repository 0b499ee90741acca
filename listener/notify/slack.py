"""Slack's incoming webhooks: one message a second, and answers whose bodies say what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.domain.message import Message
from listener.notify.address import web_address
from listener.notify.contract import Notifier, Permanent, Post, ReceiverOptions, Reply, Retryable
from listener.notify.verdict import refusal

# What Slack says of a webhook that takes nothing any more (docs.slack.dev, "Sending messages using incoming webhooks").
_DEAD = {
    "action_prohibited": "an admin has forbidden it to post there",
    "channel_is_archived": "its channel is archived",
    "channel_not_found": "its channel is gone",
    "invalid_token": "its address is not valid",
    "no_active_hooks": "it is switched off",
    "no_service": "it was removed or switched off",
    "no_service_id": "its address is not whole",
    "no_team": "its workspace is gone",
    "posting_to_general_channel_denied": "it may not post to the workspace's general channel",
    "team_disabled": "its workspace is switched off",
}


class SlackOptions(ReceiverOptions):
    """The webhook of one channel, as Slack shows it under "Incoming Webhooks"."""

    model_config = ConfigDict(hide_input_in_errors=True)

    webhook_url: SecretStr = Field(
        description="The incoming webhook's address; whoever knows it can post. Empty means off.",
        examples=["${SLACK_WEBHOOK_URL:-}"],
    )

    @field_validator("webhook_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        return web_address(value)

    @property
    def off(self) -> str | None:
        return None if self.webhook_url.get_secret_value() else "its webhook_url is empty"


def deliver(post: Post, message: Message, options: SlackOptions) -> None:
    """Post the message; where Slack refuses its blocks, once more in each plainer form. Returns when it was taken."""
    from listener.notify.shape_slack import payload, plainer

    reply = _posted(post, payload(message), options)
    for body in plainer(message):
        if reply.status not in {400, 413} or _word(reply) in _DEAD:
            break
        reply = _posted(post, body, options)
    _judge(reply)


def _posted(post: Post, content: Mapping[str, Any], options: SlackOptions) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return post(options.webhook_url.get_secret_value(), content=json.dumps(content).encode(), headers=headers)


def _judge(reply: Reply) -> None:
    """A 200 whose body is not "ok" came from something between us and Slack, or from a Slack that has changed: the
    message may be in the channel or not, so it is tried again as a possible repeat.
    """
    word = _word(reply)
    if reply.status == 200 and word == "ok":
        return
    if 200 <= reply.status < 300:
        raise Retryable(f"Slack answered {reply.status} without its ok", in_doubt=True)
    if 400 <= reply.status < 500 and word in _DEAD:
        reason = f"Slack's webhook takes nothing any more: {_DEAD[word]} ({word}). Configure a new one"
        raise Permanent(reason, receiver_dead=True)
    raise refusal(reply, place="Slack")


def _word(reply: Reply) -> str:
    return reply.body[:100].decode(errors="replace").strip()


NOTIFIER = Notifier(
    kind="slack",
    summary="posts to a Slack channel through an incoming webhook",
    options=SlackOptions,
    deliver=deliver,
    short="webhook_url",
)
