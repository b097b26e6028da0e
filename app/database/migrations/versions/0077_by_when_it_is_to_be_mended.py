"""By when a frozen author is to mend what they are frozen for."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_WAITS = sa.text("unmended_at IS NULL AND mend_by IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mend_by", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("unmended_at", columns.Instant(), nullable=True))
        batch_op.create_index(
            "ix_decisions_to_mend", ["mend_by"], unique=False, sqlite_where=_WAITS, postgresql_where=_WAITS
        )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mend_by", columns.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_column("mend_by")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_decisions_to_mend", sqlite_where=_WAITS, postgresql_where=_WAITS)
        batch_op.drop_column("unmended_at")
        batch_op.drop_column("mend_by")
