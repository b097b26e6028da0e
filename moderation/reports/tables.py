"""Reports as rows, and what came of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words


class ReportOrigin(StrEnum):
    """Who reported."""

    MEMBER = "member"
    REMOTE = "remote"
    VISITOR = "visitor"


class ReportOutcome(StrEnum):
    """What came of a report."""

    WAITING = "waiting"
    UPHELD = "upheld"
    DECLINED = "declined"
    ALREADY_REVIEWED = "already_reviewed"


class ForwardState(StrEnum):
    """Where a report that was passed on is. Arrows: sent → delivered | refused | answered; delivered → answered;
    answered → delivered, where they take it back."""

    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    ANSWERED = "answered"


class ReportRow(ModerationBase):
    """Somebody's complaint. A reporter is named to moderators alone."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_reporter_uri_outcome", "reporter_uri", "outcome"),
        Index("ix_reports_reporter_domain_filed_at", "reporter_domain", "filed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    reporter_uri: Mapped[str | None] = mapped_column(String(2048))
    reporter_domain: Mapped[str] = mapped_column(String(255))
    origin: Mapped[ReportOrigin] = mapped_column(words(ReportOrigin))
    target_uri: Mapped[str] = mapped_column(String(2048), index=True)
    subject_uris: Mapped[list[str]] = mapped_column(Json)
    category: Mapped[str] = mapped_column(String(64))
    rule_ids: Mapped[list[str]] = mapped_column(Json)
    comment: Mapped[str] = mapped_column(Text)
    forward: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[ReportOutcome] = mapped_column(words(ReportOutcome))
    filed_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    mailed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the reporter was written a mail about what came of it."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What a moderator wrote to who reported."""


class ReportForwardRow(ModerationBase):
    """A report on its way to the moderators of another server, and what came of it there, as far as they say."""

    __tablename__ = "report_forwards"
    __table_args__ = (Index("ix_report_forwards_domain_state", "domain", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[int] = mapped_column(BigId, ForeignKey("reports.id"), index=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    """Of the Flag."""
    domain: Mapped[str] = mapped_column(String(300))
    about: Mapped[list[str]] = mapped_column(Json)
    """Every object that the Flag names."""
    state: Mapped[ForwardState] = mapped_column(words(ForwardState))
    reason: Mapped[str | None] = mapped_column(String(255))
    """Why it was refused: a word of ours, fit for a metric."""
    sent_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it arrived, or was given up."""
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
