"""Reports of purges."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class PurgeKind(StrEnum):
    """What made it."""

    REGULAR = "regular"
    """The job, every six hours."""
    BY_HAND = "by_hand"
    """The same, by the command line."""
    ACCOUNT = "account"
    """A member's account was deleted, with all that they had here."""
    DEPARTURE = "departure"
    """The same of somebody elsewhere."""
    GRAVE = "grave"
    """What was sealed of a grave case was destroyed."""


class PurgeReportRow(AppBase):
    """What was deleted where: numbers, and whose account it was. It says nothing of what was written."""

    __tablename__ = "purge_reports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[PurgeKind] = mapped_column(words(PurgeKind))
    by: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(2048))
    """An actor's URI, or a case."""
    began_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """None: some of it is still to be done."""
    orders: Mapped[int] = mapped_column(default=0)
    """How many orders to preserve were in force."""
    gone: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Lines: purge, store, where, count."""
    failed: Mapped[list[str]] = mapped_column(Json)
    """Purges that failed; the rest went on."""
