"""Appeals, and the messages that go to and fro about them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class Party(StrEnum):
    """Who contests: whom a decision is against, or who reported and saw nothing done."""

    AUTHOR = "author"
    REPORTER = "reporter"


class AppealOutcome(StrEnum):
    """How an appeal ended."""

    UPHOLD = "uphold"
    OVERTURN = "overturn"
    VARY = "vary"
    TAKEN_BACK = "taken_back"
    """The decision was taken back before anybody answered: there is nothing left to contest."""


class AppealRow(ModerationBase):
    """A contest of a decision: one of each party, within six months."""

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("decision_id", "uri"),
        Index("ix_appeals_uri_filed_at", "uri", "filed_at"),
        Index("ix_appeals_closed_at", "closed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"))
    by: Mapped[Party] = mapped_column(words(Party))
    uri: Mapped[str] = mapped_column(String(2048))
    """Who contests."""
    report_id: Mapped[int | None] = mapped_column(BigId)
    """The report whose outcome is contested, for a reporter."""
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Instant)
    deadline: Mapped[datetime] = mapped_column(Instant)
    """Until when the decision could be contested."""
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), unique=True)
    afresh_at: Mapped[datetime | None] = mapped_column(Instant)
    """Where nobody else may decide: from when on who decided first sees it afresh, without the first reasons."""
    outside_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it went to the house's reader outside; None where somebody here decides."""
    outcome: Mapped[AppealOutcome | None] = mapped_column(words(AppealOutcome))
    reply: Mapped[str] = mapped_column(Text, default="")
    answer_id: Mapped[int | None] = mapped_column(BigId)
    """The decision that the answer led to."""
    closed_by: Mapped[str | None] = mapped_column(String(255))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class AppealMessageRow(ModerationBase):
    """A line between who contests and the moderators. Who of them wrote it is for the crew alone."""

    __tablename__ = "appeal_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(BigId, ForeignKey("appeals.id"), index=True)
    moderator: Mapped[str | None] = mapped_column(String(255))
    """Who of the crew wrote; None for who contests."""
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
