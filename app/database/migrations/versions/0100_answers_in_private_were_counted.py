"""Answers in private were counted once: what they answer is counted again, by those that are for everybody."""

# Only posts that anybody answered in private are written to; the rest were never wrong.

from __future__ import annotations

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE posts SET replies_count = (SELECT count(*) FROM posts AS answers WHERE answers.in_reply_to_pk = posts.pk"
        " AND answers.state IN ('published') AND answers.visibility IN ('public', 'unlisted'))"
        " WHERE pk IN (SELECT in_reply_to_pk FROM posts AS answers WHERE answers.in_reply_to_pk IS NOT NULL"
        " AND answers.visibility NOT IN ('public', 'unlisted'))"
    )


def downgrade() -> None:
    """What was counted too often before is nothing to go back to."""
