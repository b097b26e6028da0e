"""What a year's report says of how often people and machines erred, kept when the year is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json


class YearQualityRow(ModerationBase):
    """The rates of one year, as groups of figures: see `moderation.transparency.quality`. The rows that they were
    counted from are purged one day; this stays.
    """

    __tablename__ = "year_quality"

    year: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(Instant)
