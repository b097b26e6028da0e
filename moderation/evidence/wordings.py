"""An index of the words of evidence, by which a case is found: FTS5 on SQLite, a tsvector on PostgreSQL.

It is made with the table of snapshots, and goes with each of them: the database sees to that, whoever deletes. It can
be made anew from them at any time. Copies for staged cases aren't in it: one beside its original would say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, event, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql import column, table

from moderation.evidence.tables import SnapshotRow
from moderation.rows import slices
from moderation.spelling import MOST_CHARACTERS, words

NAME: Final = "evidence_search"
"""On SQLite the names of its shadow tables begin so, too."""
MOST_WORDS: Final = 20
"""Of what is looked for."""
MOST_PARTS: Final = 100
"""Of one piece of evidence: texts, choices of a poll, what is said of pictures."""
_KEY: Final = {"sqlite": "rowid", "postgresql": "snapshot_id"}
_MAKE: Final = {
    "sqlite": (f"CREATE VIRTUAL TABLE {NAME} USING fts5(words, tokenize='unicode61 remove_diacritics 0')",),
    "postgresql": (
        f"CREATE TABLE {NAME} (snapshot_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"CREATE INDEX ix_{NAME}_words ON {NAME} USING gin (words)",
    ),
}
_BIND: Final = {
    "sqlite": (
        f"CREATE TRIGGER IF NOT EXISTS {NAME}_goes AFTER DELETE ON snapshots "  # noqa: S608
        f"BEGIN DELETE FROM {NAME} WHERE rowid = old.id; END",
    ),
    "postgresql": (
        f"ALTER TABLE {NAME} DROP CONSTRAINT IF EXISTS fk_{NAME}_snapshot_id",
        f"ALTER TABLE {NAME} ADD CONSTRAINT fk_{NAME}_snapshot_id FOREIGN KEY (snapshot_id) "
        "REFERENCES snapshots (id) ON DELETE CASCADE",
    ),
}
_UNBIND: Final = {
    "sqlite": (f"DROP TRIGGER IF EXISTS {NAME}_goes",),
    "postgresql": (f"ALTER TABLE {NAME} DROP CONSTRAINT IF EXISTS fk_{NAME}_snapshot_id",),
}
_SQLITE: Final = table(NAME, column("rowid"), column("words"))
_POSTGRESQL: Final = table(NAME, column("snapshot_id"), column("words"))
_DROP = {
    name: text(f"DELETE FROM {NAME} WHERE {key} IN :ids").bindparams(bindparam("ids", expanding=True))  # noqa: S608
    for name, key in _KEY.items()
}
_PUT = {
    "sqlite": text(f"INSERT INTO {NAME} (rowid, words) VALUES (:id, :words)"),  # noqa: S608
    "postgresql": text(f"INSERT INTO {NAME} (snapshot_id, words) VALUES (:id, to_tsvector('simple', :words))"),  # noqa: S608
}


def make(connection: Connection) -> None:
    """Make the index, empty."""
    for statement in _MAKE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def bind(connection: Connection) -> None:
    """Have the database take out what is deleted from the table of snapshots. Done already, it changes nothing."""
    for statement in _BIND[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def unbind(connection: Connection) -> None:
    """Leave that to whoever deletes. A migration that makes the table of snapshots anew on SQLite binds again."""
    for statement in _UNBIND[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def unmake(connection: Connection) -> None:
    """Forget it."""
    unbind(connection)
    connection.exec_driver_sql(f"DROP TABLE {NAME}")


@event.listens_for(SnapshotRow.__table__, "after_create")
def _with_its_table(_target: Any, connection: Connection, **_options: Any) -> None:
    make(connection)
    bind(connection)


def put(connection: Connection, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Put snapshots in, by their ids, each with its columns."""
    said = [{"id": number, "words": " ".join(words(_text(row)))} for number, row in rows.items()]
    if said:
        connection.execute(_PUT[connection.dialect.name], said)


def again(session: Session, ids: Iterable[int]) -> None:
    """Put snapshots in once more that were taken out."""
    names = (SnapshotRow.author_handle, SnapshotRow.warning, SnapshotRow.text, SnapshotRow.context)
    for part in slices(sorted(set(ids))):
        drop(session, part)
        found = session.execute(select(SnapshotRow.id, *names).where(SnapshotRow.id.in_(part)))
        put(session.connection(), {row.id: row._asdict() for row in found})


def drop(session: Session, ids: Sequence[int], *, at_once: bool = False) -> None:
    """Take snapshots out; `at_once`: so that no file has their words any more, which SQLite else does later."""
    name = session.get_bind().dialect.name
    for part in slices(ids):
        session.execute(_DROP[name], {"ids": list(part)})
    if at_once and name == "sqlite":
        session.execute(text(f"INSERT INTO {NAME} ({NAME}) VALUES ('optimize')"))  # noqa: S608


def having(session: Session, asked: str, limit: int) -> Select[Any] | None:
    """The ids of the latest snapshots, at most so many, that have all the words, the last of them as a beginning; None
    where nothing was asked that is a word."""
    wanted = words(asked)[:MOST_WORDS]
    if not wanted:
        return None
    if session.get_bind().dialect.name == "sqlite":
        said = " AND ".join(f'"{word}"' for word in wanted) + "*"
        matched = text(f"{NAME} MATCH :wordings").bindparams(wordings=said)
        return select(_SQLITE.c.rowid).where(matched).order_by(_SQLITE.c.rowid.desc()).limit(limit)
    query = func.to_tsquery("simple", " & ".join(f"'{word}'" for word in wanted) + ":*")
    index = _POSTGRESQL.c
    return select(index.snapshot_id).where(index.words.op("@@")(query)).order_by(index.snapshot_id.desc()).limit(limit)


def _text(row: Mapping[str, Any]) -> str:
    """Every word of it that its readers see, and whose it is."""
    context = row["context"]
    pictures = [str(one.get("description", "")) for one in context.get("media", [])]
    parts = [row["author_handle"], row["warning"], row["text"], *context.get("poll_options", []), *pictures]
    return "\n".join(part[:MOST_CHARACTERS] for part in parts[:MOST_PARTS])
