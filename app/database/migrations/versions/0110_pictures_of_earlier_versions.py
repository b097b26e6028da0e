"""An earlier version of a post keeps its attachments and what its poll let choose between."""

# Of versions that were replaced before, neither is known any more.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation.columns import Json

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post_versions", schema=None) as batch:
        batch.add_column(sa.Column("attachments", Json, nullable=True))
        batch.add_column(sa.Column("poll_options", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("post_versions", schema=None) as batch:
        batch.drop_column("poll_options")
        batch.drop_column("attachments")
