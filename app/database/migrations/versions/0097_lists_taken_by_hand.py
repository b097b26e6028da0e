"""Lists that were taken by hand, each as one step that can be undone, and which rules they set."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domain_imports",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(length=255), nullable=False),
        sa.Column("taken_at", columns.Instant(), nullable=False),
        sa.Column("undone_by", sa.String(length=255), nullable=True),
        sa.Column("undone_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_imports")),
    )
    op.add_column("domain_events", sa.Column("import_id", columns.BigId, nullable=True))
    op.create_index("ix_domain_events_import_id", "domain_events", ["import_id"])


def downgrade() -> None:
    op.drop_index("ix_domain_events_import_id", table_name="domain_events")
    with op.batch_alter_table("domain_events", schema=None) as batch:
        batch.drop_column("import_id")
    op.drop_table("domain_imports")
