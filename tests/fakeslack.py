"""A Slack on loopback: takes incoming webhooks and chat.postMessage as Slack does, and goes wrong as it is told to.

As a program it serves until it is ended, and writes what it was sent to a file, one JSON object a line:

    python tests/fakeslack.py --port 8901 --log received.jsonl --script script.txt

A script has one answer a line, used once each and in order; after them every message is judged as Slack would:

    ok            taken                          429 30       rate limited, Retry-After: 30 (or any text, or none)
    500 (503 …)   refused with that status       hang         takes it and never answers
    close         takes it, closes unanswered    refuse       closes before it has read the message
    302           sends elsewhere                html         200 with a login page
    invalid_blocks, no_service, channel_is_archived, action_prohibited …   Slack's own words with their statuses

A bot (`api_url`, `TOKEN`) posts to the channels that `channels` has, into threads that are there; what it is answered is a 200 with
`ok` and a `ts`, or a 200 with a word. Each address and each channel takes a message a second. Whoever goes on after a 429 is
banned: a webhook is prohibited, a bot's token revoked. Whoever died may come too early once, for it cannot know: `pardon`.
"""

import argparse
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import BadStatusLine, HTTPConnection, HTTPException, RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

WORDS = {
    "invalid_payload": 400,
    "invalid_blocks": 400,
    "no_text": 400,
    "user_not_found": 400,
    "action_prohibited": 403,
    "invalid_token": 403,
    "channel_not_found": 404,
    "no_service": 404,
    "channel_is_archived": 410,
    "rollup_error": 500,
}
KNOWN_BLOCKS = {"section", "context", "header", "divider", "actions", "image", "rich_text"}
LIMITS = {"header": 150, "section": 3_000, "context": 3_000}
TAKEN = {"ok", "hang", "close"}
TOKEN = "xoxb-1-secretsecret"


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request: what was in it, what it was answered, and whether the channel shows it."""

    path: str
    headers: dict
    payload: object
    answer: str
    taken: bool
    ts: str = ""

    @property
    def words(self):
        """All that a reader sees of it, in order."""
        blocks = self.payload.get("blocks")
        texts = (
            [text["text"] for block in blocks for text in texts_of(block)]
            if blocks
            else [self.payload["text"]]
        )
        return "\n".join(texts)


class FakeSlack:
    """Holds what it received. `clock` gives seconds, for the one message a second; without it any pace is fine."""

    def __init__(self, *, port=0, clock=None, log=None, script=()):
        self.received = []
        self.script = list(script)
        self.rushed = 0
        self.channels = {"C0ALERTS": "", "C0OTHER": "", "C0STRANGE": "not_in_channel", "C0OLD": "is_archived"}
        self.deleted = set()
        self.stopping = threading.Event()
        self._clock, self._log = clock, log
        self.banned = False
        self._free_at, self._pardoned = {}, 0
        self._one = threading.Lock()
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                slack.handle(self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/services/T000/B000/secretsecret"

    @property
    def api_url(self):
        return f"http://127.0.0.1:{self._server.server_port}/api"

    @property
    def hook_url(self):
        """A generic webhook on the same server: takes any JSON."""
        return f"http://127.0.0.1:{self._server.server_port}/hook/secretsecret"

    @property
    def taken(self):
        return [each for each in self.received if each.taken]

    def hold(self, seconds):
        """Take nothing for so long, as after a 429."""
        self._free_at = dict.fromkeys([*self._free_at, *self.channels], self._clock() + seconds)

    def pardon(self):
        """Whoever wrote is dead; what came too early until now is not held against who comes next."""
        self._pardoned = self.rushed

    def serve(self):
        self._server.serve_forever(poll_interval=0.02)

    def stop(self):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request):
        with self._one:
            told = self.script.pop(0) if self.script else None
            if told == "refuse":
                return request.connection.close()
            body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
            answer = self._told(told, place_of(request, body)) or self._judged(request, body)
            kept = self._keep(request, body, answer)
        return self._answer(request, kept)

    def _judged(self, request, body):
        """As Slack: banned for ever, too fast, wrong, or taken."""
        bot, place = request.path.startswith("/api/"), place_of(request, body)
        if self.banned:
            return "token_revoked" if bot else "action_prohibited"
        if self._clock is not None and (now := self._clock()) < self._free_at.get(place, 0.0):
            self.rushed += 1
            self.banned = self.rushed - self._pardoned >= 3
            return f"429 {max(1, round(self._free_at[place] - now))}"
        answer = verdict(body) if request.path.startswith("/services/") else "ok"
        if bot:
            answer = self._asked(request, body)
        if self._clock is not None and answer == "ok":
            self._free_at[place] = self._clock() + 1
        return answer

    def _asked(self, request, body):
        """What the API says of a call: the token first, then the channel, the thread and the message."""
        who = request.headers.get("Authorization", "")
        if who != f"Bearer {TOKEN}":
            return "invalid_auth" if who else "not_authed"
        called = json.loads(body)
        wrong = self.channels.get(called.get("channel"), "channel_not_found")
        thread = called.get("thread_ts")
        there = {each.ts for each in self.taken if each.payload.get("channel") == called.get("channel")}
        if not wrong and thread is not None and thread not in there - self.deleted:
            wrong = "cannot_reply_to_message"
        if not wrong and len(called.get("text", "")) > 40_000:
            wrong = "msg_too_long"
        return wrong or verdict(body)

    def _told(self, told, place):
        """A line of the script; a pause that it asks for is meant, up to an hour."""
        word, _, more = (told or "").partition(" ")
        if word == "429" and more.isdigit() and self._clock is not None:
            self._free_at[place] = self._clock() + min(int(more), 3_600)
        return told

    def _keep(self, request, body, answer):
        try:
            payload = json.loads(body)
        except ValueError:
            payload = {"unreadable": body.decode(errors="replace")}
        received = Received(
            path=request.path,
            headers={name.lower(): value for name, value in request.headers.items()},
            payload=payload,
            answer=answer,
            taken=answer in TAKEN,
            ts=f"1764000000.{len(self.received):06}" if answer in TAKEN else "",
        )
        self.received.append(received)
        if self._log is not None:
            with Path(self._log).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(received)) + "\n")
        return received

    def _answer(self, request, kept):
        word, _, more = kept.answer.partition(" ")
        if word == "hang":
            self.stopping.wait()
        elif request.path.startswith("/api/") and not word.isdigit() and word not in {"html", "close"}:
            answer_bot(request, word, kept)
        elif word == "429":
            reply(request, 429, "rate_limited", {"Retry-After": more} if more else {})
        elif word == "302":
            reply(request, 302, "", {"Location": self.url + "/elsewhere"})
        elif word == "html":
            reply(request, 200, "<html>Please log in</html>")
        elif word != "close":
            status = WORDS.get(word) or (200 if word == "ok" else int(word))
            reply(request, status, word)


def place_of(request, body):
    """What has a pace of its own: a bot's channel, or an address."""
    if not request.path.startswith("/api/"):
        return request.path
    try:
        return json.loads(body).get("channel", "")
    except (ValueError, AttributeError):
        return ""


