"""Terms and privacy are kept in versions."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terms_versions",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column(
            "document",
            sa.Enum("terms", "privacy", name="document_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("sections", columns.Json, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_versions")),
        sa.UniqueConstraint("document", "number", name=op.f("uq_terms_versions_document_number")),
    )
    with op.batch_alter_table("terms_versions", schema=None) as batch_op:
        batch_op.create_index("ix_terms_versions_document_made_at", ["document", "made_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("terms_versions", schema=None) as batch_op:
        batch_op.drop_index("ix_terms_versions_document_made_at")

    op.drop_table("terms_versions")
