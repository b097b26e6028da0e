"""Webhooks as rows, and what is sent to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class WebhookEvent(StrEnum):
    """What can be told. Those with a name of Mastodon's have its shape."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_APPROVED = "account.approved"
    REPORT_CREATED = "report.created"
    REPORT_UPDATED = "report.updated"
    STATUS_CREATED = "status.created"
    CASE_OPENED = "case.opened"
    CASE_DECIDED = "case.decided"


class WebhookRow(AppBase):
    """An address that wants to know. The secret is sealed, and shown once."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    url: Mapped[str] = mapped_column(String(2048))
    events: Mapped[list[str]] = mapped_column(Json)
    with_contacts: Mapped[bool] = mapped_column(default=False)
    """Whether accounts are told with their mail address."""
    secret_sealed: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[datetime] = mapped_column(Instant)
    """What happened before isn't told: when it was made, or switched on again."""
    failures: Mapped[int] = mapped_column(default=0)
    """Deliveries given up since one arrived."""
    off_at: Mapped[datetime | None] = mapped_column(Instant)
    off_because: Mapped[str] = mapped_column(String(64), default="")
    """`by hand`, `gone` or `failed`."""


class WebhookState(StrEnum):
    """Arrows: waiting → delivered | given_up; given_up → waiting, by hand."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class WebhookDeliveryRow(AppBase):
    """One thing to tell one webhook. Its body is made when it is first sent, and forgotten once it has arrived."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event", "object_id", "happened_at"),
        Index("ix_webhook_deliveries_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhooks.id"))
    event: Mapped[WebhookEvent] = mapped_column(words(WebhookEvent))
    object_id: Mapped[int] = mapped_column(BigId)
    happened_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[WebhookState] = mapped_column(words(WebhookState), default=WebhookState.WAITING)
    body: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    answered: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(64), default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)
