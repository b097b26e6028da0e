"""What waits is read again when another text model is put in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rescorings",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("finished_at", columns.Instant(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("last_id", columns.BigId, nullable=False),
        sa.Column("until_id", columns.BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescorings")),
    )
    op.create_index(op.f("ix_rescorings_finished_at"), "rescorings", ["finished_at"])
    op.create_table(
        "readings",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("verdict_id", columns.BigId, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("findings", columns.Json, nullable=False),
        sa.Column("read_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_case_id"), "readings", ["case_id"])
    op.create_index(op.f("ix_readings_verdict_id"), "readings", ["verdict_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_readings_verdict_id"), table_name="readings")
    op.drop_index(op.f("ix_readings_case_id"), table_name="readings")
    op.drop_table("readings")
    op.drop_index(op.f("ix_rescorings_finished_at"), table_name="rescorings")
    op.drop_table("rescorings")
