"""Warnings in a moderator's own words."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moderation_words", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("relabelled_at", columns.Instant(), nullable=True))
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning", sa.String(201), nullable=True))
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning", sa.String(201), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_column("warning")
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.drop_column("warning")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_column("relabelled_at")
        batch_op.drop_column("moderation_words")
