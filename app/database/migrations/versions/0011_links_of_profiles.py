"""Links of profiles."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile_links",
        sa.Column("actor_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("verified_at", columns.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("added_at", columns.Instant(), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_profile_links_actor_id")),
        sa.PrimaryKeyConstraint("actor_id", "url", name=op.f("pk_profile_links")),
    )
    with op.batch_alter_table("profile_links", schema=None) as batch_op:
        batch_op.create_index("ix_profile_links_next_at", ["next_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("profile_links", schema=None) as batch_op:
        batch_op.drop_index("ix_profile_links_next_at")

    op.drop_table("profile_links")
