"""Posts that are to be published later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json


class ScheduledPostRow(AppBase):
    """What a member wrote to be published later. It is no post yet: it passes the door when it is published."""

    __tablename__ = "scheduled_posts"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        Index("ix_scheduled_posts_next_at", "next_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    """See app.scheduled.requests."""
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    scheduled_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it is published, or tried again if whoever publishes it now was lost. None: it could not be published, its
    author was told, and it is kept until they choose another time or delete it."""
    created_at: Mapped[datetime] = mapped_column(Instant)
