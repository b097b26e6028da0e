"""An index of the words of evidence, filled with what is kept: that is half a year's at most."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from moderation.evidence import wordings

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

_BATCH = 1000
_ROWS = sa.text(
    "SELECT id, author_handle, warning, text, context FROM snapshots "
    "WHERE id > :after AND uri NOT LIKE 'urn:uuid:%' ORDER BY id LIMIT :most"
)


def upgrade() -> None:
    connection = op.get_bind()
    wordings.make(connection)
    after = 0
    while rows := connection.execute(_ROWS, {"after": after, "most": _BATCH}).mappings().all():
        wordings.put(connection, {row["id"]: {**row, "context": _json(row["context"])} for row in rows})
        after = rows[-1]["id"]


def downgrade() -> None:
    wordings.unmake(op.get_bind())


def _json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value
