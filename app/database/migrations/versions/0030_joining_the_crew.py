"""Invitations to the crew, what it is paid, and what it signed."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crew_invitations",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("called", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "member",
                "trainee",
                "reviewer",
                "moderator",
                "lead",
                "admin",
                "child-safety",
                name="role_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("role_until", columns.Instant(), nullable=True),
        sa.Column("record", columns.Json, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("per_decision", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.Column("taken_by", sa.String(length=255), nullable=True),
        sa.Column("taken_at", columns.Instant(), nullable=True),
        sa.Column("withdrawn_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_crew_invitations_token_hash")),
    )
    op.create_table(
        "crew_terms",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("per_decision", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_terms")),
    )
    with op.batch_alter_table("crew_terms", schema=None) as batch_op:
        batch_op.create_index("ix_crew_terms_name_since", ["name", "since"], unique=False)

    op.create_table(
        "crew_undertakings",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_as", sa.String(length=200), nullable=False),
        sa.Column("signed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_undertakings")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_crew_undertakings_name_version")),
    )


def downgrade() -> None:
    op.drop_table("crew_undertakings")
    with op.batch_alter_table("crew_terms", schema=None) as batch_op:
        batch_op.drop_index("ix_crew_terms_name_since")

    op.drop_table("crew_terms")
    op.drop_table("crew_invitations")
