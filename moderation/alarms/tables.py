"""Alarms, and how the checks are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import Instant, Json


class AlarmRow(ModerationBase):
    """One line that somebody must see, for as long as it is true."""

    __tablename__ = "alarms"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    count: Mapped[int] = mapped_column(default=1)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    cleared_at: Mapped[datetime | None] = mapped_column(Instant)


class RetryRow(ModerationBase):
    """A submission that a check could not judge yet."""

    __tablename__ = "retries"

    uri: Mapped[str] = mapped_column(String(2048), primary_key=True)
    attempts: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    checks: Mapped[list[str]] = mapped_column(Json)
