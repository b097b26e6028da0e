"""Patterns: links, hashtags and names about which a person made a rule."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

KINDS = ("link", "hashtag", "name")
SEVERITIES = ("label", "limit", "hold", "reject")


def upgrade() -> None:
    op.create_table(
        "patterns",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="patternkind_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("pattern", sa.String(500), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(*SEVERITIES, name="patternseverity_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("lifted_by", sa.String(255), nullable=True),
        sa.Column("lifted_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patterns")),
    )
    op.create_index("ix_patterns_kind_pattern", "patterns", ["kind", "pattern"])
    op.create_index(op.f("ix_patterns_lifted_at"), "patterns", ["lifted_at"])


def downgrade() -> None:
    op.drop_table("patterns")
