"""The behaviour model and the context model learn beside the text model: trainings, uses, what examples know."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

KINDS = ("text", "behaviour", "context")
TABLES = ("model_trainings", "model_uses")


def upgrade() -> None:
    for name in TABLES:
        kind = sa.Enum(*KINDS, name="modelkind_word", native_enum=False, create_constraint=True, length=24)
        with op.batch_alter_table(name, schema=None) as batch:
            batch.add_column(sa.Column("kind", kind, nullable=False, server_default="text"))
    op.add_column("learning_examples", sa.Column("circumstances", columns.Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("learning_examples", schema=None) as batch:
        batch.drop_column("circumstances")
    for name in reversed(TABLES):
        with op.batch_alter_table(name, schema=None) as batch:
            batch.drop_constraint(op.f(f"ck_{name}_modelkind_word"), type_="check")
            batch.drop_column("kind")
