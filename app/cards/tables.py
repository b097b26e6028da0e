"""Cards as rows: one for each page, and which post shows which."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, words

LONGEST_URL = 1000


class CardState(StrEnum):
    """Where it is: only what is ready is shown."""

    WANTED = "wanted"
    READY = "ready"
    REFUSED = "refused"
    """The door, or a rule about its server, doesn't let it in."""
    NOTHING = "nothing"
    """The page says nothing of itself, or can't be had."""


class PreviewCardRow(AppBase):
    """What a page says of itself."""

    __tablename__ = "preview_cards"
    __table_args__ = (Index("ix_preview_cards_next_at", "next_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url: Mapped[str] = mapped_column(String(LONGEST_URL), unique=True)
    """As the post has it."""
    state: Mapped[CardState] = mapped_column(words(CardState), default=CardState.WANTED)
    title: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    site: Mapped[str] = mapped_column(String(200), default="")
    author: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str | None] = mapped_column(String(12))
    picture_url: Mapped[str | None] = mapped_column(String(LONGEST_URL))
    picture_description: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    """When its page was read last."""
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it is read; null: not before somebody posts it again."""


class PostCardRow(AppBase):
    """Which card a post shows."""

    __tablename__ = "post_cards"

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True, autoincrement=False)
    card_id: Mapped[int] = mapped_column(BigId, ForeignKey("preview_cards.id"), index=True)
