"""Appeals, statements of reasons, and who is kept out of a case."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


ORIGINS = ("hold", "report", "wave", "audit", "care", "retry")
ORIGINS_NOW = (*ORIGINS, "appeal")


def _origins(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_cases_caseorigin_word"), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch_op.create_check_constraint(op.f("ck_cases_caseorigin_word"), f"origin IN ({listed})")


def upgrade() -> None:
    _origins(ORIGINS_NOW)
    op.create_table(
        "case_exclusions",
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("moderator", sa.String(length=255), nullable=False),
        sa.Column("why", sa.String(length=64), nullable=False),
        sa.Column("until", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_exclusions_case_id")),
        sa.PrimaryKeyConstraint("case_id", "moderator", name=op.f("pk_case_exclusions")),
    )
    with op.batch_alter_table("case_exclusions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_exclusions_moderator"), ["moderator"], unique=False)

    op.create_table(
        "appeals",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("decision_id", columns.BigId, nullable=False),
        sa.Column(
            "by",
            sa.Enum("author", "reporter", name="party_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column("report_id", columns.BigId, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", columns.Instant(), nullable=False),
        sa.Column("deadline", columns.Instant(), nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("afresh_at", columns.Instant(), nullable=True),
        sa.Column("outside_at", columns.Instant(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "uphold",
                "overturn",
                "vary",
                "taken_back",
                name="appealoutcome_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answer_id", columns.BigId, nullable=True),
        sa.Column("closed_by", sa.String(length=255), nullable=True),
        sa.Column("closed_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appeals_case_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("case_id", name=op.f("uq_appeals_case_id")),
        sa.UniqueConstraint("decision_id", "uri", name=op.f("uq_appeals_decision_id_uri")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index("ix_appeals_closed_at", ["closed_at"], unique=False)
        batch_op.create_index("ix_appeals_uri_filed_at", ["uri", "filed_at"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("decision_id", columns.BigId, nullable=True),
        sa.Column("hold_id", columns.BigId, nullable=True),
        sa.Column("recipient", sa.String(length=2048), nullable=False),
        sa.Column("lang", sa.String(length=12), nullable=False),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("visibility", columns.Json, nullable=False),
        sa.Column("account", sa.String(length=24), nullable=True),
        sa.Column("provision", sa.String(length=24), nullable=True),
        sa.Column("ground", sa.String(length=24), nullable=False),
        sa.Column("rule_id", sa.String(length=64), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("automated_detection", sa.Boolean(), nullable=False),
        sa.Column("automated_decision", sa.String(length=12), nullable=False),
        sa.Column("content_types", columns.Json, nullable=False),
        sa.Column("content_language", sa.String(length=12), nullable=True),
        sa.Column("content_at", columns.Instant(), nullable=True),
        sa.Column("applied_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.Column("delivered_via", columns.Json, nullable=False),
        sa.Column("delivered_at", columns.Instant(), nullable=True),
        sa.Column("exempt_reason", sa.String(length=64), nullable=True),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_statements_decision_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_statements_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_statements_hold_id")),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index("ix_statements_made_at", ["made_at"], unique=False)
        batch_op.create_index("ix_statements_recipient_made_at", ["recipient", "made_at"], unique=False)

    op.create_table(
        "appeal_messages",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("appeal_id", columns.BigId, nullable=False),
        sa.Column("moderator", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_messages_appeal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_messages")),
    )
    with op.batch_alter_table("appeal_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_messages_appeal_id"), ["appeal_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("appeal_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_messages_appeal_id"))

    op.drop_table("appeal_messages")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index("ix_statements_recipient_made_at")
        batch_op.drop_index("ix_statements_made_at")
        batch_op.drop_index(batch_op.f("ix_statements_decision_id"))

    op.drop_table("statements")
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index("ix_appeals_uri_filed_at")
        batch_op.drop_index("ix_appeals_closed_at")

    op.drop_table("appeals")
    with op.batch_alter_table("case_exclusions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_exclusions_moderator"))

    op.drop_table("case_exclusions")
    op.execute("DELETE FROM decision_cases WHERE case_id IN (SELECT id FROM cases WHERE origin = 'appeal')")
    op.execute("DELETE FROM case_events WHERE case_id IN (SELECT id FROM cases WHERE origin = 'appeal')")
    op.execute("DELETE FROM case_subjects WHERE case_id IN (SELECT id FROM cases WHERE origin = 'appeal')")
    op.execute("DELETE FROM cases WHERE origin = 'appeal'")
    _origins(ORIGINS)
