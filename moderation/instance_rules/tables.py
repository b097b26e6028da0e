"""Instance rules as rows: the rule, its versions, what it matched, and trials on the past."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.patterns.tables import PatternSeverity


class RuleState(StrEnum):
    """How far a rule has come; the arrows stand in moderation.instance_rules.states."""

    DRAFT = "draft"
    SHADOW = "shadow"
    """It is asked about every post, and only what it would have done is written down."""
    LIVE = "live"
    OFF = "off"


class HitMode(StrEnum):
    """What a hit was."""

    SHADOW = "shadow"
    LIVE = "live"
    FAILED = "failed"
    """It couldn't be answered: a division by zero, or it took too long. It counts as no match."""


class TrialState(StrEnum):
    """Where a trial is."""

    WAITING = "waiting"
    DONE = "done"
    CALLED_OFF = "called_off"


class InstanceRuleRow(ModerationBase):
    """A rule. What it says stands in its versions; `version` is the number of the one in force."""

    __tablename__ = "instance_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[RuleState] = mapped_column(words(RuleState))
    version: Mapped[int]
    cluster_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    """The wave for which it was proposed, and with which it ends."""
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant, index=True)
    """When its state or version changed: whoever remembers the rules compares."""


class RuleVersionRow(ModerationBase):
    """What a rule said from then on. Never rewritten: a roll-back is a version as well."""

    __tablename__ = "instance_rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(BigId, ForeignKey("instance_rules.id"))
    number: Mapped[int]
    expression: Mapped[str] = mapped_column(Text)
    severity: Mapped[PatternSeverity] = mapped_column(words(PatternSeverity))
    label: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    """Why, for the crew."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)


class RuleHitRow(ModerationBase):
    """A public subject that a rule matched, or would have."""

    __tablename__ = "instance_rule_hits"
    __table_args__ = (
        UniqueConstraint("rule_id", "version", "uri"),
        Index("ix_instance_rule_hits_rule_id_at", "rule_id", "at"),
        Index("ix_instance_rule_hits_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(BigId, ForeignKey("instance_rules.id"))
    version: Mapped[int]
    uri: Mapped[str] = mapped_column(String(2048))
    mode: Mapped[HitMode] = mapped_column(words(HitMode))
    at: Mapped[datetime] = mapped_column(Instant)


class RuleTrialRow(ModerationBase):
    """A version tried on what was judged in the days before, by the worker, beside what people decided."""

    __tablename__ = "instance_rule_trials"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(BigId, ForeignKey("instance_rules.id"), index=True)
    version: Mapped[int]
    days: Mapped[int]
    state: Mapped[TrialState] = mapped_column(words(TrialState), index=True)
    whole: Mapped[int]
    """How many verdicts there are to look at."""
    looked_at: Mapped[int]
    next_id: Mapped[int | None] = mapped_column(BigId)
    """Verdicts below this one haven't been looked at yet."""
    result: Mapped[dict[str, Any]] = mapped_column(Json)
    """`matched`, `allowed`, `restrained`, `undecided`, `failed`, and `examples`: some URIs that it matched."""
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
