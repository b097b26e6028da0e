"""Policies, each version kept, and what was done about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json


class PolicyRow(ModerationBase):
    """A version of the policy; the newest is in force."""

    __tablename__ = "policies"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    published_by: Mapped[str | None] = mapped_column(String(255))
    published_at: Mapped[datetime] = mapped_column(Instant)


class LooseningRow(ModerationBase):
    """Somebody pressed "hold less now"."""

    __tablename__ = "policy_loosenings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    pressed_by: Mapped[str] = mapped_column(String(255))
    pressed_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
