"""members by day."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "active_days",
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("begins_at", name=op.f("pk_active_days")),
    )


def downgrade() -> None:
    op.drop_table("active_days")
