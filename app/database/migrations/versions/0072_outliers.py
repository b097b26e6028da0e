"""Members of waves keep how far they are from it, and in which language they came."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_subjects", sa.Column("language", sa.String(12), nullable=True))
    op.add_column("case_subjects", sa.Column("distance", sa.Integer(), nullable=True))
    op.add_column("fingerprints", sa.Column("language", sa.String(12), nullable=True))


def downgrade() -> None:
    op.drop_column("fingerprints", "language")
    op.drop_column("case_subjects", "distance")
    op.drop_column("case_subjects", "language")
