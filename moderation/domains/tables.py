"""Domain rules, and every change to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Severity


class DomainRuleRow(ModerationBase):
    """What applies to a domain and its subdomains."""

    __tablename__ = "domain_rules"

    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    severity: Mapped[Severity] = mapped_column(words(Severity))
    reject_media: Mapped[bool] = mapped_column(default=False)
    reject_reports: Mapped[bool] = mapped_column(default=False)
    obfuscate: Mapped[bool] = mapped_column(default=False)
    public_comment: Mapped[str] = mapped_column(Text, default="")
    private_comment: Mapped[str] = mapped_column(Text, default="")
    subdomains: Mapped[bool] = mapped_column(default=True, server_default=true())
    filters: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    review_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    evidence: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")
    source: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """The list that manages it; what a person sets is theirs and no list changes it."""
    set_by: Mapped[str] = mapped_column(String(255))
    set_at: Mapped[datetime] = mapped_column(Instant)
    decision_id: Mapped[int | None] = mapped_column(BigId)


class DomainEventRow(ModerationBase):
    """A rule that was set or lifted. Its newest id is the version that matchers are cached by."""

    __tablename__ = "domain_events"
    __table_args__ = (Index("ix_domain_events_domain", "domain"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(255))
    what: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
