"""Trends as rows: what is spoken of, how much, and whether it may be shown."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, words


class TrendKind(StrEnum):
    """What it is."""

    TAG = "tag"
    STATUS = "status"
    LINK = "link"


class TrendRow(AppBase):
    """One of them. `key`: a hashtag as it is compared, a post's pk, or an address."""

    __tablename__ = "trends"
    __table_args__ = (UniqueConstraint("kind", "key"), Index("ix_trends_kind_score", "kind", "score"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[TrendKind] = mapped_column(words(TrendKind))
    key: Mapped[str] = mapped_column(String(1000))
    name: Mapped[str] = mapped_column(String(1000), default="")
    """As most write it."""
    post_pk: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    score: Mapped[float] = mapped_column(default=0.0)
    """0 once nobody speaks of it any more."""
    allowed: Mapped[bool | None]
    """None: nobody has looked yet."""
    answered_by: Mapped[str | None] = mapped_column(String(255))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    scored_at: Mapped[datetime] = mapped_column(Instant)
