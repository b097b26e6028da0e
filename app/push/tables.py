"""Subscriptions to push, and what waits to be pushed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class PushPolicy(StrEnum):
    """From whom a device is told."""

    ALL = "all"
    FOLLOWED = "followed"
    FOLLOWER = "follower"
    NONE = "none"


class PushSubscriptionRow(AppBase):
    """Where one client of a member listens: one for each token; or a browser of somebody of the team, without one."""

    __tablename__ = "push_subscriptions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("oauth_tokens.id"), unique=True)
    """None for a browser that asked on the page of who is on call: it is called, and told of nothing else."""
    label: Mapped[str] = mapped_column(String(100), default="")
    """What such a browser is, for its owner to know it again."""
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(2048))
    key: Mapped[str] = mapped_column(String(128))
    """The device's public key (P-256), base64url."""
    auth: Mapped[str] = mapped_column(String(64))
    """A secret of sixteen bytes between the device and us, base64url."""
    standard: Mapped[bool] = mapped_column(default=False)
    """Whether it takes RFC 8291 (`aes128gcm`); the others the draft that Mastodon began with (`aesgcm`)."""
    token_sealed: Mapped[str] = mapped_column(String(400))
    """The token itself, sealed: messages carry it, and programs with many accounts know by it whose one is."""
    policy: Mapped[PushPolicy] = mapped_column(words(PushPolicy), default=PushPolicy.ALL)
    alerts: Mapped[dict[str, bool]] = mapped_column(Json, default=dict)
    made_at: Mapped[datetime] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)


class PushRow(AppBase):
    """Something to push: a notification by its id, or a word of the house's own (`call`)."""

    __tablename__ = "pushes"
    __table_args__ = (Index("ix_pushes_next_at", "next_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(BigId, ForeignKey("push_subscriptions.id"), index=True)
    notification_id: Mapped[int | None] = mapped_column(BigId)
    title: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(String(500), default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
