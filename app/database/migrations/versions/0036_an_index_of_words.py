"""An index of what posts say."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

from alembic import op

from app.search import schema

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema.make(op.get_bind())


def downgrade() -> None:
    schema.drop(op.get_bind())
