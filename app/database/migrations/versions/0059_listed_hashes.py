"""Lists of hashes, and what is remembered of files that were seen."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from moderation import columns

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

SEVERITIES = ("sensitive", "hold", "reject", "quarantine")
KINDS = ("md5", "sha1", "sha256", "pdq")
NAME = "child_safety"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    for table in ("uploads", "cached_media"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("seen", columns.Json, nullable=True))
    listed = op.get_bind().execute(
        sa.text("SELECT sha256, case_id, listed_by, listed_at FROM listed_hashes").columns(listed_at=columns.Instant())
    )
    kept = [dict(row._mapping) for row in listed]
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listed_hashes_case_id"))
    op.drop_table("listed_hashes")
    lists = op.create_table(
        "hash_lists",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("severity", _words("listseverity_word", *SEVERITIES), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("made_at", columns.Instant(), nullable=False),
        sa.Column("off_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hash_lists")),
        sa.UniqueConstraint("name", name=op.f("uq_hash_lists_name")),
    )
    hashes = op.create_table(
        "listed_hashes",
        sa.Column("id", columns.BigId, nullable=False),
        sa.Column("list_id", columns.BigId, nullable=False),
        sa.Column("kind", _words("hashkind_word", *KINDS), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_at", columns.Instant(), nullable=True),
        sa.Column("case_id", columns.BigId, nullable=True),
        sa.Column("decision_id", columns.BigId, nullable=True),
        sa.Column("listed_by", sa.String(255), nullable=False),
        sa.Column("listed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["hash_lists.id"], name=op.f("fk_listed_hashes_list_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_listed_hashes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_hashes")),
        sa.UniqueConstraint("list_id", "kind", "digest", name=op.f("uq_listed_hashes_list_id_kind_digest")),
    )
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listed_hashes_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listed_hashes_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index("ix_listed_hashes_kind_digest", ["kind", "digest"], unique=False)
    if kept:
        _keep(lists, hashes, kept)


def _keep(lists: sa.Table, hashes: sa.Table, kept: list[dict[str, Any]]) -> None:
    """What sealed cases listed stands on a list of its own."""
    connection = op.get_bind()
    made = {
        "name": NAME,
        "origin": "",
        "severity": "quarantine",
        "label": "sexual",
        "version": 1,
        "made_by": "ostiary",
        "made_at": min(row["listed_at"] for row in kept),
    }
    connection.execute(sa.insert(lists), [made])
    number = connection.execute(sa.select(lists.c.id)).scalar()
    rows = [
        {
            "list_id": number,
            "kind": "sha256",
            "digest": row["sha256"],
            "reason": "",
            "case_id": row["case_id"],
            "listed_by": row["listed_by"],
            "listed_at": row["listed_at"],
        }
        for row in kept
    ]
    connection.execute(sa.insert(hashes), rows)


def downgrade() -> None:
    kept = op.get_bind().execute(
        sa.text(
            "SELECT digest, MIN(case_id) AS case_id, MIN(listed_by) AS listed_by, MIN(listed_at) AS listed_at"
            " FROM listed_hashes WHERE kind = 'sha256' AND case_id IS NOT NULL GROUP BY digest"
        ).columns(listed_at=columns.Instant())
    )
    rows = [dict(row._mapping) for row in kept]
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.drop_index("ix_listed_hashes_kind_digest")
        batch_op.drop_index(batch_op.f("ix_listed_hashes_decision_id"))
        batch_op.drop_index(batch_op.f("ix_listed_hashes_case_id"))
    op.drop_table("listed_hashes")
    op.drop_table("hash_lists")
    before = op.create_table(
        "listed_hashes",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("why", _words("gravekind_word", "child_safety", "threat_to_life"), nullable=False),
        sa.Column("case_id", columns.BigId, nullable=True),
        sa.Column("listed_by", sa.String(255), nullable=False),
        sa.Column("listed_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_listed_hashes_case_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_listed_hashes")),
    )
    with op.batch_alter_table("listed_hashes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listed_hashes_case_id"), ["case_id"], unique=False)
    if rows:
        again = [{"sha256": row.pop("digest"), "why": NAME, **row} for row in rows]
        op.get_bind().execute(sa.insert(before), again)
    for table in ("uploads", "cached_media"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("seen")
