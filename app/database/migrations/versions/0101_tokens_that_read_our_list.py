"""Tokens that read our list of servers, each of somebody named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_readers",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("used_at", columns.Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=255), nullable=True),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_readers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_list_readers_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("list_readers")
