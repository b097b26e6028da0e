"""What waits of an author's own is found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

INDEX = "ix_posts_own_waiting"
WHERE = sa.text("state IN ('held', 'waiting')")


def upgrade() -> None:
    op.create_index(INDEX, "posts", ["actor_id", "state"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    op.drop_index(INDEX, "posts")
