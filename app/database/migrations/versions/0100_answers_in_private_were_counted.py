"""Answers in private were counted once: what they answer is counted again, by those that are for everybody."""

# Only posts that anybody answered in private are written to; the rest were never wrong.

from __future__ import annotations

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


PUBLIC_ANSWERS = (
    "SELECT count(*) FROM posts AS answers WHERE answers.in_reply_to_pk = posts.pk"
    " AND answers.state = 'published' AND answers.visibility IN ('public', 'unlisted')"
)
ANSWERED_IN_PRIVATE = (
    "SELECT in_reply_to_pk FROM posts AS answers WHERE answers.in_reply_to_pk IS NOT NULL"
    " AND answers.visibility NOT IN ('public', 'unlisted')"
)


def upgrade() -> None:
    op.execute(f"UPDATE posts SET replies_count = ({PUBLIC_ANSWERS}) WHERE pk IN ({ANSWERED_IN_PRIVATE})")


def downgrade() -> None:
    """What was counted too often before is nothing to go back to."""
