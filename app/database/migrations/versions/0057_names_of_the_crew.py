"""What moderators are called on the desk and outside."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew_names",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("desk", sa.String(length=40), nullable=False),
        sa.Column("outside", sa.String(length=40), nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_crew_names")),
    )


def downgrade() -> None:
    op.drop_table("crew_names")
