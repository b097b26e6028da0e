"""Queues as rows. A retired one stays, so that what was decided in it keeps its name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.queues.values import Ageing


class QueueRow(ModerationBase):
    """A named queue. Cases go to the first one by position that matches; what none matches is the rest."""

    __tablename__ = "case_queues"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    match: Mapped[dict[str, Any]] = mapped_column(Json)
    required_role: Mapped[str] = mapped_column(String(24))
    hidden_actions: Mapped[list[str]] = mapped_column(Json)
    due_hours: Mapped[int | None]
    ageing: Mapped[Ageing | None] = mapped_column(words(Ageing))
    ageing_hours: Mapped[int | None]
    version: Mapped[int]
    """Grows over all queues with each change; cases that were placed before are placed again."""
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(Instant)
