"""Before a closed door: a waiting list, organisations that ask for invitations, other servers that the admins name."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

WAITING = ("unconfirmed", "waiting", "invited")
REQUESTS = ("unconfirmed", "open", "granted", "declined")


def _states(words: tuple[str, ...], name: str) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)
    return sa.Column("state", kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "waiting_list",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        _states(WAITING, "waitingstate_word"),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_lower", sa.String(320), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("locale", sa.String(12), nullable=False),
        sa.Column("invitation_hash", sa.String(64), nullable=True),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("confirmed_at", columns.Instant(), nullable=True),
        sa.Column("invited_at", columns.Instant(), nullable=True),
        sa.Column("last_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
        sa.UniqueConstraint("handle", name=op.f("uq_waiting_list_handle")),
        sa.UniqueConstraint("email_lower", name=op.f("uq_waiting_list_email_lower")),
    )
    op.create_index("ix_waiting_list_state_last_at", "waiting_list", ["state", "last_at"])
    op.create_index(op.f("ix_waiting_list_invitation_hash"), "waiting_list", ["invitation_hash"])
    op.create_table(
        "organisation_requests",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        _states(REQUESTS, "requeststate_word"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("website", sa.String(500), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(12), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(255), nullable=True),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("last_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_requests")),
        sa.UniqueConstraint("handle", name=op.f("uq_organisation_requests_handle")),
    )
    op.create_index("ix_organisation_requests_state_last_at", "organisation_requests", ["state", "last_at"])
    op.create_table(
        "other_doors",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("host", sa.String(300), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("about_en", sa.String(300), nullable=False),
        sa.Column("about_fr", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_doors")),
        sa.UniqueConstraint("url", name=op.f("uq_other_doors_url")),
    )


def downgrade() -> None:
    op.drop_table("other_doors")
    op.drop_table("organisation_requests")
    op.drop_table("waiting_list")
