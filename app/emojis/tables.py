"""The house's custom emojis."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json


class CustomEmojiRow(AppBase):
    """One picture for one shortcode. Its files lie among the uploads, named by `key`, which nobody can guess."""

    __tablename__ = "custom_emojis"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    shortcode: Mapped[str] = mapped_column(String(128), unique=True)
    """Without colons, in the case in which it was given: `:Blob:` isn't `:blob:`."""
    category: Mapped[str | None] = mapped_column(String(100))
    """Under what clients list it."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the bytes as they were sent: what lists of known pictures are about."""
    seen: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is remembered of it, as app.media.sights has it."""
    size_bytes: Mapped[int]
    copied_from: Mapped[str | None] = mapped_column(String(2048))
    """Its address on the server that it was copied from."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    """What peers are told as `updated`."""
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when it is shown nowhere: what has it shows its shortcode."""
