"""What staff does is recorded in a chain."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_events",
        sa.Column("seq", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=2048), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_events")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_log_events_prev_hash")),
    )
    with op.batch_alter_table("log_events", schema=None) as batch_op:
        batch_op.create_index("ix_log_events_actor_seq", ["actor", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_events_object"), ["object"], unique=False)
        batch_op.create_index("ix_log_events_verb_seq", ["verb", "seq"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("log_events", schema=None) as batch_op:
        batch_op.drop_index("ix_log_events_verb_seq")
        batch_op.drop_index(batch_op.f("ix_log_events_object"))
        batch_op.drop_index("ix_log_events_actor_seq")

    op.drop_table("log_events")
