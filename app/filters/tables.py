"""Filters, their keywords, and single posts on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class FilterAction(StrEnum):
    """What a client does with what matches."""

    WARN = "warn"
    HIDE = "hide"
    BLUR = "blur"


class FilterRow(AppBase):
    """A member's filter."""

    __tablename__ = "filters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    title: Mapped[str] = mapped_column(String(256))
    context: Mapped[list[str]] = mapped_column(Json)
    """Where it counts: see app.filters.values.CONTEXTS."""
    action: Mapped[FilterAction] = mapped_column(words(FilterAction), default=FilterAction.WARN)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)


class FilterKeywordRow(AppBase):
    """A word or phrase of a filter."""

    __tablename__ = "filter_keywords"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    filter_id: Mapped[int] = mapped_column(BigId, ForeignKey("filters.id"), index=True)
    keyword: Mapped[str] = mapped_column(String(512))
    whole_word: Mapped[bool] = mapped_column(default=True)


class FilterPostRow(AppBase):
    """A single post on a filter."""

    __tablename__ = "filter_posts"
    __table_args__ = (UniqueConstraint("filter_id", "post_pk"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    filter_id: Mapped[int] = mapped_column(BigId, ForeignKey("filters.id"))
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    status_id: Mapped[int] = mapped_column(BigId)
    """The post's public id when it was put here."""
