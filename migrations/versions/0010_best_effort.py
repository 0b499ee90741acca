"""Whether a place answers as it pleases, so that its silence says nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    best_effort = sa.Column("best_effort", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("targets", best_effort)
