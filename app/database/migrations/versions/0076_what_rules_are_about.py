"""What the rules of a house are about; those that a house begins with say it by themselves."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

ABOUT = {
    "Be kind. No harassment, no threats.": "harassment violence toxic",
    "No hatred against people for what they are.": "hate",
    "No spam, no scams.": "spam",
    "Put what may upset behind a warning.": "sexual",
    "Leave private what is private.": "privacy",
    "Nothing against the law, and nothing that harms children.": "illegal child_safety",
}


def upgrade() -> None:
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("labels", sa.String(255), nullable=False, server_default=""))
    rules = sa.table("rules", sa.column("text_en", sa.Text), sa.column("labels", sa.String))
    for text, labels in ABOUT.items():
        op.execute(rules.update().where(rules.c.text_en == text).values(labels=labels))


def downgrade() -> None:
    with op.batch_alter_table("rules", schema=None) as batch_op:
        batch_op.drop_column("labels")
