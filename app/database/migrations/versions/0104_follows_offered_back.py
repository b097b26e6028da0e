"""Of a follow that ended with a server it is known when its member heard that the server is let in again."""

# Steps that running code survives: expand here. What was lifted before today is offered, too.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("severed_follows", sa.Column("offered_at", columns.Instant, nullable=True))
    op.create_index("ix_severances_target_name", "severances", ["target_name", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_severances_target_name", "severances")
    with op.batch_alter_table("severed_follows", schema=None) as batch:
        batch.drop_column("offered_at")
