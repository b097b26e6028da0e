"""The index of words: FTS5 on SQLite, a tsvector on PostgreSQL. It can be made anew from the posts at any time."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection
from sqlalchemy.sql import column, table

from moderation.evidence import wordings

NAME: Final = "post_search"
"""On SQLite the names of its shadow tables begin so, too."""
ROW: Final = {"sqlite": "rowid", "postgresql": "post_pk"}
_MAKE: Final = {
    "sqlite": (f"CREATE VIRTUAL TABLE {NAME} USING fts5(words, tokenize='unicode61 remove_diacritics 0')",),
    "postgresql": (
        f"CREATE TABLE {NAME} (post_pk BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"CREATE INDEX ix_{NAME}_words ON {NAME} USING gin (words)",
    ),
}
SQLITE: Final = table(NAME, column("rowid"), column("words"))
POSTGRESQL: Final = table(NAME, column("post_pk"), column("words"))


def make(connection: Connection) -> None:
    """Make the index, empty."""
    for statement in _MAKE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Forget it."""
    connection.exec_driver_sql(f"DROP TABLE {NAME}")


def is_described(name: str | None, kind: str, _parents: object = None) -> bool:
    """Whether a table is one of the metadata's: this one isn't, nor is that of evidence. No column type of theirs fits
    both databases."""
    return not (kind == "table" and name is not None and name.startswith((NAME, wordings.NAME)))
