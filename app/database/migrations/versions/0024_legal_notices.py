"""Legal notices by people without an account."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "legal_notices",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unconfirmed",
                "filed",
                "answered",
                name="noticestate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("children", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_lower", sa.String(length=320), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("urls", columns.Json, nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("report_id", columns.BigId, nullable=True),
        sa.Column("given_at", columns.Instant(), nullable=False),
        sa.Column("filed_at", columns.Instant(), nullable=True),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_notices")),
    )
    with op.batch_alter_table("legal_notices", schema=None) as batch_op:
        batch_op.create_index("ix_legal_notices_email_lower", ["email_lower"], unique=False)
        batch_op.create_index("ix_legal_notices_state_given_at", ["state", "given_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_legal_notices_report_id"), ["report_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("legal_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_notices_report_id"))
        batch_op.drop_index("ix_legal_notices_state_given_at")
        batch_op.drop_index("ix_legal_notices_email_lower")

    op.drop_table("legal_notices")
