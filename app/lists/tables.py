"""Lists and who is on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, words


class RepliesPolicy(StrEnum):
    """Which replies a list shows: to anybody whom its owner follows, to those on the list, or none."""

    FOLLOWED = "followed"
    LIST = "list"
    NONE = "none"


class ListRow(AppBase):
    """A member's list."""

    __tablename__ = "lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    title: Mapped[str] = mapped_column(String(256))
    replies: Mapped[RepliesPolicy] = mapped_column(words(RepliesPolicy), default=RepliesPolicy.LIST)
    exclusive: Mapped[bool] = mapped_column(default=False)
    """Whether those on it stay out of the home timeline."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class ListMemberRow(AppBase):
    """Somebody on a list: its owner follows them, or has asked to."""

    __tablename__ = "list_members"
    __table_args__ = (UniqueConstraint("list_id", "actor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    list_id: Mapped[int] = mapped_column(BigId, ForeignKey("lists.id"))
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(Instant)
