"""conversations and servers that members block."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation_marks",
        sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=2048), nullable=False),
        sa.Column("read_to", columns.BigId, nullable=False),
        sa.Column("hidden_to", columns.BigId, nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_conversation_marks_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_conversation_marks")),
    )
    with op.batch_alter_table("conversation_marks", schema=None) as batch_op:
        batch_op.create_index("ix_conversation_marks_account_id_muted", ["account_id", "muted"], unique=False)

    op.create_table(
        "own_domain_blocks",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("domain", sa.String(length=300), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_own_domain_blocks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_domain_blocks")),
        sa.UniqueConstraint("account_id", "domain", name=op.f("uq_own_domain_blocks_account_id_domain")),
    )


def downgrade() -> None:
    op.drop_table("own_domain_blocks")
    with op.batch_alter_table("conversation_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_marks_account_id_muted")

    op.drop_table("conversation_marks")
