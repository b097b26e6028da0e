"""Warnings in a moderator's own words."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


POSTS = sa.table(
    "posts",
    sa.column("moderation_warning", sa.String),
    sa.column("moderation_words", sa.String),
    sa.column("warning", sa.Text),
    sa.column("sensitive", sa.Boolean),
)
GENERAL = "put behind a warning by the moderators / placé derrière un avertissement par la modération"


def upgrade() -> None:
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moderation_words", sa.String(200), nullable=True))
        batch_op.add_column(sa.Column("relabelled_at", columns.Instant(), nullable=True))
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning", sa.String(201), nullable=True))
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning", sa.String(201), nullable=True))


def downgrade() -> None:
    """The code before knows none of these warnings, and would say of each that nobody looked: they become the post's own
    words, where it has none, and a mark on its media."""
    said = sa.case((POSTS.c.moderation_warning == "general", GENERAL), else_=POSTS.c.moderation_words)
    words = sa.case((sa.and_(POSTS.c.warning == "", said.is_not(None)), said), else_=POSTS.c.warning)
    unknown = sa.update(POSTS).where(POSTS.c.moderation_warning.in_(("own", "sensitive", "general")))
    op.execute(unknown.values(warning=words, sensitive=True, moderation_warning=None))
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_column("warning")
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.drop_column("warning")
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_column("relabelled_at")
        batch_op.drop_column("moderation_words")
