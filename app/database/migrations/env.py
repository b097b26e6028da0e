"""Alembic's entry: runs on the connection that app.database.migrate hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, BigInteger, MetaData

from app.database.schema import METADATA
from app.search import schema as search
from moderation.base import NAMING
from moderation.columns import Instant


def both() -> MetaData:
    """Moderation's and the app's tables in one: Alembic names constraints by one convention only."""
    together = MetaData(naming_convention=NAMING)
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def column_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types by their names: they mean the right thing on each database."""
    if kind == "type":
        if isinstance(item, Instant):
            return "columns.Instant()"
        if isinstance(item, JSON):
            return "columns.Json"
        if isinstance(item, BigInteger):
            return "columns.BigId"
    return False


connection = context.config.attributes["connection"].execution_options(ostiary_write=True)
sqlite = connection.dialect.name == "sqlite"
if sqlite:
    # Altering a table there means making it anew; that must not fire its references. A pragma is
    # heeded outside of transactions only.
    connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
context.configure(
    connection=connection,
    target_metadata=both(),
    render_as_batch=sqlite,
    compare_type=True,
    include_name=search.is_described,
    render_item=column_type,
    transactional_ddl=True,
)
with context.begin_transaction():
    if not sqlite:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    context.run_migrations()
if sqlite:
    connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
