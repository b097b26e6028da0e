"""Accounts keep how they signed up, as counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch:
        batch.add_column(sa.Column("signup_traits", columns.Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch:
        batch.drop_column("signup_traits")
