"""Cases, what they are about, and the decisions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Action, CaseOrigin, CaseState, Scope, SubjectKind

_TO_MEND = text("unmended_at IS NULL AND mend_by IS NOT NULL")
_CLAIMED = text("claimed_until IS NOT NULL")


class CaseRow(ModerationBase):
    """One unit of work for people. Its state changes through moderation.cases.states alone."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_rank", "state", "rank", "id"),
        Index("ix_cases_state_changed_at", "state", "changed_at", "id"),
        Index("ix_cases_assigned_to_state", "assigned_to", "state"),
        Index("ix_cases_opened_at", "opened_at"),
        Index("ix_cases_decided_at", "decided_at"),
        Index("ix_cases_author_uri_state", "author_uri", "state"),
        Index("ix_cases_author_domain_opened_at", "author_domain", "opened_at"),
        Index("ix_cases_state_due_at", "state", "due_at"),
        Index("ix_cases_state_queue_rank", "state", "queue_id", "rank", "id"),
        Index("ix_cases_state_label_origin", "state", "label", "origin", "opened_at"),
        Index("ix_cases_state_queue_version", "state", "queue_version"),
        Index("ix_cases_claimed_until", "claimed_until", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
        Index(
            "ix_cases_coming_due",
            "due_at",
            sqlite_where=text("overdue_at IS NULL"),
            postgresql_where=text("overdue_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    origin: Mapped[CaseOrigin] = mapped_column(words(CaseOrigin))
    state: Mapped[CaseState] = mapped_column(words(CaseState))
    author_uri: Mapped[str] = mapped_column(String(2048))
    author_domain: Mapped[str] = mapped_column(String(255), index=True)
    local: Mapped[bool]
    label: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(12))
    reasons: Mapped[list[str]] = mapped_column(Json)
    rank: Mapped[float]
    """What the queue is ordered by, highest first: it needs no recount as cases grow older."""
    rank_parts: Mapped[dict[str, float]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with whatever would change a decision: an edit, a report, a member; never with a claim."""
    changed_by: Mapped[str | None] = mapped_column(String(255))
    changed_what: Mapped[str] = mapped_column(String(24), default="opened")
    changed_at: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """By when it should be decided; None where nobody waits for it."""
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was noticed that its time is over, which happens once."""
    claimed_by: Mapped[str | None] = mapped_column(String(255))
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    assigned_to: Mapped[str | None] = mapped_column(String(255))
    escalated_by: Mapped[str | None] = mapped_column(String(255))
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    escalation_note: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(String(255))
    cluster_id: Mapped[int | None] = mapped_column(BigId, index=True)
    reports: Mapped[int] = mapped_column(default=0)
    members: Mapped[int] = mapped_column(default=1)
    has_pictures: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Whether there are pictures or films to look at in its own subject."""
    queue_id: Mapped[int | None] = mapped_column(BigId)
    """Where it waits, chosen by moderation.queues.placing alone; None is the rest."""
    queue_version: Mapped[int] = mapped_column(default=0, server_default="0")
    """That of the queues when it was placed."""


class CaseSubjectRow(ModerationBase):
    """A subject of a case: one, or the members of a wave."""

    __tablename__ = "case_subjects"

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), primary_key=True, index=True)
    author_uri: Mapped[str] = mapped_column(String(2048))
    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    verdict_id: Mapped[int | None] = mapped_column(BigId)
    added_at: Mapped[datetime] = mapped_column(Instant)
    language: Mapped[str | None] = mapped_column(String(12))
    """Of its text when it joined; None where nobody knows."""
    distance: Mapped[int | None]
    """In how many of 64 bits its fingerprint differs from its wave's; None where it was compared with none."""


class CaseEventRow(ModerationBase):
    """What happened to a case besides decisions: claimed, escalated, assigned, edited, joined, closed."""

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_by_at", "by", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    by: Mapped[str | None] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
    details: Mapped[dict[str, Any]] = mapped_column(Json)


class DecisionRow(ModerationBase):
    """A person's event on a subject. A reversal is one too, and names what it reverses."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_author_uri_made_at", "author_uri", "made_at"),
        Index("ix_decisions_made_by_made_at", "made_by", "made_at"),
        Index("ix_decisions_ends_at", "ends_at"),
        Index("ix_decisions_domain_made_at", "domain", "made_at"),
        Index("ix_decisions_to_mend", "mend_by", sqlite_where=_TO_MEND, postgresql_where=_TO_MEND),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    author_uri: Mapped[str] = mapped_column(String(2048))
    domain: Mapped[str] = mapped_column(String(255))
    action: Mapped[Action] = mapped_column(words(Action))
    scope: Mapped[Scope] = mapped_column(words(Scope))
    rule_id: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    """For the crew; no author reads it."""
    author_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    """For the members whom it restricts, besides the reason."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    case_version: Mapped[int | None]
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    mend_by: Mapped[datetime | None] = mapped_column(Instant)
    """By when somebody frozen is to mend it, or to answer; None for every other decision."""
    unmended_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was noticed that this time is over, which happens once."""
    strike: Mapped[bool] = mapped_column(default=False)
    effects: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """What it did, each with what was before, so that it can be taken back."""
    reverses_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("decisions.id"), unique=True)
    ignores_reports: Mapped[bool] = mapped_column(default=False)
    """Further reports are answered by it until the post changes, or one is graver."""
    part_of_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("decisions.id"), index=True)
    """The decision along with which it was made, and is taken back."""
    batch_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("decisions.id"), index=True)
    """The first of several cases that were decided together; one undo takes all of them back."""


class CaseExclusionRow(ModerationBase):
    """Somebody who may neither see, claim nor decide a case: they decided what is contested, or are named in it."""

    __tablename__ = "case_exclusions"

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True)
    moderator: Mapped[str] = mapped_column(String(255), primary_key=True, index=True)
    why: Mapped[str] = mapped_column(String(64))
    """A code, such as `decided_first`."""
    until: Mapped[datetime | None] = mapped_column(Instant)
    """None for good; where nobody else is there, an exclusion ends after a while."""


class DecisionCaseRow(ModerationBase):
    """A case that a decision closed: its own, and others of the author that it settled."""

    __tablename__ = "decision_cases"

    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True, index=True)
