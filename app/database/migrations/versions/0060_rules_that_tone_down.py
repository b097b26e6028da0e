"""What a rule about a server tones down, how far it reaches, until when, on whose word."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("domain_rules") as table:
        table.add_column(sa.Column("subdomains", sa.Boolean(), server_default=sa.true(), nullable=False))
        table.add_column(sa.Column("filters", columns.Json, server_default="[]", nullable=False))
        table.add_column(sa.Column("review_at", columns.Instant(), nullable=True))
        table.add_column(sa.Column("expires_at", columns.Instant(), nullable=True))
        table.add_column(sa.Column("evidence", columns.Json, server_default="[]", nullable=False))
        table.add_column(sa.Column("source", sa.String(length=64), server_default="", nullable=False))
    with op.batch_alter_table("actors") as table:
        table.add_column(sa.Column("domain_filters", sa.String(length=128), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("actors") as table:
        table.drop_column("domain_filters")
    with op.batch_alter_table("domain_rules") as table:
        for name in ("source", "evidence", "expires_at", "review_at", "filters", "subdomains"):
            table.drop_column(name)
