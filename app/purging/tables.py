"""Reports of purges."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class PurgeKind(StrEnum):
    """What made it."""

    REGULAR = "regular"
    """The job, every six hours."""
    BY_HAND = "by_hand"
    """The same, by the command line."""
    ACCOUNT = "account"
    """A member's account was deleted, with all that they had here."""
    DEPARTURE = "departure"
    """The same of somebody elsewhere."""
    GRAVE = "grave"
    """What was sealed of a grave case was destroyed."""


class DomainPurgeState(StrEnum):
    """Arrows: ordered → under_way | called_off; under_way → done | called_off."""

    ORDERED = "ordered"
    UNDER_WAY = "under_way"
    DONE = "done"
    CALLED_OFF = "called_off"
    """What isn't gone yet stays."""


class DomainPurgeRow(AppBase):
    """What a suspended server left here is purged: how far it is, and at its end the report."""

    __tablename__ = "domain_purges"
    __table_args__ = (Index("ix_domain_purges_state_begins_at", "state", "begins_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), index=True)
    state: Mapped[DomainPurgeState] = mapped_column(words(DomainPurgeState))
    ordered_by: Mapped[str] = mapped_column(String(255))
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    begins_at: Mapped[datetime] = mapped_column(Instant)
    began_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(255))
    foreseen: Mapped[dict[str, int]] = mapped_column(Json)
    """What was counted when it was ordered."""
    last_actor_id: Mapped[int] = mapped_column(BigId, default=0)
    """Everybody up to here is done."""
    people_done: Mapped[int] = mapped_column(default=0)
    gone: Mapped[dict[str, int]] = mapped_column(Json)
    """By table, how many rows."""
    kept: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What an order to preserve reaches, by its URI; and how many cases are sealed."""


class PurgeReportRow(AppBase):
    """What was deleted where: numbers, and whose account it was. It says nothing of what was written."""

    __tablename__ = "purge_reports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[PurgeKind] = mapped_column(words(PurgeKind))
    by: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(2048))
    """An actor's URI, or a case."""
    began_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    """None: some of it is still to be done."""
    orders: Mapped[int] = mapped_column(default=0)
    """How many orders to preserve were in force."""
    gone: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Lines: purge, store, where, count."""
    failed: Mapped[list[str]] = mapped_column(Json)
    """Purges that failed; the rest went on."""
