"""Statements of reasons as rows. The words are those of the DSA's transparency database, so that it can be fed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from moderation import warnings
from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json


class StatementRow(ModerationBase):
    """One for each restriction of a member: of a decision, or of a hold that lasts. Exempt ones are rows, too."""

    __tablename__ = "statements"
    __table_args__ = (
        Index("ix_statements_recipient_made_at", "recipient", "made_at"),
        Index("ix_statements_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    decision_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("decisions.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("holds.id"), unique=True)
    """The hold that lasts, where nobody has decided yet."""
    recipient: Mapped[str] = mapped_column(String(2048))
    """The URI of whom it is for."""
    lang: Mapped[str] = mapped_column(String(12))
    uri: Mapped[str] = mapped_column(String(2048))
    """What it is about."""
    of_edit: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is about a new version alone: what was shown before stays."""
    action: Mapped[str] = mapped_column(String(24))
    """What was decided (an Action), or `hold`."""
    also: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """What was done to their account along with it: `{"action", "ends_at"}`."""
    visibility: Mapped[list[str]] = mapped_column(Json)
    """`decision_visibility` without its prefix: CONTENT_REMOVED, CONTENT_DEMOTED …"""
    account: Mapped[str | None] = mapped_column(String(24))
    """`decision_account` without its prefix: SUSPENDED or TERMINATED."""
    provision: Mapped[str | None] = mapped_column(String(24))
    """`decision_provision` without its prefix: PARTIAL_SUSPENSION …"""
    ground: Mapped[str] = mapped_column(String(24))
    """ILLEGAL_CONTENT or INCOMPATIBLE_CONTENT."""
    rule_id: Mapped[str | None] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(Text)
    """The rule as it read then, in the reader's language; empty where none was named."""
    policy_version: Mapped[int | None]
    category: Mapped[str] = mapped_column(String(64))
    """The database's `category`, without STATEMENT_CATEGORY_."""
    facts: Mapped[str] = mapped_column(Text)
    """Facts and circumstances, in the reader's language."""
    warning: Mapped[str | None] = mapped_column(String(warnings.COLUMN))
    """What was put before it, as `moderation.warnings` writes it; part of no export."""
    author_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What moderators wrote to them besides; theirs alone, and part of no export."""
    reason: Mapped[str] = mapped_column(Text)
    """What a person wrote to them."""
    mend_by: Mapped[datetime | None] = mapped_column(Instant)
    """By when somebody frozen is to mend it, or to answer."""
    source: Mapped[str] = mapped_column(String(24))
    """VOLUNTARY, ARTICLE_16 or OTHER_NOTIFICATION."""
    automated_detection: Mapped[bool]
    automated_decision: Mapped[str] = mapped_column(String(12))
    """FULLY, PARTIALLY or NOT."""
    content_types: Mapped[list[str]] = mapped_column(Json)
    """TEXT, IMAGE, VIDEO, AUDIO, OTHER."""
    content_language: Mapped[str | None] = mapped_column(String(12))
    content_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_via: Mapped[list[str]] = mapped_column(Json)
    """page, notification, mail."""
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    exempt_reason: Mapped[str | None] = mapped_column(String(64))
    """Why none is owed: `high_volume_commercial`. None where it is owed, and was given."""
    made_at: Mapped[datetime] = mapped_column(Instant)
