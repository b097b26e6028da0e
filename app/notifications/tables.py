"""Notifications as rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class NotificationKind(StrEnum):
    """Mastodon's words where it has them; `held`, `released` and `report_outcome` are rendered for clients as
    kinds that they know."""

    MENTION = "mention"
    STATUS = "status"
    BOOST = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    LIKE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    QUOTE = "quote"
    """A post of theirs is quoted; it's about the post that quotes."""
    QUOTED_UPDATE = "quoted_update"
    """Something that they quoted reads differently; it's about their own post."""
    SIGN_UP = "admin.sign_up"
    REPORT = "admin.report"
    HELD = "held"
    RELEASED = "released"
    MODERATION_WARNING = "moderation_warning"
    REPORT_OUTCOME = "report_outcome"
    SEVERED = "severed_relationships"
    """Follows ended because a server was suspended or blocked."""


TO_STAFF: Final = frozenset((NotificationKind.SIGN_UP, NotificationKind.REPORT))
"""What only those who decide about people are told."""


class NotificationRow(AppBase):
    """One thing that a member is told. `payload` is small JSON: a decision's id, a report's number, a text code."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_account_id_id", "account_id", "id"),
        Index("ix_notifications_post_pk", "post_pk"),
        Index("ix_notifications_account_id_group_key", "account_id", "group_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    kind: Mapped[NotificationKind] = mapped_column(words(NotificationKind))
    from_actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    post_pk: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.pk"))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)
    group_key: Mapped[str | None] = mapped_column(String(120))
    """What it is told together with: see app.notifications.grouping."""
    filtered: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Kept apart by the member's policy, as somebody's request."""


class NotificationPolicyRow(AppBase):
    """Whom a member would rather not be told of: see app.notifications.policy. No row: the defaults."""

    __tablename__ = "notification_policies"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    choices: Mapped[dict[str, str]] = mapped_column(Json, default=dict)


class NotificationPermissionRow(AppBase):
    """Somebody whose notifications a member let in: their policy doesn't concern them any more."""

    __tablename__ = "notification_permissions"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    from_actor_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False, index=True
    )


class NotificationRequestRow(AppBase):
    """Somebody whose notifications are kept apart until the member lets them in."""

    __tablename__ = "notification_requests"
    __table_args__ = (UniqueConstraint("account_id", "from_actor_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    from_actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class SeveranceKind(StrEnum):
    """What ended follows, in Mastodon's words."""

    DOMAIN_BLOCK = "domain_block"
    USER_DOMAIN_BLOCK = "user_domain_block"


class SeveranceRow(AppBase):
    """What a member lost at once, and why: numbers and a server's name."""

    __tablename__ = "severances"
    __table_args__ = (
        Index("ix_severances_account_id_target_name", "account_id", "target_name"),
        Index("ix_severances_target_name", "target_name", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    kind: Mapped[SeveranceKind] = mapped_column(words(SeveranceKind))
    target_name: Mapped[str] = mapped_column(String(300))
    followers: Mapped[int] = mapped_column(default=0)
    following: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)


class NotificationMarkRow(AppBase):
    """How far a member has read, per timeline (`home`, `notifications`): Mastodon's markers."""

    __tablename__ = "markers"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    timeline: Mapped[str] = mapped_column(primary_key=True)
    last_read_id: Mapped[int] = mapped_column(BigId)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class MailRow(AppBase):
    """A mail that waits to be sent: written with what it tells of, so that a crash loses neither."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (Index("ix_outgoing_mails_next_at", "next_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    to: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(998))
    text: Mapped[str] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(String(64), index=True)
    """Such as `decision:12`: what is reversed in time takes its mail along."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
