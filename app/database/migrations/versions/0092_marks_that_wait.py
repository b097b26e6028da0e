"""What rules mean for a server's people waits in a row until each of them is marked."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "domain_marks",
        sa.Column("domain", sa.String(length=300), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("silenced", sa.Boolean(), nullable=False),
        sa.Column("filters", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_domain_marks")),
    )


def downgrade() -> None:
    op.drop_table("domain_marks")
