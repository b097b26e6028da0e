"""Quotes, terms and focal points."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WANTED = ("post", "replies", "again")
WANTED_NOW = ("post", "quoted", "stamp", "replies", "again")
KINDS = (
    *("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update"),
    *("admin.sign_up", "admin.report", "held", "released", "moderation_warning", "report_outcome"),
)
KINDS_NOW = (*KINDS[:8], "quote", "quoted_update", *KINDS[8:])


def _words(table: str, name: str, column: str, words: tuple[str, ...]) -> None:
    """Another closed set of words for a column."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        listed = ", ".join(f"'{word}'" for word in words)
        batch_op.create_check_constraint(op.f(name), f"{column} IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "quotes",
        sa.Column("post_pk", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("quoted_uri", sa.String(length=2048), nullable=False),
        sa.Column("quoted_pk", columns.BigId, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "rejected",
                "revoked",
                "deleted",
                name="quotestate_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("legacy", sa.Boolean(), nullable=False),
        sa.Column("authorization_uri", sa.String(length=2048), nullable=True),
        sa.Column("request_uri", sa.String(length=2048), nullable=True),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["post_pk"], ["posts.pk"], name=op.f("fk_quotes_post_pk")),
        sa.ForeignKeyConstraint(["quoted_pk"], ["posts.pk"], name=op.f("fk_quotes_quoted_pk")),
        sa.PrimaryKeyConstraint("post_pk", name=op.f("pk_quotes")),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index("ix_quotes_authorization_uri", ["authorization_uri"], unique=False)
        batch_op.create_index("ix_quotes_quoted_pk_state", ["quoted_pk", "state"], unique=False)
        batch_op.create_index("ix_quotes_quoted_uri", ["quoted_uri"], unique=False)
        batch_op.create_index("ix_quotes_request_uri", ["request_uri"], unique=False)

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("focus_x", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("focus_y", sa.Double(), nullable=True))

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("terms", columns.Json, nullable=True))
        batch_op.add_column(sa.Column("quoting", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("quotes_count", sa.Integer(), nullable=False, server_default="0"))

    _words("wanted", "ck_wanted_wanted_word", "what", WANTED_NOW)
    _words("notifications", "ck_notifications_notificationkind_word", "kind", KINDS_NOW)


def downgrade() -> None:
    op.execute("DELETE FROM wanted WHERE what IN ('quoted', 'stamp')")
    op.execute("DELETE FROM notifications WHERE kind IN ('quote', 'quoted_update')")
    _words("wanted", "ck_wanted_wanted_word", "what", WANTED)
    _words("notifications", "ck_notifications_notificationkind_word", "kind", KINDS)

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_column("quotes_count")
        batch_op.drop_column("quoting")
        batch_op.drop_column("terms")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_column("focus_y")
        batch_op.drop_column("focus_x")

    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.drop_index("ix_quotes_request_uri")
        batch_op.drop_index("ix_quotes_quoted_uri")
        batch_op.drop_index("ix_quotes_quoted_pk_state")
        batch_op.drop_index("ix_quotes_authorization_uri")

    op.drop_table("quotes")
