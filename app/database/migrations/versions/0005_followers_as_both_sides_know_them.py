"""Followers as both sides know them."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follower_syncs",
        sa.Column("actor_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_follower_syncs_actor_id")),
        sa.PrimaryKeyConstraint("actor_id", name=op.f("pk_follower_syncs")),
    )
    with op.batch_alter_table("follower_syncs", schema=None) as batch_op:
        batch_op.create_index("ix_follower_syncs_next_at", ["next_at"], unique=False)

    with op.batch_alter_table("outbox_activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_followers", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("outbox_activities", schema=None) as batch_op:
        batch_op.drop_column("for_followers")

    with op.batch_alter_table("follower_syncs", schema=None) as batch_op:
        batch_op.drop_index("ix_follower_syncs_next_at")

    op.drop_table("follower_syncs")
