"""How often people and machines erred, kept with each year's report."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "year_quality",
        sa.Column("year", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("figures", columns.Json, nullable=False),
        sa.Column("kept_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_year_quality")),
    )


def downgrade() -> None:
    op.drop_table("year_quality")
