"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    _what_is_heard()
    _what_was_said()
    _what_is_told()
    _what_is_kept()


def _what_is_heard() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("watch_list", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("joined_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )
    op.create_table(
        "targets",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("cursor_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("validators", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("health", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("next_poll_at", Instant, nullable=False),
        sa.Column("not_before_at", Instant, nullable=True),
        sa.Column("last_poll_at", Instant, nullable=True),
        sa.Column("last_success_at", Instant, nullable=True),
        sa.Column("last_found_at", Instant, nullable=True),
        sa.Column("complete_from_at", Instant, nullable=True),
        sa.Column("polls_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stored_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("truncated_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claim_token", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("claimed_until", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
        sa.UniqueConstraint("kind", "scope", "credential", name="uq_targets_kind_scope_credential"),
    )
    op.create_index("ix_targets_due", "targets", ["active", "next_poll_at"], unique=False)
    op.create_table(
        "hearings",
        sa.Column("target_id", Id, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("since_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_hearings_target_id"),
        sa.PrimaryKeyConstraint("target_id", "audience", name="pk_hearings"),
    )
    op.create_index("ix_hearings_audience", "hearings", ["audience"], unique=False)
    op.create_table(
        "gaps",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("target_id", Id, nullable=False),
        sa.Column("from_at", Instant, nullable=False),
        sa.Column("to_at", Instant, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_gaps_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_target_id", "gaps", ["target_id", "from_at"], unique=False)
    op.create_index(
        "uq_gaps_open",
        "gaps",
        ["target_id"],
        unique=True,
        sqlite_where=sa.text("to_at IS NULL"),
        postgresql_where=sa.text("to_at IS NULL"),
    )
    op.create_table(
        "hosts",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("not_before_at", Instant, nullable=True),
        sa.Column("robots_status", sa.Integer(), nullable=True),
        sa.Column("robots_body", sa.LargeBinary(), nullable=True),
        sa.Column("robots_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("origin", name="pk_hosts"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("target_id", Id, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_quarantine_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
        sa.UniqueConstraint("hash", name="uq_quarantine_hash"),
    )


def _what_was_said() -> None:
    op.create_table(
        "authors",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_authors"),
        sa.UniqueConstraint("kind", "key", name="uq_authors_kind_key"),
    )
    op.create_table(
        "stories",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_table(
        "story_keys",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("story_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_keys_story_id"),
        sa.PrimaryKeyConstraint("key", name="pk_story_keys"),
    )
    op.create_table(
        "mentions",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("target_id", Id, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("author_id", Id, nullable=True),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("story_id", Id, nullable=False),
        sa.Column("published_at", Instant, nullable=True),
        sa.Column("fetched_at", Instant, nullable=False),
        sa.Column("counted_at", Instant, nullable=False),
        sa.Column("rating", sa.Float(), nullable=True),
        sa.Column("engagement", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("raw", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name="fk_mentions_author_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_mentions_story_id"),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_mentions_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mentions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mentions_counted_at", "mentions", ["counted_at"], unique=False)
    op.create_index("ix_mentions_story_id", "mentions", ["story_id"], unique=False)
    op.create_table(
        "identities",
        sa.Column("hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mention_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name="fk_identities_mention_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_identities"),
    )
    op.create_index("ix_identities_mention_id", "identities", ["mention_id"], unique=False)
    op.create_table(
        "matches",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("mention_id", Id, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("counted_at", Instant, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("scorer", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.Column("voice", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_matches_client_id"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name="fk_matches_mention_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
        sa.UniqueConstraint("mention_id", "client_id", name="uq_matches_mention_id_client_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_matches_client_id", "matches", ["client_id", "counted_at"], unique=False)
    op.create_index("ix_matches_client_id_id", "matches", ["client_id", "id"], unique=False)
    op.create_table(
        "counts",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("bucket_at", Instant, nullable=False),
        sa.Column("mentions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("own", sa.Integer(), server_default="0", nullable=False),
        sa.Column("negative", sa.Integer(), server_default="0", nullable=False),
        sa.Column("neutral", sa.Integer(), server_default="0", nullable=False),
        sa.Column("positive", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("voices", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_counts_client_id"),
        sa.PrimaryKeyConstraint("client_id", "bucket_at", name="pk_counts"),
    )


def _what_is_told() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("resolved_at", Instant, nullable=True),
        sa.Column("calm_since_at", Instant, nullable=True),
        sa.Column("last_match_id", Id, nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_incidents_client_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.UniqueConstraint("client_id", "rule", "episode", name="uq_incidents_client_id_rule_episode"),
    )
    op.create_index("ix_incidents_state", "incidents", ["state"], unique=False)
    op.create_index(
        "uq_incidents_firing",
        "incidents",
        ["client_id", "rule"],
        unique=True,
        sqlite_where=sa.text("state = 'firing'"),
        postgresql_where=sa.text("state = 'firing'"),
    )
    op.create_table(
        "rule_states",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("last_match_id", Id, server_default="0", nullable=False),
        sa.Column("state", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_rule_states_client_id"),
        sa.PrimaryKeyConstraint("client_id", "rule", name="pk_rule_states"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("in_doubt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("claimed_until", Instant, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("sent_at", Instant, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_try_at"], unique=False)
    op.create_table(
        "receivers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("not_before_at", Instant, nullable=True),
        sa.Column("dead_reason", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_receivers"),
    )


def _what_is_kept() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
