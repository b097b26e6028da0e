"""Browsers of the team that are called without a token."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("label", sa.String(100), nullable=False, server_default=""))
        batch_op.alter_column("token_id", existing_type=columns.BigId, nullable=True)
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.alter_column("label", existing_type=sa.String(100), server_default=None)


def downgrade() -> None:
    browsers = "SELECT id FROM push_subscriptions WHERE token_id IS NULL"
    op.execute(f"DELETE FROM pushes WHERE subscription_id IN ({browsers})")  # noqa: S608 - our own words
    op.execute("DELETE FROM push_subscriptions WHERE token_id IS NULL")
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.alter_column("token_id", existing_type=columns.BigId, nullable=False)
        batch_op.drop_column("label")
