"""An organisation's invitation is known by its hash, so that an admin can end it."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation_requests", sa.Column("invitation_hash", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organisation_requests", schema=None) as batch:
        batch.drop_column("invitation_hash")
