"""Whose turn an activity in the inbox waits for."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbox_activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue", sa.String(length=300), server_default="", nullable=False))
        batch_op.create_index("ix_inbox_activities_state_queue_id", ["state", "queue", "id"], unique=False)
    op.execute("UPDATE inbox_activities SET queue = domain WHERE state IN ('waiting', 'retry')")


def downgrade() -> None:
    with op.batch_alter_table("inbox_activities", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_activities_state_queue_id")
        batch_op.drop_column("queue")
