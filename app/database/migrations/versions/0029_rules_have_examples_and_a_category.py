"""Rules have examples, and what breaking them is called in the DSA's transparency database."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("good_en", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("good_fr", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("bad_en", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("bad_fr", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("category", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.drop_column("category")
        batch_op.drop_column("bad_fr")
        batch_op.drop_column("bad_en")
        batch_op.drop_column("good_fr")
        batch_op.drop_column("good_en")
