"""Hosts that are dead, and how many members were here in a week."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "active_weeks",
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("begins_at", name=op.f("pk_active_weeks")),
    )
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed_days", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("failed_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("dead_since", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("probe_at", columns.Instant(), nullable=True))
        batch_op.create_index(batch_op.f("ix_instances_dead_since"), ["dead_since"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instances_dead_since"))
        batch_op.drop_column("probe_at")
        batch_op.drop_column("dead_since")
        batch_op.drop_column("failed_at")
        batch_op.drop_column("failed_days")

    op.drop_table("active_weeks")
