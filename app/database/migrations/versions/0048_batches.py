"""Several cases are decided together."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", columns.BigId, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_decisions_batch_id"), "decisions", ["batch_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_decisions_batch_id"), ["batch_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decisions_batch_id"))
        batch_op.drop_constraint(batch_op.f("fk_decisions_batch_id"), type_="foreignkey")
        batch_op.drop_column("batch_id")
