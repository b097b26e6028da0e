"""Instance rules: what they say by version, what they matched, and trials on the past."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

STATES = ("draft", "shadow", "live", "off")
MODES = ("shadow", "live", "failed")
TRIALS = ("waiting", "done", "called_off")
SEVERITIES = ("label", "limit", "hold", "reject")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "instance_rules",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("state", _words("rulestate_word", *STATES), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cluster_id", columns.BigId, nullable=True),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_rules")),
        sa.UniqueConstraint("cluster_id", name=op.f("uq_instance_rules_cluster_id")),
    )
    op.create_index(op.f("ix_instance_rules_changed_at"), "instance_rules", ["changed_at"])
    op.create_table(
        "instance_rule_versions",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("rule_id", columns.BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expression", sa.Text(), nullable=False),
        sa.Column("severity", _words("patternseverity_word", *SEVERITIES), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["instance_rules.id"], name=op.f("fk_instance_rule_versions_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_rule_versions")),
        sa.UniqueConstraint("rule_id", "number", name=op.f("uq_instance_rule_versions_rule_id_number")),
    )
    op.create_table(
        "instance_rule_hits",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("rule_id", columns.BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uri", sa.String(2048), nullable=False),
        sa.Column("mode", _words("hitmode_word", *MODES), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["instance_rules.id"], name=op.f("fk_instance_rule_hits_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_rule_hits")),
        sa.UniqueConstraint("rule_id", "version", "uri", name=op.f("uq_instance_rule_hits_rule_id_version_uri")),
    )
    op.create_index("ix_instance_rule_hits_rule_id_at", "instance_rule_hits", ["rule_id", "at"])
    op.create_index("ix_instance_rule_hits_at", "instance_rule_hits", ["at"])
    op.create_table(
        "instance_rule_trials",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("rule_id", columns.BigId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", _words("trialstate_word", *TRIALS), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("next_id", columns.BigId, nullable=True),
        sa.Column("result", columns.Json, nullable=False),
        sa.Column("asked_by", sa.String(255), nullable=False),
        sa.Column("asked_at", columns.Instant(), nullable=False),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["instance_rules.id"], name=op.f("fk_instance_rule_trials_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_rule_trials")),
    )
    op.create_index(op.f("ix_instance_rule_trials_rule_id"), "instance_rule_trials", ["rule_id"])
    op.create_index(op.f("ix_instance_rule_trials_state"), "instance_rule_trials", ["state"])


def downgrade() -> None:
    op.drop_table("instance_rule_trials")
    op.drop_table("instance_rule_hits")
    op.drop_table("instance_rule_versions")
    op.drop_table("instance_rules")