def answer_bot(request, word, kept):
    """As the API does: 200 with ok or with a word, but for the pace."""
    taken = {"ok": True, "channel": kept.payload.get("channel"), "ts": kept.ts, "message": kept.payload}
    told = taken if word == "ok" else {"ok": False, "error": word}
    pace = {"Retry-After": "30"} if word == "ratelimited" else {}
    reply(request, 429 if pace else 200, json.dumps(told), pace)


def reply(request, status, body, headers=()):
    request.send_response(status)
    for name, value in dict(headers).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body.encode())


def verdict(body):
    """What Slack says to a message that comes at a fair pace."""
    try:
        payload = json.loads(body)
    except ValueError:
        return "invalid_payload"
    blocks = payload.get("blocks") or []
    if not blocks and not payload.get("text"):
        return "no_text"
    return "ok" if fits(blocks) else "invalid_blocks"


def fits(blocks):
    within = all(
        block.get("type") in KNOWN_BLOCKS
        and all(0 < len(text["text"]) <= LIMITS.get(block["type"], 3_000) for text in texts_of(block))
        and len(block.get("elements", [])) <= 10
        and (block["type"] != "image" or is_picture(block))
        for block in blocks
    )
    return within and len(blocks) <= 50 and len(json.dumps(blocks, ensure_ascii=False)) <= 13_000


def is_picture(block):
    """Slack wants a web address of 3,000 characters at most, and up to 2,000 that say what is to be seen."""
    address, words = block.get("image_url", ""), block.get("alt_text", "")
    return address.startswith(("http://", "https://")) and len(address) <= 3_000 and 0 < len(words) <= 2_000


def texts_of(block):
    return [text for text in (block.get("text"), *block.get("elements", [])) if isinstance(text, dict)]


@contextmanager
def serving(**options):
    """A FakeSlack that serves as long as the context lasts."""
    slack = FakeSlack(**options)
    thread = threading.Thread(target=slack.serve, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        slack.stop()
        thread.join()


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict
    body: bytes


def poster(*, timeout=5.0):
    """A Post over a plain socket, for tests of what stands above the door."""
    from listener.notify.contract import Retryable  # here, so that the program needs nothing of ours

    def post(url, *, content, headers):
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        try:
            connection.connect()
        except OSError as error:
            raise Retryable("nobody listens there") from error
        try:
            connection.request("POST", parts.path, body=content, headers=dict(headers))
            got = connection.getresponse()
            return Answered(got.status, dict(got.getheaders()), got.read())
        except (OSError, HTTPException, RemoteDisconnected, BadStatusLine) as error:
            raise Retryable("no answer came", in_doubt=True) from error
        finally:
            connection.close()

    return post


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    options.add_argument("--log", help="append what is received to this file, one JSON object a line")
    options.add_argument("--script", help="a file of answers, one a line")
    options.add_argument("--any-pace", action="store_true", help="do not insist on one message a second")
    chosen = options.parse_args()
    script = Path(chosen.script).read_text(encoding="utf-8").split("\n") if chosen.script else []
    slack = FakeSlack(
        port=chosen.port,
        clock=None if chosen.any_pace else time.monotonic,
        log=chosen.log,
        script=[line.strip() for line in script if line.strip()],
    )
    print(slack.url, flush=True)
    slack.serve()


if __name__ == "__main__":
    main()
