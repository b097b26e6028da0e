"""Letters from the house to its members, and the quiet days that they accepted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class LetterKind(StrEnum):
    """What a letter is about."""

    CARE = "care"
    QUIET = "quiet"
    """It asks: does she want strangers kept from her for a day?"""


class LetterRow(AppBase):
    """A letter from the house to one member, which nobody else reads. `payload` is small JSON."""

    __tablename__ = "house_letters"
    __table_args__ = (Index("ix_house_letters_account_id_id", "account_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    kind: Mapped[LetterKind] = mapped_column(words(LetterKind))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    case_id: Mapped[int | None] = mapped_column(BigId)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class QuietDayRow(AppBase):
    """Until when strangers are kept from a member, because she said yes."""

    __tablename__ = "quiet_days"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
