"""Answers in private were counted once: what they answer is counted again, by those that are for everybody."""

# Only posts that anybody answered in private are written to; the rest were never wrong.

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


FOR_EVERYBODY = ("public", "unlisted")


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name)


def upgrade() -> None:
    names = ("pk", "in_reply_to_pk", "replies_count", "state", "visibility")
    posts = sa.table("posts", *[_column(name) for name in names])
    answers = posts.alias("answers")
    public = answers.c.visibility.in_(FOR_EVERYBODY)
    counted = (
        sa.select(sa.func.count())
        .select_from(answers)
        .where(answers.c.in_reply_to_pk == posts.c.pk, answers.c.state == "published", public)
        .scalar_subquery()
    )
    private = sa.select(answers.c.in_reply_to_pk).where(answers.c.in_reply_to_pk.is_not(None), ~public)
    op.execute(sa.update(posts).where(posts.c.pk.in_(private)).values(replies_count=counted))


def downgrade() -> None:
    """What was counted too often before is nothing to go back to."""
