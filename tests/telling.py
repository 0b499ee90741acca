"""Messages as the alerting makes them, one of each kind, for the tests of what shows and delivers them."""

from dataclasses import replace

from listener.domain.message import Message, Quote

QUOTES = (
    Quote(
        text="Mills Supply charged me twice and nobody answers the phone. Three weeks for a refund and counting.",
        url="https://www.homeforum.example/t/9214?page=2&sort=new",
        title="Mills Supply charged twice",
        author="Rosa Bell",
        source="rss homeforum.example",
        published_at="2026-11-22T08:51:00+00:00",
        label="negative",
        score=-0.62,
    ),
    Quote(
        text="Ask HN: has anyone ever got a refund out of Mills Supply?",
        url="https://news.ycombinator.com/item?id=42",
        author="pkl",
        source="hackernews",
        published_at="2026-11-22T09:02:00+00:00",
        label="negative",
        score=-0.31,
    ),
    Quote(
        text="Readers report double charges at the hardware chain; the company has not commented.",
        url="https://halifax-daily.example/business/mills",
        title="Complaints over refunds at Mills",
        author="halifax-daily.example",
        source="google_news",
        published_at="2026-11-22T09:10:00+00:00",
        label="negative",
        score=-0.48,
    ),
)

FIRING = Message(
    id="mills/negative_spike/3/firing",
    kind="firing",
    headline="5 people, 3 stories, negative in the last 2 h; usual 0–1",
    client="Mills",
    watch_list="key-accounts",
    owner="Dana Lee",
    owner_slack="U123",
    incident=12,
    at="2026-11-22T09:14:00+00:00",
    lines=(
        "First at 08:51 UTC by Rosa Bell (rss homeforum.example).",
        "Without the biggest story it would still be 3.",
        "By chance this happens in one of 31,000 such windows.",
        "Heard from rss homeforum.example (3), hackernews (1), google_news (1).",
    ),
    quotes=QUOTES,
    facts={"people": 5, "stories": 3, "usual": [0, 1]},
)

RESOLVED = Message(
    id="mills/negative_spike/3/resolved",
    kind="resolved",
    headline="back to normal after 4 h; 9 negative voices in all",
    client="Mills",
    watch_list="key-accounts",
    owner="Dana Lee",
    owner_slack="U123",
    incident=12,
    at="2026-11-22T13:00:00+00:00",
)

MENTIONS = Message(
    id="mills/each_negative/7/mentions",
    kind="mentions",
    headline="2 negative mentions",
    client="Mills",
    watch_list="key-accounts",
    owner="Dana Lee",
    at="2026-11-22T15:30:00+00:00",
    lines=("3 negative mentions before this were only counted: the daily limit was reached.",),
    quotes=QUOTES[:2],
)

HEALTH = Message(
    id="health/2026-11-22T10:00:00+00:00",
    kind="health",
    headline="2 changes in what we can hear",
    at="2026-11-22T10:00:00+00:00",
    lines=(
        "rss homeforum.example cannot hear since 09:00 UTC: the host answers 503. It is tried again every hour.",
        "hackernews hears again after 3 h.",
    ),
)

TEST = Message(
    id="test/2026-11-22T10:00:00+00:00",
    kind="test",
    headline="Listener can write here. Alerts for key-accounts will look like this one, with the proof below.",
    at="2026-11-22T10:00:00+00:00",
)

HOSTILE = Message(
    id="evil/negative_spike/1/firing",
    kind="firing",
    headline="<!channel> & <@U999> *bold*\n🔴 *Mills*: forged line",
    client="Marks & Spencer <http://evil.example|mills.example>",
    owner="@here",
    owner_slack="U1> <!everyone",
    incident=1,
    at="2026-11-22T10:00:00+00:00",
    lines=("@channel <!here|now> &amp; \u202egnp.exe\u202c \x07bell\x00", "``` never closed"),
    quotes=(
        Quote(
            text="<https://evil.example|https://mills.example> <!subteam^S1> </b>&lt;",
            url="javascript:alert(1)",
            author="<@U666>",
            source="a|b>c",
            published_at="not a time",
        ),
        Quote(text="fine", url="https://ok.example/a|b><!channel>?x=1&y=2", author="\u2066hidden\u2069"),
        Quote(text="fine", url="https://mills.example@evil.example/"),
    ),
)

ALL = {
    "firing": FIRING,
    "firing_repeat": replace(FIRING, repeat=True),
    "firing_unknown": replace(
        FIRING,
        lines=(
            *FIRING.lines[:2],
            "3 more people spoke in that time; whether they complain is unknown.",
            *FIRING.lines[2:],
        ),
    ),
    "resolved": RESOLVED,
    "mentions": MENTIONS,
    "health": HEALTH,
    "test": TEST,
    "hostile": HOSTILE,
}
