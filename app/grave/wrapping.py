"""Rows as JSON and back, so that what was sealed can be put where it was."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase

Row = TypeVar("Row", bound=DeclarativeBase)
_TIME = "$at"


def wrap(row: DeclarativeBase) -> dict[str, Any]:
    """A row's columns by name, as JSON has them."""
    return {name: _plain(getattr(row, name)) for name in _columns(type(row))}


def unwrap(table: type[Row], wrapped: dict[str, Any]) -> Row:
    """The row again. What was wrapped by an older version may lack a column: that keeps its default."""
    known = _columns(table)
    return table(**{name: _live(value) for name, value in wrapped.items() if name in known})


def put_back(row: DeclarativeBase, wrapped: dict[str, Any], names: tuple[str, ...]) -> None:
    """Set some columns as they were."""
    for name in names:
        setattr(row, name, _live(wrapped[name]))


def _columns(table: type[DeclarativeBase]) -> list[str]:
    return [each.key for each in inspect(table).column_attrs]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    return value.value if isinstance(value, Enum) else value


def _live(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {_TIME}:
        return datetime.fromisoformat(value[_TIME])
    return value
