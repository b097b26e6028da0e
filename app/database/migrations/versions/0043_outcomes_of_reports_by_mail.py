"""Outcomes of reports come by mail to members who want it."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_mail", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailed_at", columns.Instant(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reports_settled_at"), ["settled_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_settled_at"))
        batch_op.drop_column("mailed_at")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("report_mail")
