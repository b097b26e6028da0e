"""A network can be barred from everything, not only from signing up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

SEVERITIES = ("approval", "block")
NAME = "ck_barred_networks_networkseverity_word"


def _severities(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("barred_networks", schema=None) as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch.create_check_constraint(op.f(NAME), f"severity IN ({listed})")


def upgrade() -> None:
    _severities((*SEVERITIES, "no_access"))


def downgrade() -> None:
    networks = sa.table("barred_networks", sa.column("severity", sa.String))
    op.execute(networks.update().where(networks.c.severity == "no_access").values(severity="block"))
    _severities(SEVERITIES)
