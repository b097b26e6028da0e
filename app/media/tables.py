"""What is kept of pictures elsewhere: one row for each picture and use; the files lie beside the database."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from app.media.shapes import Shape
from moderation.columns import BigId, Instant, Json, words


class MediaState(StrEnum):
    """Arrows: wanted → ready | failed; failed → ready | failed; ready → gone from the table."""

    WANTED = "wanted"
    """Evidence, to be fetched although nobody looked yet."""
    READY = "ready"
    FAILED = "failed"


class CachedMediaRow(AppBase):
    """A picture that was fetched, or couldn't be. `key` is a digest of its shape and its address."""

    __tablename__ = "cached_media"
    __table_args__ = (
        Index("ix_cached_media_state_retry_at", "state", "retry_at"),
        Index("ix_cached_media_used_at", "used_at"),
    )

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    shape: Mapped[Shape] = mapped_column(words(Shape))
    url: Mapped[str] = mapped_column(String(2048))
    host: Mapped[str] = mapped_column(String(300), index=True)
    state: Mapped[MediaState] = mapped_column(words(MediaState))
    error: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
    attachment_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """For whose sake it was fetched first: with the attachment, the picture goes. Without a constraint, since posts go
    in one statement and files don't."""
    actor_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The same for avatars and banners."""
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the bytes as they were sent: what lists of known pictures are about."""
    seen: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is remembered of it, as app.media.sights has it."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    moving: Mapped[bool] = mapped_column(default=False)
    recording: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A film or sound; its pictures are those of its beginning."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    """Of all files that were made."""
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime] = mapped_column(Instant)
    """The day on which somebody last looked: what is looked at isn't dropped."""
    kept_until: Mapped[datetime | None] = mapped_column(Instant)
    """Evidence in a case: neither room nor a deletion makes it go before."""
