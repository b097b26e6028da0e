"""Bookmarks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant


class BookmarkRow(AppBase):
    """A member keeps a post for later."""

    __tablename__ = "bookmarks"
    __table_args__ = (UniqueConstraint("account_id", "post_pk"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
