"""by when cases are due."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("overdue_at", columns.Instant(), nullable=True))
        batch_op.create_index(
            "ix_cases_coming_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("overdue_at IS NULL"),
            postgresql_where=sa.text("overdue_at IS NULL"),
        )
        batch_op.create_index("ix_cases_state_due_at", ["state", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_state_due_at")
        batch_op.drop_index(
            "ix_cases_coming_due",
            sqlite_where=sa.text("overdue_at IS NULL"),
            postgresql_where=sa.text("overdue_at IS NULL"),
        )
        batch_op.drop_column("overdue_at")
        batch_op.drop_column("due_at")
