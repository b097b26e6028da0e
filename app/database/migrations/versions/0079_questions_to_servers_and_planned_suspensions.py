"""Questions to other servers' moderators with their answers, who can be written to there, and announced suspensions."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

STATES = ("sent", "delivered", "refused", "answered")
PLANS = ("announced", "done", "called_off", "undone")


def upgrade() -> None:
    op.create_table(
        "domain_questions",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("domain", sa.String(300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about", columns.Json, nullable=False),
        sa.Column("flag_uri", sa.String(2048), nullable=True),
        sa.Column("note_uri", sa.String(2048), nullable=True),
        sa.Column("contact_uri", sa.String(2048), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="forwardstate_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(255), nullable=True),
        sa.Column("asked_by", sa.String(255), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.Column("withdrawn_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_questions")),
        sa.UniqueConstraint("flag_uri", name=op.f("uq_domain_questions_flag_uri")),
        sa.UniqueConstraint("note_uri", name=op.f("uq_domain_questions_note_uri")),
    )
    op.create_index("ix_domain_questions_domain_asked_at", "domain_questions", ["domain", "asked_at"])
    op.create_table(
        "domain_answers",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("question_id", columns.BigId, nullable=False),
        sa.Column("uri", sa.String(2048), nullable=False),
        sa.Column("author_uri", sa.String(2048), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["domain_questions.id"], name=op.f("fk_domain_answers_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_answers")),
        sa.UniqueConstraint("uri", name=op.f("uq_domain_answers_uri")),
    )
    op.create_index(op.f("ix_domain_answers_question_id"), "domain_answers", ["question_id"])
    op.create_table(
        "planned_suspensions",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("rule", columns.Json, nullable=False),
        sa.Column(
            "state",
            sa.Enum(*PLANS, name="planstate_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("announced_by", sa.String(255), nullable=False),
        sa.Column("announced_at", columns.Instant(), nullable=False),
        sa.Column("takes_place_at", columns.Instant(), nullable=False),
        sa.Column("settled_by", sa.String(255), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_suspensions")),
    )
    op.create_index(op.f("ix_planned_suspensions_domain"), "planned_suspensions", ["domain"])
    op.create_index("ix_planned_suspensions_state_takes_place_at", "planned_suspensions", ["state", "takes_place_at"])
    op.create_table(
        "planned_suspension_notices",
        sa.Column("plan_id", columns.BigId, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("following", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("told_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["planned_suspensions.id"], name=op.f("fk_planned_suspension_notices_plan_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_planned_suspension_notices_account_id")),
        sa.PrimaryKeyConstraint("plan_id", "account_id", name=op.f("pk_planned_suspension_notices")),
    )
    op.create_index(op.f("ix_planned_suspension_notices_account_id"), "planned_suspension_notices", ["account_id"])
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact", columns.Json, nullable=True))
        batch_op.add_column(sa.Column("contact_at", columns.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.drop_column("contact_at")
        batch_op.drop_column("contact")
    op.drop_table("planned_suspension_notices")
    op.drop_table("planned_suspensions")
    op.drop_table("domain_answers")
    op.drop_table("domain_questions")
