"""Moderators' records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import Instant, Json


class ModeratorRow(ModerationBase):
    """What somebody reads and doesn't read. Who has none is given everything."""

    __tablename__ = "moderators"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(Json)
    skills: Mapped[list[str]] = mapped_column(Json)
    skips: Mapped[list[str]] = mapped_column(Json)
    conflict_domains: Mapped[list[str]] = mapped_column(Json)
    conflict_people: Mapped[dict[str, str]] = mapped_column(Json)
    """Handles, and the URI of each."""
    heavy_a_day: Mapped[int | None]
    hours_a_week: Mapped[int | None]
    changed_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(Instant)
