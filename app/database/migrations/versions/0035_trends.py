"""trends."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trends",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tag", "status", "link", name="trendkind_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=1000), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("post_pk", columns.BigId, nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.String(length=255), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("scored_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_trends_post_pk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trends")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_trends_kind_key")),
    )
    with op.batch_alter_table("trends", schema=None) as batch_op:
        batch_op.create_index("ix_trends_kind_score", ["kind", "score"], unique=False)
        batch_op.create_index(batch_op.f("ix_trends_post_pk"), ["post_pk"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("trends", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trends_post_pk"))
        batch_op.drop_index("ix_trends_kind_score")

    op.drop_table("trends")
