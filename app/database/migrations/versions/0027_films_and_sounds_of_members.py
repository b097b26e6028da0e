"""Films and sounds of members, made by the worker."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("duration", sa.Float(), nullable=True))

    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "image",
                    "video",
                    "audio",
                    name="uploadkind_word",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                server_default="image",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "waiting",
                    "ready",
                    "failed",
                    name="uploadstate_word",
                    native_enum=False,
                    create_constraint=True,
                    length=24,
                ),
                server_default="ready",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("next_at", columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("error", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("duration", sa.Float(), nullable=True))
        batch_op.create_index("ix_uploads_state_next_at", ["state", "next_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_uploads_state_next_at")
        for name in ("ck_uploads_uploadstate_word", "ck_uploads_uploadkind_word"):
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.drop_column("duration")
        batch_op.drop_column("error")
        batch_op.drop_column("attempts")
        batch_op.drop_column("next_at")
        batch_op.drop_column("state")
        batch_op.drop_column("kind")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_column("duration")
