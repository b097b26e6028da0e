"""Domain rules, and every change to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.reports.tables import ForwardState
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
    __table_args__ = (Index("ix_domain_events_domain", "domain"), Index("ix_domain_events_import_id", "import_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(255))
    what: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    import_id: Mapped[int | None] = mapped_column(BigId)
    """The list taken by hand that set it."""


class DomainImportRow(ModerationBase):
    """A list that somebody took by hand: one step, which can be undone as one."""

    __tablename__ = "domain_imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of its text: SHA-256, hex."""
    rules: Mapped[int]
    """How many it set."""
    taken_by: Mapped[str] = mapped_column(String(255))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(String(255))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class DomainQuestionRow(ModerationBase):
    """Something that the house asked of another server's moderators, and how far it came."""

    __tablename__ = "domain_questions"
    __table_args__ = (Index("ix_domain_questions_domain_asked_at", "domain", "asked_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    about: Mapped[list[str]] = mapped_column(Json)
    """Posts, by their URIs."""
    flag_uri: Mapped[str | None] = mapped_column(String(2048), unique=True)
    """Of the report; none where no post was chosen."""
    note_uri: Mapped[str | None] = mapped_column(String(2048), unique=True)
    """Of the message to their contact; none where none is known."""
    contact_uri: Mapped[str | None] = mapped_column(String(2048))
    state: Mapped[ForwardState] = mapped_column(words(ForwardState))
    reason: Mapped[str | None] = mapped_column(String(255))
    """Why nothing arrived: a word of ours."""
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    """Taken back before it left."""


class DomainAnswerRow(ModerationBase):
    """What came back, in their words: for the house's moderators alone."""

    __tablename__ = "domain_answers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    question_id: Mapped[int] = mapped_column(BigId, ForeignKey("domain_questions.id"), index=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    author_uri: Mapped[str] = mapped_column(String(2048))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class PlanState(StrEnum):
    """Arrows: announced → done | called_off | undone."""

    ANNOUNCED = "announced"
    DONE = "done"
    CALLED_OFF = "called_off"
    UNDONE = "undone"
    """Within minutes, as if it had never been said."""


class PlannedSuspensionRow(ModerationBase):
    """A suspension that members were told of before it takes place by itself."""

    __tablename__ = "planned_suspensions"
    __table_args__ = (
        Index("ix_planned_suspensions_state_takes_place_at", "state", "takes_place_at"),
        Index(
            "ix_planned_suspensions_announced_domain",
            "domain",
            unique=True,
            sqlite_where=text("state = 'announced'"),
            postgresql_where=text("state = 'announced'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), index=True)
    rule: Mapped[dict[str, Any]] = mapped_column(Json)
    """As it will be set."""
    state: Mapped[PlanState] = mapped_column(words(PlanState))
    announced_by: Mapped[str] = mapped_column(String(255))
    announced_at: Mapped[datetime] = mapped_column(Instant)
    takes_place_at: Mapped[datetime] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(String(255))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
