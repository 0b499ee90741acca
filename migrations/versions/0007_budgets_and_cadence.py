"""What credentials have spent and are remembered by, and the cadence that a source has come to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Instant = sa.BigInteger()  # microseconds since 1970 in UTC


def upgrade() -> None:
    op.add_column("targets", sa.Column("cadence_s", sa.Integer(), nullable=True))
    op.add_column("targets", sa.Column("cadence", sa.JSON(), server_default="{}", nullable=False))
    op.create_table(
        "meters",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("began_at", Instant, nullable=True),
        sa.Column("spent", sa.Float(53), server_default="0", nullable=False),
        sa.Column("left", sa.Float(53), nullable=True),
        sa.Column("resets_at", Instant, nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("kind", "credential", "name", name="pk_meters"),
    )
    op.create_table(
        "remembered",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("kind", "credential", "name", name="pk_remembered"),
    )
