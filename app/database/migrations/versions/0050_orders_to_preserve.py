"""Orders to preserve, and sealed copies of what was deleted under them."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_ORDER = ("account", "post", "case", "domain")
_COPY = ("post", "account")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "preservation_orders",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("kind", _words("orderkind_word", *_ORDER), nullable=False),
        sa.Column("target", sa.String(length=2048), nullable=False),
        sa.Column("case_id", columns.BigId, nullable=True),
        sa.Column("ordered_by", sa.String(length=500), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("begins_at", columns.Instant(), nullable=False),
        sa.Column("ends_at", columns.Instant(), nullable=True),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("lifted_by", sa.String(length=255), nullable=True),
        sa.Column("lifted_at", columns.Instant(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_preservation_orders_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preservation_orders")),
    )
    op.create_index("ix_preservation_orders_kind_target", "preservation_orders", ["kind", "target"])
    op.create_index(op.f("ix_preservation_orders_case_id"), "preservation_orders", ["case_id"])
    op.create_table(
        "preserved_copies",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("kind", _words("copykind_word", *_COPY), nullable=False),
        sa.Column("uri", sa.String(length=2048), nullable=False),
        sa.Column("author_uri", sa.String(length=2048), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preserved_copies")),
        sa.UniqueConstraint("place", name=op.f("uq_preserved_copies_place")),
    )
    op.create_index(op.f("ix_preserved_copies_uri"), "preserved_copies", ["uri"])
    op.create_table(
        "preserved_pictures",
        sa.Column("copy_id", columns.BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["preserved_copies.id"], name=op.f("fk_preserved_pictures_copy_id")),
        sa.PrimaryKeyConstraint("copy_id", "key", name=op.f("pk_preserved_pictures")),
    )
    op.create_index(op.f("ix_preserved_pictures_key"), "preserved_pictures", ["key"])


def downgrade() -> None:
    op.drop_table("preserved_pictures")
    op.drop_table("preserved_copies")
    op.drop_table("preservation_orders")
