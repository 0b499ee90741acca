"""Whatever strangers write: no message pings anybody, fakes a link, hides a sign or breaks a limit, in any shape."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import telling
from fakeslack import fits, texts_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from listener.alerting import wording
from listener.domain.message import Message, Section
from listener.domain.wordshift import Voiced, new_words
from listener.notify.letter import html
from listener.notify.shape import plain
from listener.notify.shape_slack import payload, plain_payload

HOSTILE = [
    "<!channel>",
    "<!here|now>",
    "<@U1>",
    "<#C1|general>",
    "<!subteam^S1>",
    "<!date^0^{date}|x>",
    "<http://evil.example|https://mills.example>",
    "[mills.example](http://evil.example)",
    "&amp;",
    "&lt;!channel&gt;",
    "&",
    "@here",
    "@channel @everyone",
    "`",
    "```",
    "*_~>",
    "\u202egnp.exe\u202c",
    "\u2066",
    "\u200b",
    "\n",
    "\r\n🔴 *Mills*: forged",
    "\u2028",
    "\x00\x07\x1b[31m",
    "</p><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\ud800",
    "語",
    "🔥",
    "refund ",
    "a" * 400,
    "http://evil.example/",
    "javascript:alert(1)",
    "https://mills.example@evil.example/",
    "https://ok.example/a|b><!channel>?x=1&y=2",
]
WRITTEN = st.one_of(
    st.lists(st.sampled_from(HOSTILE), max_size=12).map("".join),
    st.builds(lambda part, times: part * times, st.sampled_from(HOSTILE), st.integers(1, 100_000 // 40)),
    st.text(max_size=80),
)
MAYBE = st.none() | WRITTEN
SAID = st.builds(
    lambda number, **more: replace(telling.SAID[0], match=number, story=number, **more),
    st.integers(1, 10**9),
    text=WRITTEN,
    title=MAYBE,
    url=MAYBE,
    author=MAYBE,
    kind=st.sampled_from(["rss", "google_news"]) | WRITTEN,
    scope=WRITTEN,
)
OURS = {"Take it", "Close it"}
SLACK = re.compile(r"<([^<>]*)>")
HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def made(said, name, note):
    """A firing message of these mentions, with all the rest that a stranger may have a word in."""
    client = replace(telling.WATCHED.client, name=name or "Mills")
    words = new_words(
        [Voiced(voice=str(one.match), text=one.whole) for one in said],
        client,
        before=(),
        listed=[Voiced(voice=str(number), text="the shop was closed") for number in range(50)],
    )
    proof = replace(
        telling.PROOF, said=said, biggest=said[0], words=words, deaf=(("rss", said[0].scope, telling.NOW),)
    )
    message = wording.firing(
        replace(telling.WATCHED, client=client), proof, incident=1, episode=1, now=telling.NOW
    )
    sections = (Section(title=note, lines=(note,) * 3, quotes=message.quotes),)
    return replace(message, sections=sections, lines=(*message.lines, note), links=telling.LINKS)


def is_ours(piece, label_of_link):
    """Whether what stands between < and > in Slack is of our making: the owner, a time, or a link that shows its host."""
    if piece == "@U123" or re.fullmatch(r"!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d: UTC-]+", piece):
        return True
    address, _, label = piece.partition("|")
    host = (urlsplit(address.replace("&amp;", "&")).hostname or "").removeprefix("www.")
    return urlsplit(address).scheme in {"http", "https"} and (label in label_of_link or label == host)


class Tags(HTMLParser):
    """The tags of a mail, its links with their words, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.words = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        facts = dict(attrs)
        assert set(facts) <= {"style", "href", "src", "width", "height", "alt"}
        assert facts.get("src", "cid:chart") == "cid:chart"
        if "href" in facts:
            self.links.append([facts["href"], ""])

    def handle_data(self, data):
        self.words.append(data)
        if self.links and not self.links[-1][1]:
            self.links[-1][1] = data


mentions = given(
    said=st.lists(SAID, min_size=1, max_size=6, unique_by=lambda one: one.match), name=WRITTEN, note=WRITTEN
)
quickly = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
worst = example(
    said=[replace(telling.SAID[0], match=n, story=n, text=part * (100_000 // len(part)), title=part, author=part, scope=part, url=part)
          for n, part in enumerate(HOSTILE[:12], start=1)],
    name="<!channel>",
    note="\n".join(HOSTILE),
)  # fmt: skip


CUT_SHORT = "x" * 69 + " @everyone語" + "x" * 9  # cut to 80 characters it ends with "@everyone…"


@quickly
@worst
@example(said=[replace(telling.SAID[0], author=CUT_SHORT, kind=CUT_SHORT)], name=CUT_SHORT, note="")
@mentions
def test_in_slack_nothing_pings_or_pretends_and_no_limit_breaks(said, name, note):
    message = made(said, name, note)
    sent = payload(message)
    assert fits(sent["blocks"])
    assert [block.to_dict() for block in Block.parse_all(sent["blocks"])] == sent["blocks"]
    for text in [sent["text"], *(one["text"] for block in sent["blocks"] for one in texts_of(block))]:
        assert all(is_ours(piece, OURS) for piece in SLACK.findall(text)), text
        left = SLACK.sub("", text).removeprefix(">")
        assert "<" not in left
        assert ">" not in left
        assert "```" not in left
        assert not re.search(r"@(here|channel|everyone|group)\b", left)
        assert not HIDDEN.search(left)
        assert re.sub(r"&(amp|lt|gt);", "", left).count("&") == 0
    flat = plain_payload(message)["text"]
    assert not re.search(r"[<>]|@(here|channel|everyone)\b", flat)
    assert len(flat) <= 5 * 3_500


@quickly
@worst
@mentions
def test_in_text_every_line_is_one_that_we_began(said, name, note):
    message = made(said, name, note)
    lines = plain(message).split("\n")
    quotes = len(message.quotes) * 2
    assert len(lines) == 1 + 1 + len(message.lines) + 1 + 2 + quotes + 2 + 3 + 1
    assert not any(HIDDEN.search(line) for line in lines)


@quickly
@worst
@mentions
def test_in_a_mail_there_are_our_tags_and_links_that_show_where_they_lead(said, name, note):
    shown = Tags(html(made(said, name, note), chart="chart"))
    assert shown.tags <= {"html", "body", "div", "p", "b", "br", "a", "span", "blockquote", "img", "h3"}
    for address, words in shown.links:
        parts = urlsplit(address)
        assert parts.scheme in {"http", "https"}
        assert words in OURS or words == (parts.hostname or "").removeprefix("www.")
    assert not any(HIDDEN.search(words.replace("\n", "")) for words in shown.words)


@quickly
@worst
@mentions
def test_it_survives_the_outbox_as_it_is(said, name, note):
    message = made(said, name, note)
    kept = Message.from_json(json.loads(json.dumps(message.to_json())))
    assert payload(kept) == payload(message)
