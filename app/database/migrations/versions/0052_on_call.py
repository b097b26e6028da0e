"""Who is on call, and what they were called for."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew_on_call",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("deputy", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_on_call")),
    )
    with op.batch_alter_table("crew_on_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crew_on_call_name"), ["name"], unique=False)
    op.create_table(
        "crew_calls",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("matter", sa.String(length=320), nullable=False),
        sa.Column("raised_at", columns.Instant(), nullable=False),
        sa.Column("called", columns.Json, nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("called_at", columns.Instant(), nullable=True),
        sa.Column("taken_by", sa.String(length=255), nullable=True),
        sa.Column("taken_at", columns.Instant(), nullable=True),
        sa.Column("over_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_calls")),
        sa.UniqueConstraint("matter", name=op.f("uq_crew_calls_matter")),
    )
    with op.batch_alter_table("crew_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crew_calls_over_at"), ["over_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("crew_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_calls_over_at"))
    op.drop_table("crew_calls")
    with op.batch_alter_table("crew_on_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_on_call_name"))
    op.drop_table("crew_on_call")
