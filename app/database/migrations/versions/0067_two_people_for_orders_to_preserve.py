"""Two people for orders to preserve."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

_WHAT = ("made", "extended", "shortened", "lifted")
_STATES = ("waiting", "confirmed", "refused", "taken_back", "alone")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "preservation_acts",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("order_id", columns.BigId, nullable=False),
        sa.Column("what", _words("actkind_word", *_WHAT), nullable=False),
        sa.Column("state", _words("actstate_word", *_STATES), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before_ends_at", columns.Instant(), nullable=True),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.Column("answered_by", sa.String(length=255), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["preservation_orders.id"], name=op.f("fk_preservation_acts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preservation_acts")),
    )
    with op.batch_alter_table("preservation_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preservation_acts_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("preservation_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preservation_acts_order_id"))
    op.drop_table("preservation_acts")
