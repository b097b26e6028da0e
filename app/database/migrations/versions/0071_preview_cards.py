"""Cards of pages that posts link to."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

STATES = ("wanted", "ready", "refused", "nothing")


def upgrade() -> None:
    op.create_table(
        "preview_cards",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="cardstate_word", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("site", sa.String(200), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("language", sa.String(12), nullable=True),
        sa.Column("picture_url", sa.String(1000), nullable=True),
        sa.Column("picture_description", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("fetched_at", columns.Instant(), nullable=True),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_cards")),
        sa.UniqueConstraint("url", name=op.f("uq_preview_cards_url")),
    )
    op.create_index("ix_preview_cards_next_at", "preview_cards", ["next_at"])
    op.create_table(
        "post_cards",
        sa.Column("post_pk", columns.BigId, nullable=False),
        sa.Column("card_id", columns.BigId, nullable=False),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_post_cards_post_pk")),
        sa.ForeignKeyConstraint(["card_id"], ["preview_cards.id"], name=op.f("fk_post_cards_card_id")),
        sa.PrimaryKeyConstraint("post_pk", name=op.f("pk_post_cards")),
    )
    op.create_index(op.f("ix_post_cards_card_id"), "post_cards", ["card_id"])


def downgrade() -> None:
    op.drop_table("post_cards")
    op.drop_table("preview_cards")
