"""What members show on their profiles, whom they recommend, and which suggestions they don't want to see again."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "featured_tags",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("tag", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_featured_tags_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_featured_tags")),
        sa.UniqueConstraint("account_id", "tag", name=op.f("uq_featured_tags_account_id_tag")),
    )
    op.create_table(
        "endorsements",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("target_id", columns.BigId, nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_endorsements_account_id")),
        sa.ForeignKeyConstraint(["target_id"], ["actors.id"], name=op.f("fk_endorsements_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsements")),
        sa.UniqueConstraint("account_id", "target_id", name=op.f("uq_endorsements_account_id_target_id")),
    )
    with op.batch_alter_table("endorsements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsements_target_id"), ["target_id"], unique=False)
    op.create_table(
        "dismissed_suggestions",
        sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("target_id", columns.BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_dismissed_suggestions_account_id")),
        sa.ForeignKeyConstraint(["target_id"], ["actors.id"], name=op.f("fk_dismissed_suggestions_target_id")),
        sa.PrimaryKeyConstraint("account_id", "target_id", name=op.f("pk_dismissed_suggestions")),
    )
    with op.batch_alter_table("dismissed_suggestions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dismissed_suggestions_target_id"), ["target_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("dismissed_suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dismissed_suggestions_target_id"))
    op.drop_table("dismissed_suggestions")
    with op.batch_alter_table("endorsements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_endorsements_target_id"))
    op.drop_table("endorsements")
    op.drop_table("featured_tags")
