"""Holds: what waits, until when, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import SubjectKind


class HoldState(StrEnum):
    """Where a hold is; the arrows stand in moderation.holds.states."""

    HELD = "held"
    RELEASED = "released"
    REFUSED = "refused"
    ENDED = "ended"
    """Its time was over: let in behind a warning."""
    DELETED = "deleted"
    """Its author took it back: closed for good."""


class HoldRow(ModerationBase):
    """One hold of one subject; a subject has at most one that is open."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("ix_holds_state_due_at", "state", "due_at"),
        Index("ix_holds_author_uri_state", "author_uri", "state"),
        Index("ix_holds_author_domain_state", "author_domain", "state"),
        Index(
            "ix_holds_open_uri",
            "uri",
            unique=True,
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    author_uri: Mapped[str] = mapped_column(String(2048))
    author_domain: Mapped[str] = mapped_column(String(255))
    local: Mapped[bool]
    state: Mapped[HoldState] = mapped_column(words(HoldState))
    verdict_id: Mapped[int] = mapped_column(BigId)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """None while nobody would see it: it waits uncounted until a reader appears."""
    was_published: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str | None] = mapped_column(String(64))
    pending: Mapped[dict[str, Any]] = mapped_column(Json)
    """What a case needs that isn't in the snapshot: reach, score, reasons."""
    held_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """None where only a person may end it."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_id: Mapped[int | None] = mapped_column(BigId)
