"""A picture whose post let go of it can be put into another for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation.columns import Instant

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch:
        batch.add_column(sa.Column("let_go_at", Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch:
        batch.drop_column("let_go_at")
