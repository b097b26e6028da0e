"""Posts that are to be published later."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheduled_posts",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("request", columns.Json, nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("scheduled_at", columns.Instant(), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_scheduled_posts_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_posts")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_scheduled_posts_account_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("scheduled_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheduled_posts_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_scheduled_posts_next_at", ["next_at"], unique=False)
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scheduled_id", columns.BigId, nullable=True))
        batch_op.create_index(batch_op.f("ix_uploads_scheduled_id"), ["scheduled_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uploads_scheduled_id"))
        batch_op.drop_column("scheduled_id")
    with op.batch_alter_table("scheduled_posts", schema=None) as batch_op:
        batch_op.drop_index("ix_scheduled_posts_next_at")
        batch_op.drop_index(batch_op.f("ix_scheduled_posts_account_id"))
    op.drop_table("scheduled_posts")
