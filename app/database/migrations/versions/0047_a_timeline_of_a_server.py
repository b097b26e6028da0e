"""Decisions and cases of a server, by when they came: for its timeline."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decisions_domain_made_at", "decisions", ["domain", "made_at"])
    op.create_index("ix_cases_author_domain_opened_at", "cases", ["author_domain", "opened_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_author_domain_opened_at", "cases")
    op.drop_index("ix_decisions_domain_made_at", "decisions")
