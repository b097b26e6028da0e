"""Writing many rows at once, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Insert, Table, func, insert, select
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


def insert_many(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; their ids are not asked for."""
    if values:
        session.execute(insert(table_of(row)), list(values))


def insert_ids(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the order of `values`."""
    if not values:
        return []
    if session.get_bind().dialect.name == "sqlite":
        return _insert_counting(session, row, values)
    return [int(found) for found in session.execute(_insert_returning(row), list(values)).scalars()]


def _insert_counting(session: Session, row: type[ModerationBase], values: Sequence[Mapping[str, Any]]) -> list[int]:
    """SQLite has one writer, and it counts up by one: the ids are the last ones. Row by row is four times slower."""
    table = table_of(row)
    if len(values) == 1:
        one = session.connection().execute(insert(table), dict(values[0]))
        return [int(one.lastrowid)]
    session.execute(insert(table), list(values))
    last = session.scalar(select(func.max(table.c.id))) or 0
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


@lru_cache(maxsize=64)
def _insert_returning(row: type[ModerationBase]) -> ReturningInsert[int]:
    table = table_of(row)
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@lru_cache(maxsize=64)
def _upsert(
    row: type[ModerationBase], dialect: str, add: tuple[str, ...], put: tuple[str, ...], key: tuple[str, ...]
) -> Insert:
    table = table_of(row)
    unique = [column for column in table.columns if column.unique] or list(table.primary_key.columns)
    unique = [table.c[name] for name in key] or unique
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    news: dict[str, Any] = {name: table.c[name] + statement.excluded[name] for name in add}
    news |= {name: statement.excluded[name] for name in put}
    if news:
        return statement.on_conflict_do_update(index_elements=unique, set_=news)
    return statement.on_conflict_do_nothing(index_elements=unique)


def slices(values: Iterable[T], size: int = IN_LIMIT) -> list[list[T]]:
    """The distinct values in lists that fit an IN."""
    whole = list(dict.fromkeys(values))
    return [whole[start : start + size] for start in range(0, len(whole), size)]
