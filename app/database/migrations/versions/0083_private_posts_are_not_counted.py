"""Posts that are only for those whom they name aren't counted for their authors."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

ACTORS = sa.table("actors", sa.column("id", sa.BigInteger), sa.column("posts_count", sa.Integer))
POSTS = sa.table(
    "posts", sa.column("actor_id", sa.BigInteger), sa.column("visibility", sa.String), sa.column("state", sa.String)
)
PRIVATE = (POSTS.c.actor_id == ACTORS.c.id, POSTS.c.visibility == "direct", POSTS.c.state == "published")
MANY = sa.select(sa.func.count()).select_from(POSTS).where(*PRIVATE).scalar_subquery()
SOME = sa.select(POSTS.c.actor_id).where(*PRIVATE).exists()


def upgrade() -> None:
    fewer = sa.case((ACTORS.c.posts_count > MANY, ACTORS.c.posts_count - MANY), else_=0)
    op.execute(sa.update(ACTORS).where(SOME).values(posts_count=fewer))


def downgrade() -> None:
    op.execute(sa.update(ACTORS).where(SOME).values(posts_count=ACTORS.c.posts_count + MANY))
