"""Patterns as rows. A row says what it says for good: to change one is to lift it and to add another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class PatternKind(StrEnum):
    """What a pattern is compared with."""

    LINK = "link"
    """A host with all below it, perhaps with the beginning of a path."""
    HASHTAG = "hashtag"
    NAME = "name"
    """The user name of an author, here or elsewhere, and the one that somebody wants who signs up."""


class PatternSeverity(StrEnum):
    """What a person wants done with what matches, from the mildest."""

    LABEL = "label"
    LIMIT = "limit"
    HOLD = "hold"
    REJECT = "reject"


class PatternRow(ModerationBase):
    """A pattern with who made it, and why."""

    __tablename__ = "patterns"
    __table_args__ = (Index("ix_patterns_kind_pattern", "kind", "pattern"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[PatternKind] = mapped_column(words(PatternKind))
    pattern: Mapped[str] = mapped_column(String(500))
    """In its one spelling: see `spelling`."""
    severity: Mapped[PatternSeverity] = mapped_column(words(PatternSeverity))
    label: Mapped[str] = mapped_column(String(64))
    """What it is about, a label of the policy: for warnings, queues and priority."""
    note: Mapped[str] = mapped_column(Text, default="")
    """Why, for the crew."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(String(255))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
