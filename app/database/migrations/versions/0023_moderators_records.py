"""Moderators' records, and what each was given, by day."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moderators",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("languages", columns.Json, nullable=False),
        sa.Column("skills", columns.Json, nullable=False),
        sa.Column("skips", columns.Json, nullable=False),
        sa.Column("conflict_domains", columns.Json, nullable=False),
        sa.Column("conflict_people", columns.Json, nullable=False),
        sa.Column("heavy_a_day", sa.Integer(), nullable=True),
        sa.Column("hours_a_week", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.String(length=255), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_moderators")),
    )
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.create_index("ix_case_events_by_at", ["by", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_index("ix_case_events_by_at")

    op.drop_table("moderators")
