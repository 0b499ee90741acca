"""What explains a match, what a person says of it, and what a stored mention is asked again by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    op.add_column("mentions", sa.Column("site", sa.Text(), nullable=True))
    op.add_column("mentions", sa.Column("links", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("matches", sa.Column("explanation", sa.JSON(), nullable=True))
    op.create_table(
        "marked",
        sa.Column("mention_id", Id, nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_marked_client_id"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name="fk_marked_mention_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "client_id", name="pk_marked"),
    )
    op.create_index("ix_marked_client_id", "marked", ["client_id"], unique=False)
