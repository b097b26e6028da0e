"""For a domain one suspension is announced at most: what was announced a second time is undone."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

PLANS = sa.table(
    "planned_suspensions",
    sa.column("id", sa.BigInteger),
    sa.column("domain", sa.String),
    sa.column("state", sa.String),
    sa.column("settled_at", sa.DateTime),
    sa.column("announced_at", sa.DateTime),
)
INDEX = "ix_planned_suspensions_announced_domain"
WHERE = sa.text("state = 'announced'")


def upgrade() -> None:
    announced = PLANS.c.state == "announced"
    first = sa.select(sa.func.min(PLANS.c.id)).where(announced).group_by(PLANS.c.domain)
    again = sa.update(PLANS).where(announced, PLANS.c.id.not_in(first))
    op.execute(again.values(state="undone", settled_at=PLANS.c.announced_at))
    op.create_index(INDEX, "planned_suspensions", ["domain"], unique=True, sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    op.drop_index(INDEX, "planned_suspensions", sqlite_where=WHERE, postgresql_where=WHERE)
