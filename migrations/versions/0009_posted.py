"""What others post to us, until its connector has read it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

Instant = sa.BigInteger()  # microseconds since 1970 in UTC
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("read_at", Instant, nullable=True),
        sa.UniqueConstraint("name", "key", name="uq_posts_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_name_id", "posts", ["name", "id"])
