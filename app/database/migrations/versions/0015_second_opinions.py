"""Second opinions, samples of decisions, golden cases, and practice."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_answers",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("exercise", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answers")),
        sa.UniqueConstraint("by", "exercise", name=op.f("uq_practice_answers_by_exercise")),
    )
    op.create_table(
        "golden_cases",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("accepted", columns.Json, nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=255), nullable=False),
        sa.Column("proposed_at", columns.Instant(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=255), nullable=True),
        sa.Column("confirmed_at", columns.Instant(), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("retired_at", columns.Instant(), nullable=True),
        sa.Column("retired_by", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_golden_cases_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_cases")),
        sa.UniqueConstraint("case_id", name=op.f("uq_golden_cases_case_id")),
    )
    op.create_table(
        "staged_cases",
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("review", "golden", name="stagedkind_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("source_id", columns.BigId, nullable=False),
        sa.Column("subject_uri", sa.String(length=2048), nullable=False),
        sa.Column("author_uri", sa.String(length=2048), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_staged_cases_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_staged_cases")),
    )
    op.create_table(
        "golden_answers",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("golden_id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("given_at", columns.Instant(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "approve",
                "label",
                "limit",
                "remove",
                "freeze",
                "warn",
                "silence",
                "disable",
                "suspend",
                "spam",
                "no_action",
                name="action_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("disputed_at", columns.Instant(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.String(length=255), nullable=True),
        sa.Column("ruled_at", columns.Instant(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_golden_answers_case_id")),
        sa.ForeignKeyConstraint(["golden_id"], ["golden_cases.id"], name=op.f("fk_golden_answers_golden_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_answers")),
        sa.UniqueConstraint("case_id", name=op.f("uq_golden_answers_case_id")),
    )
    with op.batch_alter_table("golden_answers", schema=None) as batch_op:
        batch_op.create_index("ix_golden_answers_by_given_at", ["by", "given_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_golden_answers_golden_id"), ["golden_id"], unique=False)

    op.create_table(
        "proposals",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "second", "trainee", name="proposalkind_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "agreed",
                "differing",
                "accepted",
                "settled",
                name="proposalstate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("request", columns.Json, nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("own_from", columns.Instant(), nullable=True),
        sa.Column("second_by", sa.String(length=255), nullable=True),
        sa.Column("second_request", columns.Json, nullable=True),
        sa.Column("second_at", columns.Instant(), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=255), nullable=True),
        sa.Column("decision_id", columns.BigId, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposals_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_proposals_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index("ix_proposals_by_made_at", ["by", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposals_case_id"), ["case_id"], unique=False)

    op.create_table(
        "second_reviews",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("decision_id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "agreed",
                "differing",
                "upheld",
                "changed",
                "lapsed",
                name="reviewstate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_by", sa.String(length=255), nullable=False),
        sa.Column(
            "first_action",
            sa.Enum(
                "approve",
                "label",
                "limit",
                "remove",
                "freeze",
                "warn",
                "silence",
                "disable",
                "suspend",
                "spam",
                "no_action",
                name="action_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_rule", sa.String(length=64), nullable=True),
        sa.Column("drawn_at", columns.Instant(), nullable=False),
        sa.Column("second_by", sa.String(length=255), nullable=True),
        sa.Column("second_request", columns.Json, nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("ruled_by", sa.String(length=255), nullable=True),
        sa.Column("ruled_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_second_reviews_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_second_reviews_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_reviews")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_second_reviews_decision_id")),
    )
    with op.batch_alter_table("second_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_reviews_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_second_reviews_state", ["state", "id"], unique=False)

    op.create_table(
        "proposal_thumbs",
        sa.Column("proposal_id", columns.BigId, nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_proposal_thumbs_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "by", name=op.f("pk_proposal_thumbs")),
    )


def downgrade() -> None:
    op.drop_table("proposal_thumbs")
    with op.batch_alter_table("second_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_second_reviews_state")
        batch_op.drop_index(batch_op.f("ix_second_reviews_case_id"))

    op.drop_table("second_reviews")
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposals_case_id"))
        batch_op.drop_index("ix_proposals_by_made_at")

    op.drop_table("proposals")
    with op.batch_alter_table("golden_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_golden_answers_golden_id"))
        batch_op.drop_index("ix_golden_answers_by_given_at")

    op.drop_table("golden_answers")
    op.drop_table("staged_cases")
    op.drop_table("golden_cases")
    op.drop_table("practice_answers")
