"""Who is barred from signing up."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "barred_mail_domains",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("with_approval", sa.Boolean(), nullable=False),
        sa.Column("barred_by", sa.String(length=255), nullable=False),
        sa.Column("barred_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barred_mail_domains")),
        sa.UniqueConstraint("domain", name=op.f("uq_barred_mail_domains_domain")),
    )
    op.create_table(
        "barred_mailboxes",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("barred_by", sa.String(length=255), nullable=False),
        sa.Column("barred_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barred_mailboxes")),
        sa.UniqueConstraint("digest", name=op.f("uq_barred_mailboxes_digest")),
    )
    op.create_table(
        "barred_networks",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "approval", "block", name="networkseverity_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("barred_by", sa.String(length=255), nullable=False),
        sa.Column("barred_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barred_networks")),
        sa.UniqueConstraint("network", name=op.f("uq_barred_networks_network")),
    )


def downgrade() -> None:
    op.drop_table("barred_networks")
    op.drop_table("barred_mailboxes")
    op.drop_table("barred_mail_domains")
