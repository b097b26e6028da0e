"""Reports of purges."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_KINDS = ("regular", "by_hand", "account", "departure", "grave")


def upgrade() -> None:
    kind = sa.Enum(*_KINDS, name="purgekind_word", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "purge_reports",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=2048), nullable=True),
        sa.Column("began_at", columns.Instant(), nullable=False),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("gone", columns.Json, nullable=False),
        sa.Column("failed", columns.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_reports")),
    )
    with op.batch_alter_table("purge_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purge_reports_began_at"), ["began_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("purge_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purge_reports_began_at"))
    op.drop_table("purge_reports")
