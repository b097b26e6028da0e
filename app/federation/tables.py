"""What federation keeps: received activities, deliveries to make, what is known of each domain."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class IntakeState(StrEnum):
    """Arrows: unverified → waiting | refused; waiting → done | refused | retry; retry → done | refused."""

    UNVERIFIED = "unverified"
    WAITING = "waiting"
    RETRY = "retry"
    DONE = "done"
    REFUSED = "refused"


class InboxActivityRow(AppBase):
    """An activity that was answered 202: it is on disk before the answer leaves."""

    __tablename__ = "inbox_activities"
    __table_args__ = (
        UniqueConstraint("activity_uri", "key_id"),
        Index("ix_inbox_activities_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_uri: Mapped[str] = mapped_column(String(2048))
    kind: Mapped[str] = mapped_column(String(64))
    domain: Mapped[str] = mapped_column(String(300), index=True)
    actor_uri: Mapped[str] = mapped_column(String(2048))
    key_id: Mapped[str] = mapped_column(String(2048))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signed_request: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What verification needs later, while the signer's key isn't known yet."""
    state: Mapped[IntakeState] = mapped_column(words(IntakeState))
    reason: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class DeliveryState(StrEnum):
    """Arrows: waiting → delivered | waiting (later) | given_up."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class OutboxActivityRow(AppBase):
    """One of our activities, rendered once, delivered to many inboxes."""

    __tablename__ = "outbox_activities"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class DeliveryRow(AppBase):
    """One activity to one inbox."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("activity_id", "inbox_url"),
        Index("ix_deliveries_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("outbox_activities.id"))
    inbox_url: Mapped[str] = mapped_column(String(2048))
    host: Mapped[str] = mapped_column(String(300), index=True)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant)


class InstanceRow(AppBase):
    """A peer: what it says of itself, and how it answers."""

    __tablename__ = "instances"

    domain: Mapped[str] = mapped_column(String(300), primary_key=True)
    software: Mapped[str | None] = mapped_column(String(128))
    software_version: Mapped[str | None] = mapped_column(String(128))
    first_nodeinfo_at: Mapped[datetime | None] = mapped_column(Instant)
    nodeinfo: Mapped[dict[str, Any] | None] = mapped_column(Json)
    nodeinfo_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was last asked for, whatever came of it."""
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
    received: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class KeyFailureRow(AppBase):
    """A key that could not be fetched: not asked for again before `until`."""

    __tablename__ = "key_failures"

    key_id: Mapped[str] = mapped_column(String(2048), primary_key=True)
    reason: Mapped[str] = mapped_column(String(255))
    until: Mapped[datetime] = mapped_column(Instant)
