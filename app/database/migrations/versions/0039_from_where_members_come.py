"""from where members come."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_addresses",
        sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("first_at", columns.Instant(), nullable=False),
        sa.Column("last_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_seen_addresses_account_id")),
        sa.PrimaryKeyConstraint("account_id", "address", name=op.f("pk_seen_addresses")),
    )
    with op.batch_alter_table("seen_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_addresses_address"), ["address"], unique=False)
        batch_op.create_index("ix_seen_addresses_last_at", ["last_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("seen_addresses", schema=None) as batch_op:
        batch_op.drop_index("ix_seen_addresses_last_at")
        batch_op.drop_index(batch_op.f("ix_seen_addresses_address"))

    op.drop_table("seen_addresses")
