"""How hosts want requests signed, further keys of actors, and an Ed25519 key for ours."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actor_keys",
        sa.Column("key_id", sa.String(length=2048), nullable=False),
        sa.Column("actor_id", columns.BigId, nullable=False),
        sa.Column("public_key_pem", sa.Text(), nullable=False),
        sa.Column("fetched_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actors.id"], name=op.f("fk_actor_keys_actor_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_actor_keys")),
    )
    with op.batch_alter_table("actor_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_keys_actor_id"), ["actor_id"], unique=False)

    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ed25519_private_pem", sa.Text(), nullable=True))

    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "signature_form",
                sa.Enum("cavage", "rfc9421", name="form_word", native_enum=False, create_constraint=True, length=24),
                nullable=True,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("instances", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_instances_form_word"), type_="check")
        batch_op.drop_column("signature_form")

    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.drop_column("ed25519_private_pem")

    with op.batch_alter_table("actor_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actor_keys_actor_id"))

    op.drop_table("actor_keys")
