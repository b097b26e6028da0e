"""Keys and swipes at the desk, as each person has them."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_choices",
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("keys", columns.Json, nullable=False),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.Column("swipes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_desk_choices_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_desk_choices")),
    )


def downgrade() -> None:
    op.drop_table("desk_choices")
