"""What people go through in the turmoil: one incident each, from the first complaint to its end, with a death at every step."""

from contextlib import closing

import sqlalchemy as sa
from turmoil import DIGEST, HOUR, LOUD, MINUTE, NIGHT, QUIET_BEGINS, QUIET_ENDED, alert_id
from world import listener

from listener.domain.silence import Matchers
from listener.store import silences, tables
from listener.store.engine import open_database

SENDING = ("outbox-sending", "outbox-answered", "outbox-recorded")
COMMITS = ("store.commit:4", "store.committed:4")
STORING = ("page-storing", "page-stored", "polls-ended", *COMMITS)
OPENING = (*STORING, "incident-opened", "incident-told", *SENDING)
GROWING = ("page-storing", "incident-told", *SENDING)
TOLD = {"take": "taken", "note": "noted-", "close": "closed"}
ENDING = ("incident-resolved", *SENDING)


def until_everything_is_heard(here):
    """The first lives: the tables are made, and the first poll comes to its end."""
    here.step(lambda: None, here.is_heard, at=("store.migrate",))
    here.step(lambda: None, lambda: here.is_heard() and here.is_stored(), at=STORING)


def a_new_day(here):
    """The digest of the day, by its time."""
    here.pass_until(DIGEST)
    day = here.clock.now().date().isoformat()
    here.days.add(day)
    wanted = f"digest/{{}}/daily/{day}"
    here.step(
        lambda: None,
        lambda: all(here.has(one, wanted.format(one)) for one in ("accounts", "machines")),
        at=("digest-told", *SENDING),
    )


def a_visit(here):
    """One mention of the quiet client, gathered for a quarter of an hour."""
    here.pass_(6 * MINUTE)
    here.step(here.visit, lambda: is_gathered(here) or is_told(here), at=STORING)
    here.pass_(20 * MINUTE)
    here.step(lambda: None, lambda: is_told(here), at=("group-told", *SENDING))


def is_gathered(here):
    states = here.rows(
        sa.select(tables.rule_states.c.state).where(tables.rule_states.c.rule == "each_mention")
    )
    return any(row.state.get("ends_at") for row in states)


def is_told(here):
    return any(here.visits[-1] in one.words for one in here.heard("machines"))


def trouble_begins(here, client):
    here.pass_(6 * MINUTE)
    here.owes(client, "firing")
    here.step(lambda: here.complain(client), lambda: here.all_heard(client, "firing"), at=OPENING)


def it_ends_by_itself(here, client, *, ends=("resolved",)):
    """An hour of calm, seen twice: at its beginning and at its end."""
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: is_calm(here, client), at=GROWING)
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: here.all_heard(client, *ends), at=ENDING)


def is_calm(here, client):
    one = here.incident(client)
    return one.state == "closed" or one.calm_since_at is not None


def left_alone(here, client):
    """Nobody takes it: Lee is asked, and it ends by itself."""
    trouble_begins(here, client)
    here.pass_(20 * MINUTE)
    here.owes(client, "escalated", "mail")
    here.step(lambda: None, lambda: here.has("mail", f"{client}/negative_spike/1/escalated"), at=GROWING)
    it_ends_by_itself(here, client)


def taken_and_closed(here, client):
    """Dana takes it, more people join, a note is kept, and she closes it."""
    trouble_begins(here, client)
    answered(here, client, "take")
    here.pass_(6 * MINUTE)
    here.owes(client, "joined-2")
    here.step(lambda: here.complain(client), lambda: here.all_heard(client, "joined-2"), at=GROWING)
    answered(here, client, "note", "Refunds go out today")
    answered(here, client, "close", "--why", "all are paid")


def answered(here, client, what, *more):
    """A person's command, killed at times where its transaction ends or just after, and given again; then it is told."""
    dies_at = here.chance.choice(["incident-answered", "store.commit", None, None])
    here.step(
        lambda: commanded(here, client, what, *more, dies_at=dies_at),
        lambda: is_told_of(here, client, TOLD[what]),
        at=SENDING,
    )


