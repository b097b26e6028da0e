"""Link rules, and macros that bring them along."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_rules",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("decision_id", columns.BigId, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.Column("lifted_by", sa.String(255), nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_link_rules_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_rules")),
    )
    with op.batch_alter_table("link_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_rules_host"), ["host"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_rules_decision_id"), ["decision_id"], unique=False)
    with op.batch_alter_table("macros", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("macros", schema=None) as batch_op:
        batch_op.drop_column("link_days")
    op.drop_table("link_rules")
