"""Macros, and what is done along with a decision."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "macros",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_fr", sa.String(length=80), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("steps", columns.Json, nullable=False),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_macros")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part_of_id", columns.BigId, nullable=True))
        batch_op.create_index(batch_op.f("ix_decisions_part_of_id"), ["part_of_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_decisions_part_of_id"), "decisions", ["part_of_id"], ["id"])

    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("also", columns.Json, nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_column("also")

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decisions_part_of_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_decisions_part_of_id"))
        batch_op.drop_column("part_of_id")

    op.drop_table("macros")
