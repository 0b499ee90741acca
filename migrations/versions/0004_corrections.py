"""What people corrected, and the models that learned from it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("mention_id", Id, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_corrections_client_id"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name="fk_corrections_mention_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_client_id", "corrections", ["client_id"], unique=False)
    op.create_index("ix_corrections_mention_id", "corrections", ["mention_id", "client_id"], unique=False)
    op.create_table(
        "models",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("watch_list", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("trained_at", Instant, nullable=False),
        sa.Column("last_correction_id", Id, nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("watch_list", "version", name="uq_models_watch_list_version"),
        sqlite_autoincrement=True,
    )
