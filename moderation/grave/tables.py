"""Grave cases, and what was sealed of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class GraveKind(StrEnum):
    """What it is about; each is for other people."""

    CHILD_SAFETY = "child_safety"
    THREAT_TO_LIFE = "threat_to_life"


class GraveState(StrEnum):
    """Where it is; the arrows stand in moderation.grave.states."""

    RAISED = "raised"
    REPORTED = "reported"
    """An authority was told; evidence is kept for as long as the law says."""
    RELEASED = "released"
    """It was a mistake, and everything is as it was."""
    DESTROYED = "destroyed"
    """The time of what was kept is over; nothing is left of it but that it was."""


class GraveCaseRow(ModerationBase):
    """What makes a case a grave one."""

    __tablename__ = "grave_cases"
    __table_args__ = (Index("ix_grave_cases_kind_state", "kind", "state"),)

    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[GraveKind] = mapped_column(words(GraveKind))
    state: Mapped[GraveState] = mapped_column(words(GraveState))
    raised_by: Mapped[str] = mapped_column(String(255))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(Instant)
    """Until when an authority should know."""
    country: Mapped[str] = mapped_column(String(2), default="")
    """The house's when it was raised: whose law says how long evidence is kept. Empty where nobody has said."""
    reported_to: Mapped[str] = mapped_column(String(500), default="")
    reference: Mapped[str] = mapped_column(String(255), default="")
    reported_by: Mapped[str | None] = mapped_column(String(255))
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    keep_until: Mapped[datetime | None] = mapped_column(Instant)
    """From when on what is sealed may be destroyed. None until it is reported: nothing goes before."""
    settled_by: Mapped[str | None] = mapped_column(String(255))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_why: Mapped[str] = mapped_column(Text, default="")


class SealedKind(StrEnum):
    """What was sealed."""

    WORDS = "words"
    """Rows, as JSON: the post, its versions, its evidence."""
    FILE = "file"


class SealedItemRow(ModerationBase):
    """Something under its own key, which is wrapped by the house's: without that, the bytes say nothing.

    A file is named before its bytes are sealed (`sealed_at` is None until they are), so that no crash forgets one.
    """

    __tablename__ = "sealed_items"
    __table_args__ = (Index("ix_sealed_items_sealed_at", "sealed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    uri: Mapped[str] = mapped_column(String(2048))
    kind: Mapped[SealedKind] = mapped_column(words(SealedKind))
    name: Mapped[str] = mapped_column(String(255))
    place: Mapped[str] = mapped_column(String(64), unique=True)
    """Under which name the sealed bytes lie, and what they are bound to."""
    plain: Mapped[str | None] = mapped_column(String(1024))
    """Where the file lay, below the data directory; it is put back there on release."""
    address: Mapped[str | None] = mapped_column(String(64), index=True)
    """SHA-256 of the address at which it was shown: nothing fetches that again."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the bytes as they lay here."""
    size_bytes: Mapped[int] = mapped_column(default=0)
    wrapped_key: Mapped[str | None] = mapped_column(String(255))
    body: Mapped[str | None] = mapped_column(Text)
    """The sealed bytes of words, in base64; a file's lie beside the database."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
