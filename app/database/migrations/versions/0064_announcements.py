"""What the house announces, who has read it, and with which sign they answered."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("mentioned", columns.Json, nullable=False),
        sa.Column("tags", columns.Json, nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("shown_from", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcements_next_at"), ["next_at"], unique=False)
    for table, more in (
        ("announcement_reads", ()),
        ("announcement_reactions", (("name", sa.String(length=128)), ("made_at", columns.Instant()))),
    ):
        op.create_table(
            table,
            sa.Column("announcement_id", columns.BigId, autoincrement=False, nullable=False),
            sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
            *(sa.Column(name, kind, nullable=False) for name, kind in more),
            sa.ForeignKeyConstraint(
                ["announcement_id"], ["announcements.id"], name=op.f(f"fk_{table}_announcement_id")
            ),
            sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f(f"fk_{table}_account_id")),
            sa.PrimaryKeyConstraint(
                "announcement_id", "account_id", *(["name"] if more else []), name=op.f(f"pk_{table}")
            ),
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    for table in ("announcement_reactions", "announcement_reads"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_account_id"))
        op.drop_table(table)
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcements_next_at"))
    op.drop_table("announcements")
