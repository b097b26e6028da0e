"""The house's custom emojis."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_emojis",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("shortcode", sa.String(128), nullable=False),
        sa.Column("category", sa.String(100), nullable=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("seen", columns.Json, nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("copied_from", sa.String(2048), nullable=True),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.Column("disabled_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_emojis")),
        sa.UniqueConstraint("shortcode", name=op.f("uq_custom_emojis_shortcode")),
        sa.UniqueConstraint("key", name=op.f("uq_custom_emojis_key")),
    )


def downgrade() -> None:
    op.drop_table("custom_emojis")
