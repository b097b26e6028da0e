"""Votes, and when something is due in a poll. Its options and numbers are kept with the post."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant


class PollRow(AppBase):
    """What is due in a poll that concerns members: one of theirs, or one in which one of them voted."""

    __tablename__ = "polls"
    __table_args__ = (Index("ix_polls_close_at", "close_at"), Index("ix_polls_tell_at", "tell_at"))

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True, autoincrement=False)
    close_at: Mapped[datetime | None] = mapped_column(Instant)
    """When those who are here are told that it is over; nothing once they were, or where it never ends."""
    tell_at: Mapped[datetime | None] = mapped_column(Instant)
    """When new numbers go to other servers."""
    told_at: Mapped[datetime | None] = mapped_column(Instant)


class PollVoteRow(AppBase):
    """Somebody chose an option, by its place from 0."""

    __tablename__ = "poll_votes"
    __table_args__ = (UniqueConstraint("post_pk", "actor_id", "choice"), Index("ix_poll_votes_actor_id", "actor_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"))
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    choice: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
