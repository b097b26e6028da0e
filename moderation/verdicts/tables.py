"""Verdicts and findings as rows; append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation import warnings
from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Outcome, SubjectKind


class VerdictRow(ModerationBase):
    """What the door said. `(id, outcome)` is what a published row in the app points at."""

    __tablename__ = "verdicts"
    __table_args__ = (UniqueConstraint("id", "outcome"), Index("ix_verdicts_made_at", "made_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    author_uri: Mapped[str] = mapped_column(String(2048))
    label: Mapped[str | None] = mapped_column(String(64))
    warning: Mapped[str | None] = mapped_column(String(warnings.COLUMN))
    """What a person who labelled it put before it, as `moderation.warnings` writes it."""
    reasons: Mapped[list[str]] = mapped_column(Json)
    policy_version: Mapped[int]
    models: Mapped[dict[str, str]] = mapped_column(Json)
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Every score, in short; findings that no line cares about have no row of their own. None for private posts."""
    by_person: Mapped[bool] = mapped_column(default=False)
    decision_id: Mapped[int | None] = mapped_column(BigId)
    supersedes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("verdicts.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)


class FindingRow(ModerationBase):
    """One finding of one check; not kept for private posts."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    verdict_id: Mapped[int] = mapped_column(BigId, ForeignKey("verdicts.id"), index=True)
    check: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(64))
    score: Mapped[float | None]
    why: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    spans: Mapped[list[list[float]]] = mapped_column(Json)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
