"""What is skipped today, and lines from who leaves to who comes."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew_skipped_today",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("labels", columns.Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_crew_skipped_today")),
    )
    op.create_table(
        "crew_handovers",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("written_by", sa.String(length=255), nullable=False),
        sa.Column("meant_for", sa.String(length=255), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("written_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_handovers")),
    )
    with op.batch_alter_table("crew_handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crew_handovers_written_at"), ["written_at"], unique=False)
    op.create_table(
        "crew_handover_reads",
        sa.Column("handover_id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["crew_handovers.id"], name=op.f("fk_crew_handover_reads_handover_id")
        ),
        sa.PrimaryKeyConstraint("handover_id", "name", name=op.f("pk_crew_handover_reads")),
    )


def downgrade() -> None:
    op.drop_table("crew_handover_reads")
    with op.batch_alter_table("crew_handovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_handovers_written_at"))
    op.drop_table("crew_handovers")
    op.drop_table("crew_skipped_today")
