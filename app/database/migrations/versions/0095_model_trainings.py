"""Trainings of versions of the text model of this server's own, which version is in use, and shadow runs."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

STATES = ("waiting", "under_way", "candidate", "refused", "failed")


def upgrade() -> None:
    state = sa.Enum(*STATES, name="trainingstate_word", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "model_trainings",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("asked_by", sa.String(255), nullable=True),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("begun_at", columns.Instant(), nullable=True),
        sa.Column("beat_at", columns.Instant(), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("version", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("base", sa.String(64), nullable=True),
        sa.Column("against", sa.String(64), nullable=True),
        sa.Column("learnt", columns.Json, nullable=False),
        sa.Column("judged", columns.Json, nullable=False),
        sa.Column("why", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_trainings")),
    )
    op.create_index(op.f("ix_model_trainings_state"), "model_trainings", ["state"])
    op.create_index(op.f("ix_model_trainings_version"), "model_trainings", ["version"])
    op.create_table(
        "model_uses",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("version", sa.String(64), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("put_by", sa.String(255), nullable=False),
        sa.Column("put_at", columns.Instant(), nullable=False),
        sa.Column("rolled_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_uses")),
    )
    op.create_table(
        "model_shadows",
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("against", sa.String(64), nullable=False),
        sa.Column("last_id", columns.BigId, nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("counts", columns.Json, nullable=False),
        sa.Column("differing", columns.Json, nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_model_shadows")),
    )


def downgrade() -> None:
    op.drop_table("model_shadows")
    op.drop_table("model_uses")
    op.drop_table("model_trainings")
