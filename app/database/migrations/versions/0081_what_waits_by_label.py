"""An index that has what the figures of the queue ask for."""

from __future__ import annotations

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_state_label_origin", "cases", ["state", "label", "origin", "opened_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_state_label_origin", table_name="cases")
