"""Proposed decisions, decided cases that are read again, golden cases, and what was answered while practising."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Action


class ProposalKind(StrEnum):
    """Why somebody proposes instead of deciding."""

    SECOND = "second"
    """They want a second opinion, given blind."""
    TRAINEE = "trainee"
    """They are learning."""


class ProposalState(StrEnum):
    """What became of a proposal; the arrows stand in moderation.quality.states."""

    WAITING = "waiting"
    AGREED = "agreed"
    DIFFERING = "differing"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    """The case was decided otherwise: by a lead after two differed, or by somebody whose decision reached it."""


class StagedKind(StrEnum):
    """What a staged case is made for."""

    REVIEW = "review"
    GOLDEN = "golden"


class ReviewState(StrEnum):
    """What became of a decided case that was drawn to be read again; the arrows stand in moderation.quality.states."""

    WAITING = "waiting"
    AGREED = "agreed"
    DIFFERING = "differing"
    UPHELD = "upheld"
    CHANGED = "changed"
    LAPSED = "lapsed"


class ProposalRow(ModerationBase):
    """A decision that somebody would make, and the blind answer to it where one was asked for."""

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_by_made_at", "by", "made_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    kind: Mapped[ProposalKind] = mapped_column(words(ProposalKind))
    state: Mapped[ProposalState] = mapped_column(words(ProposalState))
    by: Mapped[str] = mapped_column(String(255))
    request: Mapped[dict[str, Any]] = mapped_column(Json)
    made_at: Mapped[datetime] = mapped_column(Instant)
    own_from: Mapped[datetime | None] = mapped_column(Instant)
    """From when on its author may read the case afresh: only where nobody else could."""
    second_by: Mapped[str | None] = mapped_column(String(255))
    second_request: Mapped[dict[str, Any] | None] = mapped_column(Json)
    second_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(String(255))
    decision_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("decisions.id"))


class ThumbRow(ModerationBase):
    """A colleague's word on a proposal."""

    __tablename__ = "proposal_thumbs"

    proposal_id: Mapped[int] = mapped_column(BigId, ForeignKey("proposals.id"), primary_key=True)
    by: Mapped[str] = mapped_column(String(255), primary_key=True)
    up: Mapped[bool]
    words: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Instant)


class StagedRow(ModerationBase):
    """A case that is like any other to whoever reads it, and whose answer changes nothing.

    Its row in `cases` names a URN, so that no report, hold or decision about the real subject ever meets it.
    """

    __tablename__ = "staged_cases"

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[StagedKind] = mapped_column(words(StagedKind))
    source_id: Mapped[int] = mapped_column(BigId)
    """The review's id, or the golden case's."""
    subject_uri: Mapped[str] = mapped_column(String(2048))
    author_uri: Mapped[str] = mapped_column(String(2048))


class ReviewRow(ModerationBase):
    """A decided case that was drawn to be read by somebody else, with both answers."""

    __tablename__ = "second_reviews"
    __table_args__ = (Index("ix_second_reviews_state", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"), unique=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    """The real one."""
    category: Mapped[str] = mapped_column(String(64))
    state: Mapped[ReviewState] = mapped_column(words(ReviewState))
    first_by: Mapped[str] = mapped_column(String(255))
    first_action: Mapped[Action] = mapped_column(words(Action))
    first_rule: Mapped[str | None] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    second_by: Mapped[str | None] = mapped_column(String(255))
    second_request: Mapped[dict[str, Any] | None] = mapped_column(Json)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    ruled_by: Mapped[str | None] = mapped_column(String(255))
    ruled_at: Mapped[datetime | None] = mapped_column(Instant)
    doubted: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Not drawn at random, but sent back since its label looked wrong: it says nothing of how far people agree."""
    decisive: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Nor this one: sent back for what was decided, since a figure or a line would rest on it."""


class GoldenRow(ModerationBase):
    """A case on whose answer two people agreed by hand: kept as it was read, to be shown to others for practice."""

    __tablename__ = "golden_cases"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), unique=True)
    """The real one that it was made from."""
    accepted: Mapped[list[str]] = mapped_column(Json)
    """The answers that are right, as ratings."""
    rule_id: Mapped[str | None] = mapped_column(String(64))
    rationale: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(255))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_by: Mapped[str | None] = mapped_column(String(255))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    alone: Mapped[bool] = mapped_column(default=False)
    """One person was enough, since there was nobody else; pages say so."""
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_by: Mapped[str | None] = mapped_column(String(255))


class GoldenAnswerRow(ModerationBase):
    """That a golden case was given to somebody, and what they answered."""

    __tablename__ = "golden_answers"
    __table_args__ = (Index("ix_golden_answers_by_given_at", "by", "given_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    golden_id: Mapped[int] = mapped_column(BigId, ForeignKey("golden_cases.id"), index=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), unique=True)
    """The staged one."""
    by: Mapped[str] = mapped_column(String(255))
    given_at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[Action | None] = mapped_column(words(Action))
    rule_id: Mapped[str | None] = mapped_column(String(64))
    agreed: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    disputed_at: Mapped[datetime | None] = mapped_column(Instant)
    dispute: Mapped[str] = mapped_column(Text, default="")
    ruled_by: Mapped[str | None] = mapped_column(String(255))
    ruled_at: Mapped[datetime | None] = mapped_column(Instant)
    reply: Mapped[str] = mapped_column(Text, default="")


class PracticeRow(ModerationBase):
    """An answer in the training queue: the last one to each exercise."""

    __tablename__ = "practice_answers"
    __table_args__ = (UniqueConstraint("by", "exercise"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    by: Mapped[str] = mapped_column(String(255))
    exercise: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(24))
    right: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(Instant)
