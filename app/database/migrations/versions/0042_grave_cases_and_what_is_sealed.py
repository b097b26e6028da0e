"""Grave cases and what is sealed."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


STATES = ("open", "claimed", "escalated", "decided", "closed")
STATES_NOW = (*STATES, "sealed")


def _states(words: tuple[str, ...]) -> None:
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_cases_casestate_word"), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch_op.create_check_constraint(op.f("ck_cases_casestate_word"), f"state IN ({listed})")


def upgrade() -> None:
    _states(STATES_NOW)
    op.create_table(
        "grave_cases",
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "child_safety",
                "threat_to_life",
                name="gravekind_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "raised",
                "reported",
                "released",
                "destroyed",
                name="gravestate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("raised_by", sa.String(length=255), nullable=False),
        sa.Column("raised_at", columns.Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("reported_to", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("reported_by", sa.String(length=255), nullable=True),
        sa.Column("reported_at", columns.Instant(), nullable=True),
        sa.Column("keep_until", columns.Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=255), nullable=True),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_grave_cases_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_grave_cases")),
    )
    with op.batch_alter_table("grave_cases", schema=None) as batch_op:
        batch_op.create_index("ix_grave_cases_kind_state", ["kind", "state"], unique=False)

    op.create_table(
        "listed_hashes",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "child_safety",
                "threat_to_life",
                name="gravekind_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("case_id", columns.BigId, nullable=True),
        sa.Column("listed_by", sa.String(length=255), nullable=False),
        sa.Column("listed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_listed_hashes_case_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_listed_hashes")),
    )
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listed_hashes_case_id"), ["case_id"], unique=False)

    op.create_table(
        "sealed_items",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("case_id", columns.BigId, nullable=False),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("words", "file", name="sealedkind_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("plain", sa.String(length=1024), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("sealed_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sealed_items_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_items")),
        sa.UniqueConstraint("place", name=op.f("uq_sealed_items_place")),
    )
    with op.batch_alter_table("sealed_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_items_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_sealed_items_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_sealed_items_sealed_at", ["sealed_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sealed_items", schema=None) as batch_op:
        batch_op.drop_index("ix_sealed_items_sealed_at")
        batch_op.drop_index(batch_op.f("ix_sealed_items_case_id"))
        batch_op.drop_index(batch_op.f("ix_sealed_items_address"))

    op.drop_table("sealed_items")
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listed_hashes_case_id"))

    op.drop_table("listed_hashes")
    with op.batch_alter_table("grave_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_grave_cases_kind_state")

    op.drop_table("grave_cases")
    op.execute("UPDATE cases SET state = 'closed' WHERE state = 'sealed'")
    _states(STATES)
