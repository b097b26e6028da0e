"""Uploads."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from app.media.shapes import Shape
from moderation.columns import BigId, Instant, Json, words


class UploadKind(StrEnum):
    """What it is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class UploadState(StrEnum):
    """Arrows: waiting → ready | failed. Pictures are ready when their row is written."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


class UploadRow(AppBase):
    """A member's picture, film or sound. Its files are named by `key`, which nobody can guess."""

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_account_id_created_at", "account_id", "created_at"),
        Index("ix_uploads_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    shape: Mapped[Shape] = mapped_column(words(Shape))
    kind: Mapped[UploadKind] = mapped_column(
        words(UploadKind), default=UploadKind.IMAGE, server_default=UploadKind.IMAGE
    )
    state: Mapped[UploadState] = mapped_column(
        words(UploadState), default=UploadState.READY, server_default=UploadState.READY
    )
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a film or sound that waits is made, or made by somebody else if whoever makes it now was lost."""
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(String(64))
    """Why it failed."""
    duration: Mapped[float | None] = mapped_column(Float)
    """Seconds."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the bytes as they were sent: what lists of known pictures are about."""
    seen: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is remembered of it, as app.media.sights has it."""
    width: Mapped[int]
    height: Mapped[int]
    blurhash: Mapped[str | None] = mapped_column(String(128))
    size_bytes: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")
    focus_x: Mapped[float | None]
    focus_y: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was put into a post or a profile."""
    post_pk: Mapped[int | None] = mapped_column(BigId, index=True)
    """The post that it was put into. Without a constraint, since posts go in one statement and files don't."""
    let_go_at: Mapped[datetime | None] = mapped_column(Instant)
    """When that post let go of it: for a day its member can put it into another."""
    scheduled_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """What its member scheduled with it: kept for that, and for nothing else."""
    kept_until: Mapped[datetime | None] = mapped_column(Instant)
    """Evidence in a case: no deletion makes it go before."""