def commanded(here, client, what, *more, dies_at=None):
    """Where it dies before its end, it is given again: what it did it did, or it does now."""
    here.owes(client, TOLD[what])
    number = str(here.incident(client).id)
    words = ("incidents", what, number, *more, "--who", "dana", "-c", str(here.config))
    if dies_at is not None:
        died = listener(*words, check=False, LISTENER_DIE_AT=dies_at, **here.environment)
        assert died.returncode == -9, died.stderr
        here.commands[f"{what} at {dies_at}"] += 1
    if dies_at != "incident-answered":
        listener(*words, **here.environment)


def is_told_of(here, client, what):
    """Whether each who hears of this client received this of its incident."""
    wanted = alert_id(client, what)
    return all(
        any(one.id.startswith(wanted) for one in here.heard(receiver)) for receiver in here.hearers(client)
    )


def silenced(here, client):
    """Under a silence nothing is told; when somebody ends it, what it hid is told in one message; when it ends by itself
    hours later that the incident still goes on, which is told whole.
    """
    with closing(open_database(here.url)) as database, database.write() as connection:
        made = silences.add(
            connection,
            Matchers(clients=(client,)),
            starts_at=here.clock.now(),
            ends_at=here.clock.now() + 3 * HOUR,
            author="Dana",
            comment="the till is replaced",
            now=here.clock.now(),
        )
    here.silenced[client] = made.id
    here.pass_(6 * MINUTE)
    here.step(lambda: here.complain(client), lambda: is_withheld(here, client), at=OPENING[:-3])
    if here.chance.random() < 0.3:
        here.pass_(4 * HOUR)
    else:
        with closing(open_database(here.url)) as database, database.write() as connection:
            assert silences.expire(connection, made.id, who="Dana", now=here.clock.now())
    here.step(lambda: None, lambda: heard_of(here, client), at=("silence-summed-up", *SENDING))
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: is_calm(here, client), at=GROWING)
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: here.incident(client).state == "closed", at=ENDING)


def is_withheld(here, client):
    held = sa.select(tables.withheld.c.receiver).where(tables.withheld.c.client_id == client)
    return {row.receiver for row in here.rows(held)} == set(here.hearers(client))


def at_night(here, client):
    """What happens in the quiet hours of the owner is told in the morning: what was taken meanwhile as it was, what nobody has
    taken as that which still goes on.
    """
    here.pass_until(QUIET_BEGINS)
    here.step(lambda: here.complain(client), lambda: is_withheld(here, client), at=OPENING[:-3])
    if here.chance.random() < 0.7:
        commanded(
            here, client, "take", dies_at=here.chance.choice(["incident-answered", "store.commit", None])
        )
    here.pass_until(QUIET_ENDED)
    here.step(
        lambda: None,
        lambda: heard_of(here, client),
        at=("quiet-ended", *SENDING),
    )
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: is_calm(here, client), at=GROWING)
    here.pass_(70 * MINUTE)
    here.step(lambda: None, lambda: here.incident(client).state == "closed", at=ENDING)


def heard_of(here, client):
    """Whether each who is to hear of this client has heard of its incident: itself, or what a silence hid of it."""
    return all(hears_of(here, client, receiver) for receiver in here.hearers(client))


def hears_of(here, client, receiver):
    summed = f"silence/{here.silenced.get(client)}/hidden"
    ids = [one.id for one in here.heard(receiver)]
    return summed in ids or any(one.startswith(alert_id(client, "")) for one in ids)


LOUD_ONES = (taken_and_closed, silenced, left_alone)


def goes_on(here, *, kills):
    """Day after day, until it was killed so often."""
    until_everything_is_heard(here)
    loud, night = iter(LOUD), iter(NIGHT)
    while here.kills < kills:
        for act in LOUD_ONES:
            if here.kills < kills:
                act(here, next(loud))
        a_visit(here)
        at_night(here, next(night))
        a_new_day(here)


def one_morning(here):
    """The same in short, on a given course: a few lives that end each at the next boundary, and a death over a command."""
    client = LOUD[0]
    here.dies_at("store.committed:2")
    here.pass_(MINUTE)
    here.peace(lambda: here.is_heard() and here.is_stored())
    here.pass_(6 * MINUTE)
    here.owes(client, "firing")
    here.complain(client)
    for boundary in ("incident-opened", "incident-told", "outbox-answered:3"):
        here.dies_at(boundary)
        here.pass_(MINUTE)
    commanded(here, client, "close", "--why", "all are paid", dies_at="incident-answered")
