"""Moderators’ records, what they are paid, and what they signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json


class ModeratorRow(ModerationBase):
    """What somebody reads and doesn't read. Who has none is given everything."""

    __tablename__ = "moderators"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(Json)
    skills: Mapped[list[str]] = mapped_column(Json)
    skips: Mapped[list[str]] = mapped_column(Json)
    conflict_domains: Mapped[list[str]] = mapped_column(Json)
    conflict_people: Mapped[dict[str, str]] = mapped_column(Json)
    """Handles, and the URI of each."""
    heavy_a_day: Mapped[int | None]
    hours_a_week: Mapped[int | None]
    changed_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class TermsRow(ModerationBase):
    """What somebody is paid from a moment on; the next row takes its place, none is changed. Amounts are in the
    currency's smallest unit. Who has none is a volunteer."""

    __tablename__ = "crew_terms"
    __table_args__ = (Index("ix_crew_terms_name_since", "name", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    since: Mapped[datetime] = mapped_column(Instant)
    currency: Mapped[str] = mapped_column(String(3))
    per_hour: Mapped[int]
    per_decision: Mapped[int | None]
    """Where it is set, cases are paid by decision and everything else by the hour."""
    made_by: Mapped[str] = mapped_column(String(255))


class UndertakingRow(ModerationBase):
    """Somebody's signature under a version of the undertaking of confidentiality."""

    __tablename__ = "crew_undertakings"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the very text that was read."""
    signed_as: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(Instant)
