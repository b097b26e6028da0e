"""What threads lack is wanted; posts are pinned; replies find what they answer."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wanted",
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "post", "replies", "again", name="wanted_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("uri", "what", name=op.f("pk_wanted")),
    )
    with op.batch_alter_table("wanted", schema=None) as batch_op:
        batch_op.create_index("ix_wanted_host", ["host"], unique=False)
        batch_op.create_index("ix_wanted_next_at", ["next_at"], unique=False)

    op.create_table(
        "pins",
        sa.Column("post_pk", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("actor_id", columns.BigId, nullable=False),
        sa.Column("pinned_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_pins_actor_id")),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_pins_post_pk")),
        sa.PrimaryKeyConstraint("post_pk", name=op.f("pk_pins")),
    )
    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.create_index("ix_pins_actor_id", ["actor_id"], unique=False)

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_posts_orphans",
            ["in_reply_to_uri"],
            unique=False,
            sqlite_where=sa.text("in_reply_to_pk IS NULL AND in_reply_to_uri IS NOT NULL"),
            postgresql_where=sa.text("in_reply_to_pk IS NULL AND in_reply_to_uri IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_posts_orphans",
            sqlite_where=sa.text("in_reply_to_pk IS NULL AND in_reply_to_uri IS NOT NULL"),
            postgresql_where=sa.text("in_reply_to_pk IS NULL AND in_reply_to_uri IS NOT NULL"),
        )

    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.drop_index("ix_pins_actor_id")

    op.drop_table("pins")
    with op.batch_alter_table("wanted", schema=None) as batch_op:
        batch_op.drop_index("ix_wanted_next_at")
        batch_op.drop_index("ix_wanted_host")

    op.drop_table("wanted")
