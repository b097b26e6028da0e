"""The index of evidence loses copies of staged cases, and what was deleted; from now on the database sees to that."""

# Steps that running code survives: expand here, backfill in a job, contract in a later version.

from __future__ import annotations

from alembic import op

from moderation.evidence import wordings

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

_KEY = {"sqlite": "rowid", "postgresql": "snapshot_id"}
_KEPT = "SELECT id FROM snapshots WHERE uri NOT LIKE 'urn:uuid:%'"


def upgrade() -> None:
    connection = op.get_bind()
    name = connection.dialect.name
    op.execute(f"DELETE FROM {wordings.NAME} WHERE {_KEY[name]} NOT IN ({_KEPT})")  # noqa: S608 - constants
    if name == "sqlite":  # else its files keep the words until they are merged
        op.execute(f"INSERT INTO {wordings.NAME} ({wordings.NAME}) VALUES ('optimize')")  # noqa: S608
    wordings.bind(connection)


def downgrade() -> None:
    wordings.unbind(op.get_bind())
