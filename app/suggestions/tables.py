"""Suggestions that members don't want to see again."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId


class DismissedSuggestionRow(AppBase):
    """A member was suggested somebody, and said no."""

    __tablename__ = "dismissed_suggestions"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    target_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False, index=True
    )
