"""Messages as the alerting makes them, one of each kind, for the tests of what shows and delivers them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from proven import CHART, NOW, PEOPLE, PROOF, SAID, SPIKE, WATCHED

from listener.alerting import afterwards, digest_words, incident_words, wording
from listener.alerting.surges import Surge
from listener.domain import delivery
from listener.domain.crowd import Crowd
from listener.domain.delivery import Notification
from listener.domain.message import Link, Message, Quote
from listener.domain.shares import Labelled
from listener.domain.silence import About, Matchers, Silence
from listener.domain.telling import Escalation
from listener.domain.wordshift import NewWord
from listener.store.digests import Heard
from listener.store.incidents import Incident
from listener.store.withheld import Held, Hidden

LINKS = (
    Link(words="Take it", url="https://listener.agency.example/answer/12.take.abc"),
    Link(words="Close it", url="https://listener.agency.example/answer/12.close.abc"),
)

PICTURE = f"https://listener.agency.example/incidents/12/counts/31.png?until=1764321240&sign={'5e' * 32}"


def _hours(first):
    """When 24 blocks of an hour begin, as a clock shows it."""
    return tuple(f"{(first + hour) % 24:02}:15" for hour in range(24))


def told(**changes):
    """The message that opens an incident with this changed of its proof."""
    proof = replace(PROOF, **changes)
    return wording.firing(WATCHED, proof, incident=12, episode=3, now=NOW)


def spike(**changes):
    return replace(SPIKE, **changes)


def many(number, kinds):
    """So many voices from these places in turn, as on a bad day."""
    return tuple(
        replace(SAID[0], match=n, story=100 + n, kind=kinds[n % len(kinds)], scope="", author=f"someone {n}")
        for n in range(number)
    )


FIRING = replace(told(), severity="minor", links=LINKS)
QUOTES = FIRING.quotes

FIRING_LATE = told(
    spike=spike(late=True, ends_at=datetime(2026, 11, 21, 22, 40, tzinfo=UTC)),
    said=tuple(replace(one, at=one.at - timedelta(hours=10.5)) for one in SAID),
)
FIRING_DEAF = told(
    deaf=(
        ("rss", "https://globe.example/feed?token=secret", datetime(2026, 11, 22, 8, 10, tzinfo=UTC)),
        ("hackernews", "", datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
    ),
)
FIRING_UNKNOWN = told(people=replace(PEOPLE, unknown=3))
FIRING_SEVERE = replace(
    told(
        spike=spike(window=timedelta(hours=24), usual=(2, 9), expected=5.1, once_in=2e6),
        people=Crowd(people=64, stories=41, mentions=93, biggest_story_people=1, people_without_it=63),
        said=many(41, ("hackernews", "reddit", "hackernews", "bluesky", "mastodon", "youtube", "x", "lemmy")),
        biggest=None,
    ),
    severity="severe",
)
FIRING_HALIFAX = wording.firing(
    replace(WATCHED, timezone=ZoneInfo("America/Halifax")), PROOF, incident=12, episode=3, now=NOW
)

GOOD_NEWS = wording.good_news(
    WATCHED,
    replace(
        PROOF,
        said=tuple(
            replace(one, label="positive", score=0.7, text=text, title=None)
            for one, text in zip(
                SAID,
                (
                    "Mills Supply fixed my door on a Sunday, for free. Thank you!",
                    "Give the Mills crew a raise: they stayed until the shelter's roof was done.",
                    "Neighbours thank hardware chain for the shelter's new roof",
                ),
                strict=True,
            )
        ),
        words=(NewWord(text="shelter's", people=2, z=2.0),),
    ),
    episode=1,
    now=NOW,
)

RESOLVED = wording.resolved(
    WATCHED,
    incident=12,
    episode=3,
    opened_at=NOW,
    voices=9,
    now=NOW + timedelta(hours=3, minutes=46),
)

INCIDENT = Incident(
    id=12,
    client_id="mills",
    rule="negative_spike",
    episode=3,
    state="open",
    opened_at=NOW,
    resolved_at=None,
    calm_since_at=None,
    last_match_id=3,
    evidence=wording.facts(PROOF),
    severity="major",
)
HERS = replace(INCIDENT, state="taken", taken_by="Dana Lee", taken_at=NOW + timedelta(minutes=6))
LATER = NOW + timedelta(hours=4)
LATELY = wording.Lately(
    said=SAID,
    words=(NewWord(text="refund", people=8, z=3.1), NewWord(text="lawsuit", people=4, z=2.2)),
    chart=replace(CHART, counts=(*CHART.counts[4:], 9, 3, 0, 1), marked=(18, 24), labels=_hours(13)),
)
BY_NOW = Crowd(people=12, stories=7, mentions=15, biggest_story_people=2, people_without_it=10)

JOINED = incident_words.joined(
    WATCHED,
    HERS,
    BY_NOW,
    SAID[1:],
    name="joined-2",
    why="12 people instead of 5",
    now=NOW + timedelta(hours=1),
    lately=replace(
        LATELY,
        words=(NewWord(text="lawsuit", people=4, z=2.2), NewWord(text="Refunds", people=3, z=1.9)),
        chart=replace(CHART, counts=(*CHART.counts[1:], 9), marked=(21, 24), labels=_hours(10)),
    ),
    told=FIRING.words,
)
STILL = incident_words.still(WATCHED, INCIDENT, BY_NOW, name="repeat-3", now=LATER, lately=LATELY)
ESCALATED = incident_words.escalated(
    WATCHED,
    INCIDENT,
    PEOPLE,
    Escalation(after=timedelta(minutes=15), to="Sam Roe", slack="U456"),
    first_at=NOW,
    now=NOW + timedelta(minutes=15),
    lately=replace(LATELY, words=PROOF.words, chart=CHART),
)
TAKEN = replace(incident_words.taken(WATCHED, HERS, now=NOW + timedelta(minutes=6)), links=LINKS[1:])
NOTED = incident_words.noted(
    WATCHED, HERS, who="Dana Lee", text="The shop pays all of them back today.", number=1, now=LATER
)
CLOSED = incident_words.closed(
    WATCHED,
    replace(HERS, state="closed", closed_by="Dana Lee", resolved_at=LATER),
    why="all refunds are out",
    muted={"each_negative": 4},
    now=LATER,
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

GROUP = delivery.outgoing(
    [
        Notification(
            id=number,
            key=f"{message.id}@accounts",
            receiver="accounts",
            message=message,
            attempt=1,
            in_doubt=number == 1,
            next_try_at=NOW,
            created_at=NOW,
        )
        for number, message in enumerate((FIRING, RESOLVED, MENTIONS))
    ]
)

HELD = tuple(
    Held(
        id=number,
        receiver="accounts",
        about=About(client_id="mills", watch_list="key-accounts", rule="negative_spike"),
        incident_id=12,
        silence_id=4,
        message=message,
        at=NOW + timedelta(hours=number),
        until=NOW + timedelta(hours=5),
        over=True,
    )
    for number, message in enumerate((FIRING, RESOLVED))
)
HIDDEN = afterwards.hidden(
    Silence(
        id=4,
        matchers=Matchers(),
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(hours=5),
        author="Dana Lee",
        comment="the till is being replaced",
        created_at=NOW,
    ),
    HELD,
    receiver="accounts",
    zone=UTC,
    names={"mills": "Mills"},
    now=NOW + timedelta(hours=5),
)

HAPPENED = digest_words.Happened(
    watched={"mills": WATCHED},
    watch_lists=("key-accounts",),
    since=NOW - timedelta(hours=24),
    until=NOW,
    heard=(
        Heard(client_id="mills", labelled=Labelled(negative=5, neutral=4, positive=2, unknown=1), people=11),
    ),
    incidents=(HERS,),
    hidden=(Hidden(client_id="mills", author="Dana Lee", comment="the till is being replaced", count=2),),
    deaf=(
        digest_words.Place(
            name="hackernews",
            spans=((NOW - timedelta(hours=3), NOW),),
            reason="the host answers 503",
            still=True,
        ),
    ),
    praised=digest_words.Praised(people={"mills": 3}, quotes=GOOD_NEWS.quotes[:1]),
    surges={
        "mills": [
            Surge(at=(NOW - timedelta(hours=5)).isoformat(), window_h=1.0, complain=12, spoke=40, usual=0.3)
        ]
    },
)
DIGEST = digest_words.digest(
    HAPPENED, period="daily", id_="digest/accounts/daily/2026-11-22", day=NOW.date(), zone=UTC
)
DIGEST_LATE = digest_words.digest(
    replace(
        HAPPENED,
        since=NOW - timedelta(hours=72),
        untold=digest_words.Untold(days=(date(2026, 11, 19), date(2026, 11, 20))),
    ),
    period="daily",
    id_="digest/accounts/daily/2026-11-21",
    day=date(2026, 11, 21),
    zone=UTC,
)

ALL = {
    "firing": FIRING,
    "firing_repeat": replace(FIRING, repeat=True),
    "firing_late": FIRING_LATE,
    "firing_deaf": FIRING_DEAF,
    "firing_unknown": FIRING_UNKNOWN,
    "firing_severe": FIRING_SEVERE,
    "firing_halifax": FIRING_HALIFAX,
    "firing_pictured": replace(FIRING, picture=PICTURE),
    "joined": JOINED,
    "still": STILL,
    "escalated": ESCALATED,
    "taken": TAKEN,
    "noted": NOTED,
    "closed": CLOSED,
    "good_news": GOOD_NEWS,
    "resolved": RESOLVED,
    "mentions": MENTIONS,
    "health": HEALTH,
    "test": TEST,
    "group": GROUP,
    "hidden": HIDDEN,
    "digest": DIGEST,
    "digest_late": DIGEST_LATE,
    "hostile": HOSTILE,
}
