"""Announcements, who has read them, and what members say to them with one sign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json


class AnnouncementRow(AppBase):
    """Something for all members. It is shown from `shown_from` until `ends_at`, or until somebody ends it."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    """As it was typed."""
    content: Mapped[str] = mapped_column(Text)
    """As HTML."""
    mentioned: Mapped[list[int]] = mapped_column(Json, default=list)
    """Actor ids of those whom it names."""
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    shown_from: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When somebody took it down, before its time."""
    next_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """When open streams are to hear that it begins or ends; None: they have heard all."""


class AnnouncementReadRow(AppBase):
    """A member has read one, and doesn't want to be shown it again."""

    __tablename__ = "announcement_reads"

    announcement_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("announcements.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False, index=True
    )


class AnnouncementReactionRow(AppBase):
    """A member answers with one sign: `name` is an emoji, or a custom one's shortcode."""

    __tablename__ = "announcement_reactions"

    announcement_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("announcements.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False, index=True
    )
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
