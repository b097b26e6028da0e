"""Where reports that were passed on to other servers are, and what came of them there."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None
STATES = ("sent", "delivered", "refused", "answered")


def upgrade() -> None:
    op.create_table(
        "report_forwards",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("report_id", columns.BigId, nullable=False),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column("domain", sa.String(length=300), nullable=False),
        sa.Column("about", columns.Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="forwardstate_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("sent_at", columns.Instant(), nullable=False),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_forwards_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_forwards")),
        sa.UniqueConstraint("uri", name=op.f("uq_report_forwards_uri")),
    )
    with op.batch_alter_table("report_forwards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_forwards_report_id"), ["report_id"], unique=False)
        batch_op.create_index("ix_report_forwards_domain_state", ["domain", "state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("report_forwards", schema=None) as batch_op:
        batch_op.drop_index("ix_report_forwards_domain_state")
        batch_op.drop_index(batch_op.f("ix_report_forwards_report_id"))
    op.drop_table("report_forwards")
