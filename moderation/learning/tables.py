"""Examples as rows: a label, and which evidence it is about. The text stays with the evidence, and goes with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.learning.values import Chosen, Provenance


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
    decided_at: Mapped[datetime] = mapped_column(Instant)
    gathered_at: Mapped[datetime] = mapped_column(Instant, index=True)
