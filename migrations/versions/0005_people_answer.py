"""Who has an incident and what happened to it, silences and what they hide, digests, what is usual, voices of praise."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    _praise()
    _incidents()
    _silences()
    _rest()


def _praise() -> None:
    op.add_column("matches", sa.Column("praise", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("counts", sa.Column("praise", sa.Integer(), server_default="0", nullable=False))
    praise_of_history(op.get_bind())


def praise_of_history(connection: sa.Connection) -> None:
    """Voices of praise among what is stored: else none would be usual, and everything would be good news."""
    after, heard = 0, {}  # by client and by witness or story: when its voices were
    while rows := connection.execute(_HISTORY, {"after": after}).all():
        voices = [row for row in rows if _adds_a_witness(row, heard)]
        after = rows[-1].id
        if voices:
            connection.execute(
                sa.text("UPDATE matches SET praise = true WHERE id = :id"), [{"id": row.id} for row in voices]
            )
            connection.execute(
                sa.text(
                    "UPDATE counts SET praise = praise + 1 WHERE client_id = :client_id AND bucket_at = :bucket_at"
                ),
                [
                    {"client_id": row.client_id, "bucket_at": row.counted_at - row.counted_at % _BUCKET}
                    for row in voices
                ],
            )


_DAY, _BUCKET = 24 * 60 * 60 * 1_000_000, 15 * 60 * 1_000_000  # microseconds

_HISTORY = sa.text(
    "SELECT matches.id, matches.client_id, matches.counted_at, mentions.witness, mentions.story_id"
    " FROM matches JOIN mentions ON mentions.id = matches.mention_id"
    " WHERE matches.id > :after AND matches.label = 'positive' AND NOT matches.own AND NOT matches.backfill"
    " ORDER BY matches.id LIMIT 5000"
)


def _adds_a_witness(row: sa.Row, heard: dict[tuple[str, str | int], list[int]]) -> bool:
    """Whether nobody of its author or story praised this client within a day of it; in order of storing."""
    names = (row.client_id, row.witness), (row.client_id, row.story_id)
    if any(abs(at - row.counted_at) <= _DAY for name in names for at in heard.get(name, ())):
        return False
    for name in names:
        heard.setdefault(name, []).append(row.counted_at)
    return True


def _incidents() -> None:
    for column in (
        sa.Column("severity", sa.Text(), server_default="minor", nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", Instant, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("telling", sa.JSON(), server_default="{}", nullable=False),
    ):
        op.add_column("incidents", column)
    op.drop_index("uq_incidents_firing", table_name="incidents")
    op.execute("UPDATE incidents SET state = CASE state WHEN 'firing' THEN 'open' ELSE 'closed' END")
    goes_on = sa.text("state <> 'closed'")
    op.create_index(
        "uq_incidents_going_on",
        "incidents",
        ["client_id", "rule"],
        unique=True,
        sqlite_where=goes_on,
        postgresql_where=goes_on,
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "incident_changes",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.JSON(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_incident_changes_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_changes"),
    )
    op.create_index("ix_incident_changes_incident_id", "incident_changes", ["incident_id"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_conversations_incident_id"),
        sa.PrimaryKeyConstraint("incident_id", "receiver", name="pk_conversations"),
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("matchers", sa.JSON(), nullable=False),
        sa.Column("starts_at", Instant, nullable=False),
        sa.Column("ends_at", Instant, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expired_by", sa.Text(), nullable=True),
        sa.Column("summed_up_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_ends_at", "silences", ["ends_at"], unique=False)
    op.create_table(
        "withheld",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("silence_id", Id, nullable=True),
        sa.Column("severity", sa.Text(), server_default="minor", nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("told_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_withheld_client_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_withheld_incident_id"),
        sa.ForeignKeyConstraint(["silence_id"], ["silences.id"], name="fk_withheld_silence_id"),
        sa.PrimaryKeyConstraint("id", name="pk_withheld"),
        sa.UniqueConstraint("key", name="uq_withheld_key"),
    )
    op.create_index("ix_withheld_until", "withheld", ["told_at", "until"], unique=False)
    op.create_index("ix_withheld_incident_id", "withheld", ["incident_id"], unique=False)
    op.create_index("ix_withheld_silence_id", "withheld", ["silence_id"], unique=False)
    op.create_index("ix_withheld_at", "withheld", ["at"], unique=False)


def _rest() -> None:
    op.create_index("ix_mentions_fetched_at", "mentions", ["fetched_at"], unique=False)
    op.create_table(
        "digests",
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("audience", "period", "day", name="pk_digests"),
    )
    op.create_table(
        "baselines",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_baselines_client_id"),
        sa.PrimaryKeyConstraint("client_id", "rule", name="pk_baselines"),
    )
