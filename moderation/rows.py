"""Writing many rows at once, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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
    table = table_of(row)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(found) for found in session.execute(statement, list(values)).scalars()]


def upsert(
    session: Session,
    row: type[ModerationBase],
    values: Sequence[Mapping[str, Any]],
    *,
    add: Sequence[str] = (),
    put: Sequence[str] = (),
) -> None:
    """Insert rows, or where the key is there already add up `add` and overwrite `put`; else leave them."""
    if not values:
        return
    table = table_of(row)
    unique = [column for column in table.columns if column.unique] or list(table.primary_key.columns)
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    news: dict[str, Any] = {name: table.c[name] + statement.excluded[name] for name in add}
    news |= {name: statement.excluded[name] for name in put}
    if news:
        statement = statement.on_conflict_do_update(index_elements=unique, set_=news)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=unique)
    session.execute(statement, list(values))


def slices(values: Iterable[T], size: int = IN_LIMIT) -> list[list[T]]:
    """The distinct values in lists that fit an IN."""
    whole = list(dict.fromkeys(values))
    return [whole[start : start + size] for start in range(0, len(whole), size)]
