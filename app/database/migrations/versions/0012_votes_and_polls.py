"""Votes in polls, and what is due in polls."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll_votes",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("post_pk", columns.BigId, nullable=False),
        sa.Column("actor_id", columns.BigId, nullable=False),
        sa.Column("choice", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_poll_votes_actor_id")),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_poll_votes_post_pk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_votes")),
        sa.UniqueConstraint("post_pk", "actor_id", "choice", name=op.f("uq_poll_votes_post_pk_actor_id_choice")),
    )
    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.create_index("ix_poll_votes_actor_id", ["actor_id"], unique=False)

    op.create_table(
        "polls",
        sa.Column("post_pk", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("close_at", columns.Instant(), nullable=True),
        sa.Column("tell_at", columns.Instant(), nullable=True),
        sa.Column("told_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_polls_post_pk")),
        sa.PrimaryKeyConstraint("post_pk", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index("ix_polls_close_at", ["close_at"], unique=False)
        batch_op.create_index("ix_polls_tell_at", ["tell_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.drop_index("ix_polls_tell_at")
        batch_op.drop_index("ix_polls_close_at")

    op.drop_table("polls")
    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.drop_index("ix_poll_votes_actor_id")

    op.drop_table("poll_votes")
