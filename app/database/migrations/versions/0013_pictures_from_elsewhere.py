"""Pictures from elsewhere are kept for a while, and actors have emojis in their names."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cached_media",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "shape",
            sa.Enum(
                "picture",
                "avatar",
                "header",
                "emoji",
                name="shape_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "ready",
                "failed",
                name="mediastate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.Instant(), nullable=True),
        sa.Column("attachment_id", columns.BigId, nullable=True),
        sa.Column("actor_id", columns.BigId, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("moving", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("fetched_at", columns.Instant(), nullable=True),
        sa.Column("used_at", columns.Instant(), nullable=False),
        sa.Column("kept_until", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cached_media")),
    )
    with op.batch_alter_table("cached_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cached_media_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cached_media_attachment_id"), ["attachment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cached_media_host"), ["host"], unique=False)
        batch_op.create_index(batch_op.f("ix_cached_media_sha256"), ["sha256"], unique=False)
        batch_op.create_index("ix_cached_media_state_retry_at", ["state", "retry_at"], unique=False)
        batch_op.create_index("ix_cached_media_used_at", ["used_at"], unique=False)

    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emojis", columns.Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.drop_column("emojis")

    with op.batch_alter_table("cached_media", schema=None) as batch_op:
        batch_op.drop_index("ix_cached_media_used_at")
        batch_op.drop_index("ix_cached_media_state_retry_at")
        batch_op.drop_index(batch_op.f("ix_cached_media_sha256"))
        batch_op.drop_index(batch_op.f("ix_cached_media_host"))
        batch_op.drop_index(batch_op.f("ix_cached_media_attachment_id"))
        batch_op.drop_index(batch_op.f("ix_cached_media_actor_id"))

    op.drop_table("cached_media")
