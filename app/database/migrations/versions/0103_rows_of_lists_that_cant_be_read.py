"""Followed lists say which of their rows can't be read, and what stays only because those may name it."""

# Steps that running code survives: expand here; the lists are read anew, since an unchanged one isn't looked at.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("domain_lists", sa.Column("unread", columns.Json, nullable=False, server_default="[]"))
    op.add_column("domain_lists", sa.Column("unread_rows", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("domain_list_entries", sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE domain_lists SET etag = ''")


def downgrade() -> None:
    with op.batch_alter_table("domain_list_entries", schema=None) as batch:
        batch.drop_column("doubtful")
    with op.batch_alter_table("domain_lists", schema=None) as batch:
        batch.drop_column("unread_rows")
        batch.drop_column("unread")
