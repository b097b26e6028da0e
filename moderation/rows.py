"""Writing many rows at once, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Executable, Insert, Table, column, func, insert, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from moderation.base import ModerationBase

T = TypeVar("T")
IN_LIMIT = 500
"""How many values one IN list carries."""


def table_of(row: type[ModerationBase]) -> Table:
    """The table behind a row class, for statements that handle many rows."""
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101 - a declarative class without inheritance has one
    return table


def ask(
    session: Session, statement: Executable, parameters: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Ask for columns, for which a session needn't do what it does for its objects: it takes half the time.

    What waits in the session to be flushed isn't seen.
    """
    return session.connection().execute(statement, parameters)


def insert_many(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; their ids are not asked for."""
    if values:
        session.execute(_insert(row), list(values))


def as_stored(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as the driver takes them: reckoned before a write, since that is most of what inserting thousands costs."""
    dialect = session.get_bind().dialect
    found = {each.name: each.type.dialect_impl(dialect).bind_processor(dialect) for each in table_of(row).columns}
    makers = {name: maker for name, maker in found.items() if maker is not None}
    return [{name: makers[name](value) if name in makers else value for name, value in one.items()} for one in values]


def insert_stored(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that `as_stored` made."""
    if values:
        session.execute(insert(table(table_of(row).name, *map(column, values[0]))), list(values))


def insert_ids(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the order of `values`."""
    if not values:
        return []
    if session.get_bind().dialect.name == "sqlite":
        return _insert_counting(session, row, values)
    return [int(found) for found in session.execute(_insert_returning(row), list(values)).scalars()]


def _insert_counting(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> list[int]:
    """SQLite has one writer, and it counts up by one: the ids are the last ones. Row by row is four times slower."""
    rows = table_of(row)
    if len(values) == 1:
        one = session.connection().execute(_insert(row), dict(values[0]))
        return [int(one.lastrowid)]
    session.execute(_insert(row), list(values))
    last = session.scalar(select(func.max(rows.c.id))) or 0
    return list(range(last - len(values) + 1, last + 1))


def upsert(
    session: Session,
    row: type[ModerationBase],
    values: Sequence[Mapping[str, Any]],
    *,
    add: tuple[str, ...] = (),
    put: tuple[str, ...] = (),
    key: tuple[str, ...] = (),
) -> None:
    """Insert rows, or where the key is there already add up `add` and overwrite `put`; else leave them.

    `key`: columns that are unique together, where that is neither the primary key nor one column alone.
    """
    if values:
        session.execute(_upsert(row, session.get_bind().dialect.name, add, put, key), list(values))


@lru_cache(maxsize=256)
def _insert(row: type[ModerationBase]) -> Insert:
    """Made once for each table: each post is written with several of them."""
    return insert(table_of(row))


@lru_cache(maxsize=64)
def _insert_returning(row: type[ModerationBase]) -> ReturningInsert[int]:
    rows = table_of(row)
    return insert(rows).returning(rows.c.id, sort_by_parameter_order=True)


@lru_cache(maxsize=64)
def _upsert(
    row: type[ModerationBase], dialect: str, add: tuple[str, ...], put: tuple[str, ...], key: tuple[str, ...]
) -> Insert:
    rows = table_of(row)
    unique = [each for each in rows.columns if each.unique] or list(rows.primary_key.columns)
    unique = [rows.c[name] for name in key] or unique
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(rows)
    news: dict[str, Any] = {name: rows.c[name] + statement.excluded[name] for name in add}
    news |= {name: statement.excluded[name] for name in put}
    if news:
        return statement.on_conflict_do_update(index_elements=unique, set_=news)
    return statement.on_conflict_do_nothing(index_elements=unique)


def slices(values: Iterable[T], size: int = IN_LIMIT) -> list[list[T]]:
    """The distinct values in lists that fit an IN."""
    whole = list(dict.fromkeys(values))
    return [whole[start : start + size] for start in range(0, len(whole), size)]
