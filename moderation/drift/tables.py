"""Days as counts: how many posts fell into which bin. No text, no author, no address."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import Instant


class DriftDayRow(ModerationBase):
    """A day (UTC) that was counted, with how many public posts it had."""

    __tablename__ = "drift_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    posts: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(Instant)


class DriftCountRow(ModerationBase):
    """How many posts of a day, judged by this version of the text model, fell into a bin."""

    __tablename__ = "drift_counts"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    """What is counted, such as `score:hate`; moderation.drift.measures says which there are."""
    bin: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int]
