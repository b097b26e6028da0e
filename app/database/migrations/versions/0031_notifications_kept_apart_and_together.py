"""notifications kept apart and together."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


NAME = "ck_notifications_notificationkind_word"
KINDS = (
    *("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote"),
    *("quoted_update", "admin.sign_up", "admin.report", "held", "released", "moderation_warning", "report_outcome"),
)


def _listed(*words: str) -> str:
    return "kind IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    op.create_table(
        "notification_permissions",
        sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("from_actor_id", columns.BigId, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_notification_permissions_account_id")),
        sa.ForeignKeyConstraint(
            ["from_actor_id"], ["actors.id"], name=op.f("fk_notification_permissions_from_actor_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "from_actor_id", name=op.f("pk_notification_permissions")),
    )
    with op.batch_alter_table("notification_permissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_permissions_from_actor_id"), ["from_actor_id"], unique=False)

    op.create_table(
        "notification_policies",
        sa.Column("account_id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("choices", columns.Json, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_notification_policies_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notification_policies")),
    )
    op.create_table(
        "notification_requests",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column("from_actor_id", columns.BigId, nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("updated_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_notification_requests_account_id")),
        sa.ForeignKeyConstraint(["from_actor_id"], ["actors.id"], name=op.f("fk_notification_requests_from_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_requests")),
        sa.UniqueConstraint(
            "account_id", "from_actor_id", name=op.f("uq_notification_requests_account_id_from_actor_id")
        ),
    )
    with op.batch_alter_table("notification_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_requests_from_actor_id"), ["from_actor_id"], unique=False)

    op.create_table(
        "severances",
        sa.Column("id", columns.BigId, autoincrement=False, nullable=False),
        sa.Column("account_id", columns.BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "domain_block",
                "user_domain_block",
                name="severancekind_word",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("target_name", sa.String(length=300), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("following", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["actors.id"], name=op.f("fk_severances_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_severances")),
    )
    with op.batch_alter_table("severances", schema=None) as batch_op:
        batch_op.create_index("ix_severances_account_id_target_name", ["account_id", "target_name"], unique=False)

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_key", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("filtered", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), _listed(*KINDS, "severed_relationships"))
        batch_op.create_index("ix_notifications_account_id_group_key", ["account_id", "group_key"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM notifications WHERE kind = 'severed_relationships'")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_account_id_group_key")
        batch_op.drop_column("filtered")
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), _listed(*KINDS))
        batch_op.drop_column("group_key")

    with op.batch_alter_table("severances", schema=None) as batch_op:
        batch_op.drop_index("ix_severances_account_id_target_name")

    op.drop_table("severances")
    with op.batch_alter_table("notification_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_requests_from_actor_id"))

    op.drop_table("notification_requests")
    op.drop_table("notification_policies")
    with op.batch_alter_table("notification_permissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_permissions_from_actor_id"))

    op.drop_table("notification_permissions")
