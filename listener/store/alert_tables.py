"""The tables of what people are told: what is usual, incidents and who has them, silences, and what waits to be sent.

They point to tables of listener/store/tables.py, which shows them among its own.
"""

from __future__ import annotations

import sqlalchemy as sa

from listener.store.columns import Id, Instant, metadata, numbered

_GOES_ON = sa.text("state <> 'closed'")

# One episode a row; two processes that see the same spike open one, for one alone can go on.
incidents = sa.Table(
    "incidents",
    metadata,
    numbered(),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("episode", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open, taken, closed
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),  # when it was closed, by whomever
    sa.Column("calm_since_at", Instant),  # under the threshold since; None while over it
    sa.Column("last_match_id", Id, nullable=False),  # voices up to here belong to this or an earlier episode
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("severity", sa.Text, nullable=False, server_default="minor"),  # minor, major, severe
    sa.Column("taken_by", sa.Text),
    sa.Column("taken_at", Instant),
    sa.Column("closed_by", sa.Text),  # None where the rate was back to normal
    sa.Column(
        "telling", sa.JSON, nullable=False, server_default="{}"
    ),  # what was last told and when, who was asked
    sa.UniqueConstraint("client_id", "rule", "episode"),
    sa.Index("ix_incidents_state", "state"),
    sa.Index(
        "uq_incidents_going_on",
        "client_id",
        "rule",
        unique=True,
        sqlite_where=_GOES_ON,
        postgresql_where=_GOES_ON,
    ),
)

# What happened to an incident: opened, joined, taken, noted, escalated, closed … Added to, never changed.
incident_changes = sa.Table(
    "incident_changes",
    metadata,
    numbered(),
    sa.Column("incident_id", Id, sa.ForeignKey("incidents.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text),  # None: the daemon
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.JSON, nullable=False, server_default="{}"),
    sa.Index("ix_incident_changes_incident_id", "incident_id"),
)

# What only this database knows: the key that signs the links of its messages. Never shown, never logged.
secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# Where the messages of one incident stand at a receiver, so that the next one goes into the same conversation.
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("incident_id", Id, sa.ForeignKey("incidents.id"), primary_key=True),
    sa.Column("receiver", sa.Text, primary_key=True),
    sa.Column("place", sa.JSON, nullable=False),  # a channel and a time stamp, or the id of a mail
    sa.Column("at", Instant, nullable=False),
)

# A time in which some alerts are not told. Evaluation goes on; `withheld` holds what was kept back.
silences = sa.Table(
    "silences",
    metadata,
    numbered(),
    sa.Column("matchers", sa.JSON, nullable=False),  # client, watch_list, rule, severity -> value
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expired_by", sa.Text),  # who ended it before its time
    sa.Column("summed_up_at", Instant),  # when it was told what it had hidden
    sa.Index("ix_silences_ends_at", "ends_at"),
)

# A notification that was kept back, by a silence or in quiet hours, until it is told or summed up.
withheld = sa.Table(
    "withheld",
    metadata,
    numbered(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # alert key + receiver, as in the outbox
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("incident_id", Id, sa.ForeignKey("incidents.id")),
    sa.Column("silence_id", Id, sa.ForeignKey("silences.id")),  # None: quiet hours
    sa.Column("severity", sa.Text, nullable=False, server_default="minor"),
    sa.Column("message", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.Index("ix_withheld_until", "told_at", "until"),
    sa.Index("ix_withheld_incident_id", "incident_id"),
    sa.Index("ix_withheld_silence_id", "silence_id"),
    sa.Index("ix_withheld_at", "at"),
)

# Which digests were made: one a local day, whoever races.
digests = sa.Table(
    "digests",
    metadata,
    sa.Column(
        "audience", sa.Text, primary_key=True
    ),  # a receiver or a person, with the lists that it is about
    sa.Column("period", sa.Text, primary_key=True),  # daily, weekly
    sa.Column("day", sa.Text, primary_key=True),  # the local day on which it is told, ISO 8601
    sa.Column("at", Instant, nullable=False),
)

# What is usual for a client, worked out once a day: listener/alerting/usual.py reads it.
baselines = sa.Table(
    "baselines",
    metadata,
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),  # negative_spike, good_news
    sa.Column("at", Instant, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)

# Where a rule that gathers stands, per client: what it has told and what it has only counted.
rule_states = sa.Table(
    "rule_states",
    metadata,
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
    sa.Column("rule", sa.Text, primary_key=True),
    sa.Column("last_match_id", Id, nullable=False, server_default="0"),
    sa.Column("state", sa.JSON, nullable=False, server_default="{}"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    numbered(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # alert key + receiver: one row for ever
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("message", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="pending"),  # pending, sending, sent, dead
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("token", sa.Text),
    sa.Column("in_doubt", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("next_try_at", Instant, nullable=False),
    sa.Column("claimed_until", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Column("error", sa.Text),
    sa.Index("ix_outbox_state", "state", "next_try_at"),
)

# What a receiver asked of us; a dead one is named until the configuration changes it.
receivers = sa.Table(
    "receivers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("not_before_at", Instant),
    sa.Column("dead_reason", sa.Text),
    sa.Column("fingerprint", sa.Text),  # hash of its options: a changed receiver is alive again
)
