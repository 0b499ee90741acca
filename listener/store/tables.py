"""The tables. Instants are whole microseconds since 1970 in UTC (the type `Instant`), so that order and buckets are integers."""

from __future__ import annotations

import sqlalchemy as sa

from listener.store.alert_tables import (  # noqa: F401 - here every table is found
    baselines,
    conversations,
    digests,
    incident_changes,
    incidents,
    outbox,
    receivers,
    rule_states,
    secrets,
    silences,
    withheld,
)
from listener.store.columns import Id, Instant, metadata, numbered

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("watch_list", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("query", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "asked_at", Instant, nullable=False
    ),  # since when by this query; polls that began before it bring backfill
    sa.Column("joined_at", Instant, nullable=False),  # since when in this list
)

# One place that is polled, whoever it is polled for. `every_s`, lists and tokens are no part of its identity.
targets = sa.Table(
    "targets",
    metadata,
    numbered(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("credential", sa.Text, nullable=False, server_default=""),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("best_effort", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("every_s", sa.Integer, nullable=False),
    sa.Column("cursor", sa.JSON),
    sa.Column("cursor_version", sa.Integer, nullable=False, server_default="1"),
    sa.Column(
        "validators", sa.JSON, nullable=False, server_default="{}"
    ),  # URL -> ETag, Last-Modified, body hash
    sa.Column("health", sa.JSON, nullable=False, server_default="{}"),  # domain/health.py: Health
    sa.Column(
        "state", sa.Text, nullable=False, server_default="new"
    ),  # new, ok, backing off, needs attention, gone
    sa.Column("next_poll_at", Instant, nullable=False),
    sa.Column("not_before_at", Instant),  # Retry-After: no command polls earlier
    sa.Column("last_poll_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("last_found_at", Instant),
    sa.Column("complete_from_at", Instant),  # when the latest poll that read to the end began
    sa.Column("polls_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("stored_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("truncated_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column(
        "claim_token", sa.BigInteger, nullable=False, server_default="0"
    ),  # fencing: grows with every claim
    sa.Column("claimed_until", Instant),
    sa.Column("cadence_s", sa.Integer),  # what the next poll was planned by; None: every_s
    sa.Column("cadence", sa.JSON, nullable=False, server_default="{}"),  # domain/cadence.py: Cadence
    sa.UniqueConstraint("kind", "scope", "credential"),
    sa.Index("ix_targets_due", "active", "next_poll_at"),
)

# For whom a target is polled: all clients of a list (`list:NAME`) or one client (`client:ID`), and since when it has been
# read to its end for them (None: not yet, what it brings is backfill). A row a list, not a client: a thousand clients
# of a list with a thousand sources are a thousand rows, not a million.
hearings = sa.Table(
    "hearings",
    metadata,
    sa.Column("target_id", Id, sa.ForeignKey("targets.id"), primary_key=True),
    sa.Column("audience", sa.Text, primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("since_at", Instant),
    sa.Index("ix_hearings_audience", "audience"),
)

_STILL_DEAF = sa.text("to_at IS NULL")

# In which a source could not hear; one open one a target.
gaps = sa.Table(
    "gaps",
    metadata,
    numbered(),
    sa.Column("target_id", Id, sa.ForeignKey("targets.id"), nullable=False),
    sa.Column("from_at", Instant, nullable=False),
    sa.Column("to_at", Instant),  # None: still deaf
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_gaps_target_id", "target_id", "from_at"),
    sa.Index(
        "uq_gaps_open", "target_id", unique=True, sqlite_where=_STILL_DEAF, postgresql_where=_STILL_DEAF
    ),
)

# What a host asked of us: Retry-After and robots.txt survive a restart.
hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("not_before_at", Instant),
    sa.Column("robots_status", sa.Integer),
    sa.Column("robots_body", sa.LargeBinary),
    sa.Column("robots_at", Instant),
)

# What there is only so much of, per credential: domain/spending.py says what the numbers mean.
meters = sa.Table(
    "meters",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("credential", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("began_at", Instant),  # None: nothing was spent yet
    sa.Column("spent", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("left", sa.Float(53)),  # by the place's own count
    sa.Column("resets_at", Instant),
    sa.Column("at", Instant, nullable=False),
)

# What a connector asked to be kept for a credential: sessions and tokens among it. Never shown, never logged.
remembered = sa.Table(
    "remembered",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("credential", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

# What others post to us, as it came, until its connector has read it. Numbers grow in the order of commits.
posts = sa.Table(
    "posts",
    metadata,
    numbered(),
    sa.Column("name", sa.Text, nullable=False),  # the webhook's
    sa.Column("key", sa.Text, nullable=False),  # its Idempotency-Key, or what stands for one
    sa.Column("hash", sa.LargeBinary, nullable=False),  # of the body
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("read_at", Instant),  # since when it is stored
    sa.UniqueConstraint("name", "key"),
    sa.Index("ix_posts_name_id", "name", "id"),
    sqlite_autoincrement=True,  # a number is never given again: who reads goes on after the last one
)

authors = sa.Table(
    "authors",
    metadata,
    numbered(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("handle", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("reach", sa.BigInteger),
    sa.UniqueConstraint("kind", "key"),
)

stories = sa.Table(
    "stories",
    metadata,
    numbered(),
    sa.Column("first_at", Instant, nullable=False),
)

# What makes two mentions one story: canonical URL, shared link, content hash of 40 words or more, repost id.
story_keys = sa.Table(
    "story_keys",
    metadata,
    sa.Column("key", sa.LargeBinary(16), primary_key=True),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), nullable=False),
)

# What is left of a long text by which its near copies are known (domain/sketch.py); let go when its story is told no more.
sketches = sa.Table(
    "sketches",
    metadata,
    numbered(),
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("article", sa.Boolean, nullable=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("slots", sa.LargeBinary, nullable=False),
    sa.Column("particulars", sa.LargeBinary, nullable=False),
    sa.Column("heroes", sa.Integer, nullable=False),
    sa.Column("told_at", Instant, nullable=False),  # when it, or a copy of it, was last stored
    sa.Index("ix_sketches_told_at", "told_at"),
)

# Where a sketch is looked up. No foreign key: 42 rows a sketch that are found by nothing but their key, and go with it.
bands = sa.Table(
    "bands",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sketch_id", Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

_GONE = sa.text("gone_at IS NOT NULL")

mentions = sa.Table(
    "mentions",
    metadata,
    numbered(),
    sa.Column("target_id", Id, sa.ForeignKey("targets.id"), nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("author_id", Id, sa.ForeignKey("authors.id")),
    sa.Column(
        "witness", sa.Text, nullable=False
    ),  # who testifies: author, else the host, else the item itself
    sa.Column("story_id", Id, sa.ForeignKey("stories.id"), nullable=False),
    sa.Column("published_at", Instant),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("counted_at", Instant, nullable=False),  # min(published, fetched)
    sa.Column("site", sa.Text),  # the host that published it
    sa.Column("links", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("rating", sa.Float),
    sa.Column("engagement", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("raw", sa.JSON),
    sa.Column("edited_at", Instant),  # by its author, as its place tells
    sa.Column(
        "gone_at", Instant
    ),  # when its author's deletion was seen: nothing of its text is left (store/revised.py)
    sa.Column("rechecked_at", Instant),  # when its place was last asked what has become of it
    sa.Index("ix_mentions_rechecks", "target_id", "rechecked_at"),
    sa.Index("ix_mentions_counted_at", "counted_at"),
    sa.Index("ix_mentions_gone_at", "gone_at", sqlite_where=_GONE, postgresql_where=_GONE),
    sa.Index("ix_mentions_fetched_at", "fetched_at"),
    sa.Index("ix_mentions_story_id", "story_id"),
    sqlite_autoincrement=True,  # an id is never given twice, whatever is forgotten
)

# By what an item is known again: hash of (kind, scope, external id), and the hashes by which copies merge.
# Kept when the mention is forgotten: then mention_id is NULL, and the item stays away.
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("hash", sa.LargeBinary(16), primary_key=True),
    sa.Column("mention_id", Id, sa.ForeignKey("mentions.id", ondelete="SET NULL")),
    sa.Index("ix_identities_mention_id", "mention_id"),
)

matches = sa.Table(
    "matches",
    metadata,
    numbered(),  # grows in order of storing: the order in which voices are decided
    sa.Column("mention_id", Id, sa.ForeignKey("mentions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
    sa.Column("counted_at", Instant, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("scorer", sa.Text, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("explanation", sa.JSON(none_as_null=True)),  # domain/explain.py; None where no query was asked
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("backfill", sa.Boolean, nullable=False),
    sa.Column("voice", sa.Boolean, nullable=False),
    sa.Column("praise", sa.Boolean, nullable=False, server_default=sa.false()),  # a voice of praise
    sa.UniqueConstraint("mention_id", "client_id"),
    sa.Index("ix_matches_client_id", "client_id", "counted_at"),
    sa.Index("ix_matches_client_id_id", "client_id", "id"),
    sqlite_autoincrement=True,  # an id is never given twice, whatever is forgotten
)

# What a person said of a mention: that it is about this client, or is not; the last word stands, and no poll undoes it.
marked = sa.Table(
    "marked",
    metadata,
    sa.Column("mention_id", Id, sa.ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
    sa.Column("about", sa.Boolean, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_marked_client_id", "client_id"),
)

# What a person said a mention says about a client: added to, never changed. The newest row of a mention and client stands.
corrections = sa.Table(
    "corrections",
    metadata,
    numbered(),
    sa.Column("mention_id", Id, sa.ForeignKey("mentions.id", ondelete="CASCADE"), nullable=False),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_corrections_client_id", "client_id"),
    sa.Index("ix_corrections_mention_id", "mention_id", "client_id"),
    sqlite_autoincrement=True,
)

# What was learned from corrections, per watch list; `content` is None where cross-validation found it no better than the base.
models = sa.Table(
    "models",
    metadata,
    numbered(),
    sa.Column("watch_list", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("trained_at", Instant, nullable=False),
    sa.Column("last_correction_id", Id, nullable=False),  # learned from all up to here
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("checksum", sa.Text),
    sa.Column("content", sa.Text),  # JSON; scoring/modelfile.py reads it
    sa.UniqueConstraint("watch_list", "version"),
    sqlite_autoincrement=True,
)

# 15-minute UTC buckets, written with the matches that they count; backfill is not in them.
counts = sa.Table(
    "counts",
    metadata,
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), primary_key=True),
    sa.Column("bucket_at", Instant, primary_key=True),
    sa.Column("mentions", sa.Integer, nullable=False, server_default="0"),
    sa.Column("own", sa.Integer, nullable=False, server_default="0"),
    sa.Column("negative", sa.Integer, nullable=False, server_default="0"),
    sa.Column("neutral", sa.Integer, nullable=False, server_default="0"),
    sa.Column("positive", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unknown", sa.Integer, nullable=False, server_default="0"),
    sa.Column("voices", sa.Integer, nullable=False, server_default="0"),
    sa.Column("praise", sa.Integer, nullable=False, server_default="0"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    numbered(),
    sa.Column("target_id", Id, sa.ForeignKey("targets.id"), nullable=False),
    sa.Column("hash", sa.LargeBinary(16), nullable=False, unique=True),  # the same poison is kept once
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    numbered(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
)

# One row a name: the fencing token of the leader, the last finished rounds.
marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", Instant),
    sa.Column("number", sa.BigInteger),
)
