"""Who works when."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew_attendance",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("began_at", columns.Instant(), nullable=False),
        sa.Column("seen_at", columns.Instant(), nullable=False),
        sa.Column("left_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_attendance")),
    )
    with op.batch_alter_table("crew_attendance", schema=None) as batch_op:
        batch_op.create_index("ix_crew_attendance_name_began_at", ["name", "began_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crew_attendance_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "crew_consents",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("given_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", "week", name=op.f("pk_crew_consents")),
    )
    op.create_table(
        "crew_sheets",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("figures", columns.Json, nullable=False),
        sa.Column("signed_as", sa.String(length=200), nullable=False),
        sa.Column("approved_by", sa.String(length=255), nullable=False),
        sa.Column("approved_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_sheets")),
        sa.UniqueConstraint("name", "begins_on", name=op.f("uq_crew_sheets_name_begins_on")),
        sa.UniqueConstraint("number", name=op.f("uq_crew_sheets_number")),
    )
    op.create_table(
        "crew_shifts",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_shifts")),
    )
    with op.batch_alter_table("crew_shifts", schema=None) as batch_op:
        batch_op.create_index("ix_crew_shifts_begins_at", ["begins_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_crew_shifts_name"), ["name"], unique=False)

    op.create_table(
        "crew_stretches",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cases",
                "appeals",
                "training",
                "break",
                "relief",
                name="stretchkind_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("began_at", columns.Instant(), nullable=False),
        sa.Column("ended_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_stretches")),
    )
    with op.batch_alter_table("crew_stretches", schema=None) as batch_op:
        batch_op.create_index("ix_crew_stretches_name_began_at", ["name", "began_at"], unique=False)

    op.create_table(
        "crew_corrections",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.String(length=255), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("ruled_by", sa.String(length=255), nullable=True),
        sa.Column("ruled_at", columns.Instant(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("sheet_id", columns.BigId, nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["crew_sheets.id"], name=op.f("fk_crew_corrections_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_corrections")),
    )
    with op.batch_alter_table("crew_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_crew_corrections_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_crew_corrections_sheet_id"), ["sheet_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("crew_corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_corrections_sheet_id"))
        batch_op.drop_index(batch_op.f("ix_crew_corrections_name"))

    op.drop_table("crew_corrections")
    with op.batch_alter_table("crew_stretches", schema=None) as batch_op:
        batch_op.drop_index("ix_crew_stretches_name_began_at")

    op.drop_table("crew_stretches")
    with op.batch_alter_table("crew_shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_shifts_name"))
        batch_op.drop_index("ix_crew_shifts_begins_at")

    op.drop_table("crew_shifts")
    op.drop_table("crew_sheets")
    op.drop_table("crew_consents")
    with op.batch_alter_table("crew_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_crew_attendance_seen_at"))
        batch_op.drop_index("ix_crew_attendance_name_began_at")

    op.drop_table("crew_attendance")
