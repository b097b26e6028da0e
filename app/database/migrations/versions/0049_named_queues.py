"""Named queues, and in which of them a case waits."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from moderation import columns

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.create_table(
        "case_queues",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("match", json, nullable=False),
        sa.Column("required_role", sa.String(24), nullable=False),
        sa.Column("hidden_actions", json, nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=True),
        sa.Column(
            "ageing",
            sa.Enum(
                "longer", "limited", "release", name="ageing_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("ageing_hours", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired_at", columns.Instant(), nullable=True),
        sa.Column("changed_by", sa.String(255), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_queues")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue_id", columns.BigId, nullable=True))
        batch_op.add_column(sa.Column("queue_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index("ix_cases_state_queue_rank", ["state", "queue_id", "rank", "id"], unique=False)
        batch_op.create_index("ix_cases_state_queue_version", ["state", "queue_version"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_state_queue_version")
        batch_op.drop_index("ix_cases_state_queue_rank")
        batch_op.drop_column("queue_version")
        batch_op.drop_column("queue_id")
    op.drop_table("case_queues")
