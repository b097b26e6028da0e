"""Examples as rows: a label, and which evidence it is about. The text stays with the evidence, and goes with it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.learning.values import Chosen, ModelKind, Provenance, Taught


class ExampleRow(ModerationBase):
    """What people said of one public post. Gathered anew whenever somebody says more of it."""

    __tablename__ = "learning_examples"
    __table_args__ = (Index("ix_learning_examples_decided_at", "decided_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    snapshot_id: Mapped[int] = mapped_column(BigId, index=True)
    """The evidence that they read; without it there is no example any more."""
    decision_id: Mapped[int] = mapped_column(BigId)
    case_id: Mapped[int] = mapped_column(BigId)
    provenance: Mapped[Provenance] = mapped_column(words(Provenance))
    chosen: Mapped[Chosen] = mapped_column(words(Chosen))
    labels: Mapped[dict[str, float]] = mapped_column(Json)
    """By label, from 0 to 1; those of which nobody said anything are left out."""
    readers: Mapped[int]
    held_out: Mapped[bool]
    propensity: Mapped[float | None]
    scores: Mapped[dict[str, Any]] = mapped_column(Json)
    model_version: Mapped[str | None] = mapped_column(String(64))
    circumstances: Mapped[dict[str, Any]] = mapped_column(Json, server_default="{}")
    """How it was sent, and who wrote to whom, in numbers alone."""
    decided_at: Mapped[datetime] = mapped_column(Instant)
    gathered_at: Mapped[datetime] = mapped_column(Instant, index=True)


class TrainingState(StrEnum):
    """Where a training is; the arrows stand in moderation.learning.states."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    CANDIDATE = "candidate"
    """It passed the gate: a person may put it in use."""
    REFUSED = "refused"
    """It is worse somewhere that counts, and nobody can put it in use."""
    FAILED = "failed"


class TrainingRow(ModerationBase):
    """One training of a version of this server's own: of which model, who wanted it, how far it is."""

    __tablename__ = "model_trainings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ModelKind] = mapped_column(words(ModelKind), default=ModelKind.TEXT, server_default="text")
    state: Mapped[TrainingState] = mapped_column(words(TrainingState), index=True)
    asked_by: Mapped[str | None] = mapped_column(String(255))
    """None where the policy said that it is time."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    beat_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it last said how far it is."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    stage: Mapped[str] = mapped_column(String(24), default="")
    share: Mapped[float] = mapped_column(default=0.0)
    """How far this stage is, from 0 to 1."""
    version: Mapped[str | None] = mapped_column(String(64), index=True)
    digest: Mapped[str | None] = mapped_column(String(64))
    base: Mapped[str | None] = mapped_column(String(64))
    against: Mapped[str | None] = mapped_column(String(64))
    """The version in use with which the gate compared it."""
    learnt: Mapped[dict[str, Any]] = mapped_column(Json)
    """Counts of what it was made from, and how many examples were kept out for measuring."""
    judged: Mapped[dict[str, Any]] = mapped_column(Json)
    """What the gate compared, in figures."""
    why: Mapped[str] = mapped_column(String(64), default="")
    """A code of why it failed."""


class ModelUseRow(ModerationBase):
    """From when on which version of a model is asked; the newest row of its kind is in force."""

    __tablename__ = "model_uses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ModelKind] = mapped_column(words(ModelKind), default=ModelKind.TEXT, server_default="text")
    version: Mapped[str | None] = mapped_column(String(64))
    """One of this server's own, or an older one that is shipped too; None for whichever shipped one is current. Of the
    context model none is shipped: None is that none is asked."""
    digest: Mapped[str | None] = mapped_column(String(64))
    put_by: Mapped[str] = mapped_column(String(255))
    put_at: Mapped[datetime] = mapped_column(Instant)
    rolled_back: Mapped[bool] = mapped_column(default=False)


class ShadowRow(ModerationBase):
    """What a candidate would have said of live posts beside the version in use: counts, and where they differ."""

    __tablename__ = "model_shadows"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    against: Mapped[str] = mapped_column(String(64))
    last_id: Mapped[int] = mapped_column(BigId)
    """Of the verdict up to which it has looked."""
    looked_at: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    """By label: held by both, by the version in use alone, by the candidate alone."""
    differing: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """The latest posts about which they differ: address, label, both scores. No text."""
    changed_at: Mapped[datetime] = mapped_column(Instant)


class RescoringRow(ModerationBase):
    """Once through what waits, with the text model that was put in use: asked for by whom, and how far it is."""

    __tablename__ = "rescorings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    version: Mapped[str] = mapped_column(String(64))
    """Which read; empty before it began."""
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """When it was through, or another took its place."""
    total: Mapped[int]
    """Cases that waited when it was asked for."""
    done: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    """Of those that were looked at, the ones that still waited and could be read."""
    last_id: Mapped[int] = mapped_column(BigId, default=0)
    until_id: Mapped[int] = mapped_column(BigId)


class ReadingRow(ModerationBase):
    """What a later version says of what waits, beside the verdict whose findings it is shown in the place of."""

    __tablename__ = "readings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, index=True)
    verdict_id: Mapped[int] = mapped_column(BigId, index=True)
    version: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """As findings' rows have them. No text."""
    read_at: Mapped[datetime] = mapped_column(Instant)


class TeacherRow(ModerationBase):
    """Somebody of the crew who wants to teach the text model, and how much of it; who has no row doesn't."""

    __tablename__ = "teachers"

    by: Mapped[str] = mapped_column(String(255), primary_key=True)
    an_hour: Mapped[int]
    since: Mapped[datetime] = mapped_column(Instant)


class LessonRow(ModerationBase):
    """A public post about which somebody is asked, by its address; its text is with the evidence, once answered."""

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("by", "uri"),
        Index("ix_lessons_by_offered_at", "by", "offered_at"),
        Index("ix_lessons_by_answered_at", "by", "answered_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    by: Mapped[str] = mapped_column(String(255))
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    label: Mapped[str] = mapped_column(String(64))
    """Of which the text model is least sure."""
    scores: Mapped[dict[str, Any]] = mapped_column(Json)
    model_version: Mapped[str | None] = mapped_column(String(64))
    offered_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[Taught | None] = mapped_column(words(Taught))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    snapshot_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The evidence of what they read; None where the answer says nothing."""
