"""When a place was last asked what has become of an item."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("mentions", sa.Column("rechecked_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_mentions_rechecks", "mentions", ["target_id", "rechecked_at"])
