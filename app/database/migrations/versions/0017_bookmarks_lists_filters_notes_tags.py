"""Bookmarks, lists, filters, notes about people, followed hashtags."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_notes",
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("target_id", columns.BigId, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_account_notes_account_id")),
        sa.ForeignKeyConstraint(["target_id"], ["actors.id"], name=op.f("fk_account_notes_target_id")),
        sa.PrimaryKeyConstraint("account_id", "target_id", name=op.f("pk_account_notes")),
    )
    with op.batch_alter_table("account_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_notes_target_id"), ["target_id"], unique=False)

    op.create_table(
        "filters",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column("context", columns.Json, nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "warn", "hide", "blur", name="filteraction_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_filters_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filters")),
    )
    with op.batch_alter_table("filters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filters_account_id"), ["account_id"], unique=False)

    op.create_table(
        "followed_tags",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("tag", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_followed_tags_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_tags")),
        sa.UniqueConstraint("tag", "account_id", name=op.f("uq_followed_tags_tag_account_id")),
    )
    with op.batch_alter_table("followed_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_followed_tags_account_id"), ["account_id"], unique=False)

    op.create_table(
        "lists",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("title", sa.String(length=256), nullable=False),
        sa.Column(
            "replies",
            sa.Enum(
                "followed",
                "list",
                "none",
                name="repliespolicy_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_lists_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lists")),
    )
    with op.batch_alter_table("lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lists_account_id"), ["account_id"], unique=False)

    op.create_table(
        "bookmarks",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("post_pk", columns.BigId, nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_bookmarks_account_id")),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_bookmarks_post_pk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookmarks")),
        sa.UniqueConstraint("account_id", "post_pk", name=op.f("uq_bookmarks_account_id_post_pk")),
    )
    with op.batch_alter_table("bookmarks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookmarks_post_pk"), ["post_pk"], unique=False)

    op.create_table(
        "filter_keywords",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("filter_id", columns.BigId, nullable=False),
        sa.Column("keyword", sa.String(length=512), nullable=False),
        sa.Column("whole_word", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["filter_id"], ["filters.id"], name=op.f("fk_filter_keywords_filter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_keywords")),
    )
    with op.batch_alter_table("filter_keywords", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filter_keywords_filter_id"), ["filter_id"], unique=False)

    op.create_table(
        "filter_posts",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("filter_id", columns.BigId, nullable=False),
        sa.Column("post_pk", columns.BigId, nullable=False),
        sa.Column("status_id", columns.BigId, nullable=False),
        sa.ForeignKeyConstraint(["filter_id"], ["filters.id"], name=op.f("fk_filter_posts_filter_id")),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_filter_posts_post_pk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filter_posts")),
        sa.UniqueConstraint("filter_id", "post_pk", name=op.f("uq_filter_posts_filter_id_post_pk")),
    )
    with op.batch_alter_table("filter_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filter_posts_post_pk"), ["post_pk"], unique=False)

    op.create_table(
        "list_members",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("list_id", columns.BigId, nullable=False),
        sa.Column("actor_id", columns.BigId, nullable=False),
        sa.Column("added_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_list_members_actor_id")),
        sa.ForeignKeyConstraint(["list_id"], ["lists.id"], name=op.f("fk_list_members_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_members")),
        sa.UniqueConstraint("list_id", "actor_id", name=op.f("uq_list_members_list_id_actor_id")),
    )
    with op.batch_alter_table("list_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_members_actor_id"), ["actor_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("list_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_members_actor_id"))

    op.drop_table("list_members")
    with op.batch_alter_table("filter_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filter_posts_post_pk"))

    op.drop_table("filter_posts")
    with op.batch_alter_table("filter_keywords", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filter_keywords_filter_id"))

    op.drop_table("filter_keywords")
    with op.batch_alter_table("bookmarks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bookmarks_post_pk"))

    op.drop_table("bookmarks")
    with op.batch_alter_table("lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lists_account_id"))

    op.drop_table("lists")
    with op.batch_alter_table("followed_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followed_tags_account_id"))

    op.drop_table("followed_tags")
    with op.batch_alter_table("filters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filters_account_id"))

    op.drop_table("filters")
    with op.batch_alter_table("account_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_notes_target_id"))

    op.drop_table("account_notes")
