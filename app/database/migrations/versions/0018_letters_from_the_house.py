"""Letters from the house, and quiet days."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "house_letters",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("care", "quiet", name="letterkind_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("payload", columns.Json, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=True),
        sa.Column("sent_at", columns.Instant(), nullable=False),
        sa.Column("read_at", columns.Instant(), nullable=True),
        sa.Column("answer", sa.Boolean(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_house_letters_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_letters")),
    )
    with op.batch_alter_table("house_letters", schema=None) as batch_op:
        batch_op.create_index("ix_house_letters_account_id_id", ["account_id", "id"], unique=False)

    op.create_table(
        "quiet_days",
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_quiet_days_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_quiet_days")),
    )


def downgrade() -> None:
    op.drop_table("quiet_days")
    with op.batch_alter_table("house_letters", schema=None) as batch_op:
        batch_op.drop_index("ix_house_letters_account_id_id")

    op.drop_table("house_letters")
