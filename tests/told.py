"""What was received at the other end, whoever it was: each message with its alert's id, its label and its words, in order."""

import json
from dataclasses import dataclass

from listener.notify.shape import REPEAT


@dataclass(frozen=True, kw_only=True)
class Told:
    """One message as it was received. `facts` are there where machines read it, `thread` and `ts` where a bot posted it."""

    id: str
    repeat: bool
    words: str
    payload: dict
    ts: str = ""
    thread: str = ""


def at_each(slack, mail):
    """By receiver: what the webhook of Slack, its bot, the generic webhook and the mail server took."""
    found = {"accounts": [], "bot": [], "machines": [], "mail": []}
    for one in list(slack.taken):
        if one.path.startswith("/hook/"):
            found["machines"] += of_machines(one.payload)
        else:
            found["bot" if one.path.startswith("/api/") else "accounts"].append(of_slack(one))
    found["mail"] = [of_text(one.text) for one in list(mail.taken)]
    return found


def of_machines(payload):
    """What grew old comes as a group, each message whole in it."""
    whole = (payload["facts"] or {}).get("grouped", [payload]) if payload["kind"] == "group" else [payload]
    return [Told(id=one["id"], repeat=one["repeat"], words=json.dumps(one), payload=one) for one in whole]


def of_slack(one):
    told = of_text(one.words)
    return Told(
        id=told.id,
        repeat=told.repeat,
        words=told.words,
        payload=one.payload,
        ts=one.ts,
        thread=one.payload.get("thread_ts") or "",
    )


def of_text(words):
    """A person's message ends with the id of its alert."""
    return Told(id=words.split()[-1], repeat=REPEAT in words, words=words, payload={})
