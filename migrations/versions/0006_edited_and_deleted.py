"""When an item was edited by its author, and when it was found to be deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    op.add_column("mentions", sa.Column("edited_at", Instant, nullable=True))
    op.add_column("mentions", sa.Column("gone_at", Instant, nullable=True))
    gone = sa.text("gone_at IS NOT NULL")
    op.create_index("ix_mentions_gone_at", "mentions", ["gone_at"], sqlite_where=gone, postgresql_where=gone)
