"""Decisions on which a figure or a line would rest are read again, apart from those that are drawn at random."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_reviews", sa.Column("decisive", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("second_reviews", schema=None) as batch:
        batch.drop_column("decisive")
