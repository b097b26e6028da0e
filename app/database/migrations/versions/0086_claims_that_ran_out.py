"""An index of what is claimed, by when the claim ends: few cases are, and those that ran out are asked for all day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    claimed = sa.text("claimed_until IS NOT NULL")
    op.create_index(
        "ix_cases_claimed_until", "cases", ["claimed_until"], sqlite_where=claimed, postgresql_where=claimed
    )


def downgrade() -> None:
    op.drop_index("ix_cases_claimed_until", table_name="cases")
