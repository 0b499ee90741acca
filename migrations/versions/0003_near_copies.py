"""What near copies of a story are known by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    op.create_table(
        "sketches",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("story_id", Id, nullable=False),
        sa.Column("article", sa.Boolean(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("slots", sa.LargeBinary(), nullable=False),
        sa.Column("particulars", sa.LargeBinary(), nullable=False),
        sa.Column("heroes", sa.Integer(), nullable=False),
        sa.Column("told_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_sketches_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sketches"),
    )
    op.create_index("ix_sketches_told_at", "sketches", ["told_at"], unique=False)
    op.create_table(
        "bands",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sketch_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("key", "sketch_id", name="pk_bands"),
        sqlite_with_rowid=False,
    )
