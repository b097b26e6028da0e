"""Legal notices as rows: who gave one, kept apart from the report that moderators read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class NoticeState(StrEnum):
    """How far a notice is."""

    UNCONFIRMED = "unconfirmed"
    """Its mail waits to be answered; nobody looks at it before."""
    FILED = "filed"
    ANSWERED = "answered"


class LegalNoticeRow(AppBase):
    """A notice of something that the law forbids. Name and address are for the answer alone, and never shown."""

    __tablename__ = "legal_notices"
    __table_args__ = (
        Index("ix_legal_notices_state_given_at", "state", "given_at"),
        Index("ix_legal_notices_email_lower", "email_lower"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[NoticeState] = mapped_column(words(NoticeState))
    children: Mapped[bool]
    """Of sexual abuse of children, for which nobody has to name themselves."""
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    email_lower: Mapped[str] = mapped_column(String(320), default="")
    locale: Mapped[str] = mapped_column(String(12))
    urls: Mapped[list[str]] = mapped_column(Json)
    explanation: Mapped[str] = mapped_column(Text)
    report_id: Mapped[int | None] = mapped_column(BigId, index=True)
    given_at: Mapped[datetime] = mapped_column(Instant)
    filed_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """By when the house means to have decided."""
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
