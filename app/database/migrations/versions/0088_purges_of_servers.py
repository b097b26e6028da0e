"""Purges of what suspended servers left here."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

_STATES = ("ordered", "under_way", "done", "called_off")


def upgrade() -> None:
    state = sa.Enum(*_STATES, name="domainpurgestate_word", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "domain_purges",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("ordered_by", sa.String(length=255), nullable=False),
        sa.Column("ordered_at", columns.Instant(), nullable=False),
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.Column("began_at", columns.Instant(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=255), nullable=True),
        sa.Column("foreseen", columns.Json, nullable=False),
        sa.Column("last_actor_id", columns.BigId, nullable=False),
        sa.Column("people_done", sa.Integer(), nullable=False),
        sa.Column("gone", columns.Json, nullable=False),
        sa.Column("kept", columns.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_purges")),
    )
    with op.batch_alter_table("domain_purges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_domain_purges_domain"), ["domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_domain_purges_state_begins_at"), ["state", "begins_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("domain_purges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_domain_purges_state_begins_at"))
        batch_op.drop_index(batch_op.f("ix_domain_purges_domain"))
    op.drop_table("domain_purges")
