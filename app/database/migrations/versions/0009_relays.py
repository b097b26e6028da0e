"""Relays, and which posts came by one."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relays",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column(
            "style",
            sa.Enum(
                "mastodon", "litepub", name="relaystyle_word", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("inbox_url", sa.String(length=2048), nullable=False),
        sa.Column("actor_id", columns.BigId, nullable=True),
        sa.Column("follow_uri", sa.String(length=2048), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "refused",
                "removed",
                name="relaystate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("came", columns.BigId, nullable=False),
        sa.Column("shown", columns.BigId, nullable=False),
        sa.Column("held", columns.BigId, nullable=False),
        sa.Column("added_by", sa.String(length=255), nullable=False),
        sa.Column("added_at", columns.Instant(), nullable=False),
        sa.Column("answered_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_relays_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relays")),
        sa.UniqueConstraint("address", name=op.f("uq_relays_address")),
    )
    with op.batch_alter_table("relays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relays_actor_id"), ["actor_id"], unique=False)

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("via_relay", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_column("via_relay")

    with op.batch_alter_table("relays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relays_actor_id"))

    op.drop_table("relays")
