"""Follows, blocks and mutes, between actors."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from app.relationships import tongues
from moderation.columns import BigId, Instant, words
from moderation.domains.tables import PlannedSuspensionRow


class FollowState(StrEnum):
    """Arrows: requested → accepted; requested → gone; accepted → gone (the row is deleted)."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"


class FollowRow(AppBase):
    """`follower` follows `target`."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("follower_id", "target_id"),
        Index("ix_follows_target_id_state", "target_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    follower_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    state: Mapped[FollowState] = mapped_column(words(FollowState))
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    show_boosts: Mapped[bool] = mapped_column(default=True)
    notify: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[str] = mapped_column(String(tongues.LONGEST), default="", server_default="")
    """In which their posts are wanted: see app.relationships.tongues."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class BlockRow(AppBase):
    """`blocker` blocks `target`."""

    __tablename__ = "blocks"
    __table_args__ = (UniqueConstraint("blocker_id", "target_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    blocker_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MuteRow(AppBase):
    """`muter` doesn't want to see `target`, until `expires_at` or for good."""

    __tablename__ = "mutes"
    __table_args__ = (UniqueConstraint("muter_id", "target_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    muter_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    notifications: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AccountNoteRow(AppBase):
    """What a member wrote down about somebody, for their own eyes."""

    __tablename__ = "account_notes"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, index=True)
    note: Mapped[str] = mapped_column(Text)


class FollowedTagRow(AppBase):
    """A member has public posts with a hashtag in their home timeline."""

    __tablename__ = "followed_tags"
    __table_args__ = (UniqueConstraint("tag", "account_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    tag: Mapped[str] = mapped_column(String(255))
    """As it is compared, as in `post_tags`."""
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant)


class FeaturedTagRow(AppBase):
    """A hashtag that a member shows on their profile."""

    __tablename__ = "featured_tags"
    __table_args__ = (UniqueConstraint("account_id", "tag"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    tag: Mapped[str] = mapped_column(String(255))
    """As it is compared, as in `post_tags`."""
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant)


class EndorsementRow(AppBase):
    """A member recommends somebody whom they follow."""

    __tablename__ = "endorsements"
    __table_args__ = (UniqueConstraint("account_id", "target_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class HiddenPostRow(AppBase):
    """A post that a member reported: it is hidden from them at once, whatever comes of the report."""

    __tablename__ = "hidden_posts"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True)
    hidden_at: Mapped[datetime] = mapped_column(Instant)


class DomainBlockRow(AppBase):
    """A member blocks a whole server for themselves."""

    __tablename__ = "own_domain_blocks"
    __table_args__ = (UniqueConstraint("account_id", "domain"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    domain: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Instant)


class SeveredFollowRow(AppBase):
    """A follow that ended because its domain was suspended: what a member may want back, should the rule be lifted."""

    __tablename__ = "severed_follows"

    follower_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    domain: Mapped[str] = mapped_column(String(300), index=True)
    show_boosts: Mapped[bool] = mapped_column(default=True)
    notify: Mapped[bool] = mapped_column(default=False)
    languages: Mapped[str] = mapped_column(String(tongues.LONGEST), default="", server_default="")
    severed_at: Mapped[datetime] = mapped_column(Instant)
    offered_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the member heard that the server is let in again: see app.lifecycle.offering."""


class PlannedNoticeRow(AppBase):
    """A member was told that a server will be suspended, and what of theirs that would end."""

    __tablename__ = "planned_suspension_notices"

    plan_id: Mapped[int] = mapped_column(
        BigId, ForeignKey(PlannedSuspensionRow.id), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False, index=True
    )
    following: Mapped[int]
    followers: Mapped[int]
    told_at: Mapped[datetime] = mapped_column(Instant)


class MoveRow(AppBase):
    """Somebody moved, and those here who follow, block or mute them are being carried along, some at a time."""

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    carried: Mapped[int] = mapped_column(default=0)
    """How many follows were carried so far."""
