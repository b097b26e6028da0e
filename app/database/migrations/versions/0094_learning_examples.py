"""What people decided about public posts, as labelled examples that point at the evidence."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

PROVENANCES = ("appeal", "second_opinion", "audit", "decision")
CHOSEN = ("sample", "score", "report", "other")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "learning_examples",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("uri", sa.String(2048), nullable=False),
        sa.Column("snapshot_id", columns.BigId, nullable=False),
        sa.Column("decision_id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("provenance", _words("provenance_word", *PROVENANCES), nullable=False),
        sa.Column("chosen", _words("chosen_word", *CHOSEN), nullable=False),
        sa.Column("labels", columns.Json, nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("propensity", sa.Double(), nullable=True),
        sa.Column("scores", columns.Json, nullable=False),
        sa.Column("model_version", sa.String(64), nullable=True),
        sa.Column("decided_at", columns.Instant(), nullable=False),
        sa.Column("gathered_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_examples")),
        sa.UniqueConstraint("uri", name=op.f("uq_learning_examples_uri")),
    )
    op.create_index(op.f("ix_learning_examples_snapshot_id"), "learning_examples", ["snapshot_id"])
    op.create_index(op.f("ix_learning_examples_gathered_at"), "learning_examples", ["gathered_at"])
    op.create_index("ix_learning_examples_decided_at", "learning_examples", ["decided_at"])


def downgrade() -> None:
    op.drop_table("learning_examples")
