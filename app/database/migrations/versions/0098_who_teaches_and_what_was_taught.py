"""Who teaches the text model, and what they said of the posts that they were asked about."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None

TAUGHT = ("hate", "harassment", "violence", "sexual", "self_harm", "spam", "none", "unsure")
PROVENANCES = ("appeal", "second_opinion", "audit", "decision")


def _provenances(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("learning_examples", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_learning_examples_provenance_word"), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch_op.create_check_constraint(op.f("ck_learning_examples_provenance_word"), f"provenance IN ({listed})")


def upgrade() -> None:
    _provenances((*PROVENANCES, "teaching"))
    op.create_table(
        "teachers",
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("an_hour", sa.Integer(), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("by", name=op.f("pk_teachers")),
    )
    op.create_table(
        "lessons",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("uri", sa.String(2048), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("scores", columns.Json, nullable=False),
        sa.Column("model_version", sa.String(64), nullable=True),
        sa.Column("offered_at", columns.Instant(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(*TAUGHT, name="taught_word", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("snapshot_id", columns.BigId, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("by", "uri", name=op.f("uq_lessons_by_uri")),
    )
    op.create_index(op.f("ix_lessons_uri"), "lessons", ["uri"])
    op.create_index(op.f("ix_lessons_snapshot_id"), "lessons", ["snapshot_id"])
    op.create_index("ix_lessons_by_offered_at", "lessons", ["by", "offered_at"])
    op.create_index("ix_lessons_by_answered_at", "lessons", ["by", "answered_at"])


def downgrade() -> None:
    op.drop_table("lessons")
    op.drop_table("teachers")
    _provenances(PROVENANCES)
