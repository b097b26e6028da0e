"""Lists of servers that are followed, what they name, and what people declined of them."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns
from moderation.values import Severity

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domain_lists",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("unsaid", columns.words(Severity), nullable=False),
        sa.Column("at_most", sa.String(length=24), nullable=False),
        sa.Column("together", sa.Integer(), nullable=False),
        sa.Column("spare_followed", sa.Boolean(), nullable=False),
        sa.Column("adopts", sa.Boolean(), nullable=False),
        sa.Column("excludes", columns.Json, nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=True),
        sa.Column("changed_at", columns.Instant(), nullable=True),
        sa.Column("next_at", columns.Instant(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("followed_by", sa.String(length=255), nullable=False),
        sa.Column("followed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_lists")),
    )
    op.create_table(
        "domain_list_entries",
        sa.Column("list_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("said", columns.Json, nullable=False),
        sa.Column("labels", columns.Json, nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["domain_lists.id"], name=op.f("fk_domain_list_entries_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "domain", name=op.f("pk_domain_list_entries")),
    )
    op.create_index("ix_domain_list_entries_domain", "domain_list_entries", ["domain"])
    op.create_table(
        "domain_list_dismissals",
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("severity", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "severity", name=op.f("pk_domain_list_dismissals")),
    )


def downgrade() -> None:
    op.drop_table("domain_list_dismissals")
    op.drop_index("ix_domain_list_entries_domain", table_name="domain_list_entries")
    op.drop_table("domain_list_entries")
    op.drop_table("domain_lists")
