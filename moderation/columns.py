"""Column types that mean the same on SQLite and PostgreSQL. Knows no table."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, TypeDecorator

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; SQLite only counts up by itself in a column that says INTEGER."""


class Instant(TypeDecorator[datetime]):
    """An aware UTC time; SQLite stores it naive, and both give it back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are somebody's forgotten zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column of a closed set of words: text with a CHECK, so that both databases refuse another word."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=_values,
        name=f"{kind.__name__.lower()}_word",
    )


def _values(kind: Any) -> list[str]:
    return [member.value for member in kind]
