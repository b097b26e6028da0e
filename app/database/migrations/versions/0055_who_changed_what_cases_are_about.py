"""Who edited or deleted what cases are about."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_WHAT = ("edited", "deleted", "purged")
_BY = ("author", "server", "staff", "purge")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "evidence_changes",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column("what", _words("changekind_word", *_WHAT), nullable=False),
        sa.Column("by", _words("changedby_word", *_BY), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_changes")),
    )
    with op.batch_alter_table("evidence_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_changes_uri"), ["uri"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("evidence_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_changes_uri"))
    op.drop_table("evidence_changes")
