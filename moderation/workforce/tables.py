"""Moderators’ records, what they signed, when they work, and what they are paid."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words


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


class CrewNameRow(ModerationBase):
    """What somebody is called, besides by their user name. Who has no row is called by it, and outside by nobody's."""

    __tablename__ = "crew_names"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    desk: Mapped[str] = mapped_column(String(40))
    """For colleagues; empty: the user name."""
    outside: Mapped[str] = mapped_column(String(40))
    """For those whom they decide about and answer; empty: the moderators as such."""
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


class StretchKind(StrEnum):
    """What somebody spent a stretch of time on. Second reviews and golden cases are cases: nobody can tell them."""

    CASES = "cases"
    APPEALS = "appeals"
    TRAINING = "training"
    BREAK = "break"
    RELIEF = "relief"
    """The time after a grave case."""


class StretchRow(ModerationBase):
    """Time that somebody worked, or took off: it grows while things are done one after another, and is never changed
    once the next has begun."""

    __tablename__ = "crew_stretches"
    __table_args__ = (Index("ix_crew_stretches_name_began_at", "name", "began_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[StretchKind] = mapped_column(words(StretchKind))
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)


class ShiftRow(ModerationBase):
    """When somebody means to work."""

    __tablename__ = "crew_shifts"
    __table_args__ = (Index("ix_crew_shifts_begins_at", "begins_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    begins_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(255))


class AttendanceRow(ModerationBase):
    """That somebody was there: from the first thing they did until they left, or hadn't done anything for a while."""

    __tablename__ = "crew_attendance"
    __table_args__ = (Index("ix_crew_attendance_name_began_at", "name", "began_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    began_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    """When they said that they leave; None while they are there, or where they just went."""


class SkippedTodayRow(ModerationBase):
    """Labels that somebody leaves to others for one day; nobody asks why, and nothing counts it."""

    __tablename__ = "crew_skipped_today"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    labels: Mapped[list[str]] = mapped_column(Json)


class HandoverRow(ModerationBase):
    """A line for whoever comes next, or for one of them, from somebody who leaves."""

    __tablename__ = "crew_handovers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    written_by: Mapped[str] = mapped_column(String(255))
    meant_for: Mapped[str | None] = mapped_column(String(255))
    """None: for everybody."""
    text: Mapped[str] = mapped_column(String(1000))
    written_at: Mapped[datetime] = mapped_column(Instant, index=True)


class HandoverReadRow(ModerationBase):
    """That somebody has read one, and isn't shown it any more."""

    __tablename__ = "crew_handover_reads"

    handover_id: Mapped[int] = mapped_column(BigId, ForeignKey("crew_handovers.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)


class OnCallRow(ModerationBase):
    """When somebody is on call, week by week, by the clock of the house."""

    __tablename__ = "crew_on_call"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    weekday: Mapped[int]
    """0 is Monday: the day on which it begins."""
    begins: Mapped[int]
    ends: Mapped[int]
    """Minutes since midnight; one that ends at or before its beginning ends on the next day."""
    deputy: Mapped[bool]
    """Whether they are called where the first doesn't answer."""


class CallRow(ModerationBase):
    """Something urgent that people were called for, until somebody has it or it is over."""

    __tablename__ = "crew_calls"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    matter: Mapped[str] = mapped_column(String(320), unique=True)
    """What it is, as a code: `threat:12`, `past_due:2026-03-02`, `storm:far.example:2026-03-02`."""
    raised_at: Mapped[datetime] = mapped_column(Instant)
    called: Mapped[list[str]] = mapped_column(Json)
    """Who was called, in order."""
    stage: Mapped[int] = mapped_column(default=0)
    """1: the first was called, 2: the deputy, 3: all leads."""
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_by: Mapped[str | None] = mapped_column(String(255))
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    over_at: Mapped[datetime | None] = mapped_column(Instant, index=True)


class ConsentRow(ModerationBase):
    """That somebody goes on beyond the hours agreed, in one week."""

    __tablename__ = "crew_consents"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    """Its Monday."""
    given_at: Mapped[datetime] = mapped_column(Instant)


class CorrectionRow(ModerationBase):
    """Minutes that somebody says were missing, or too many, and a lead's word on it."""

    __tablename__ = "crew_corrections"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    day: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    ruled_by: Mapped[str | None] = mapped_column(String(255))
    ruled_at: Mapped[datetime | None] = mapped_column(Instant)
    granted: Mapped[bool | None]
    sheet_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("crew_sheets.id"), index=True)
    """The sheet on which it stands: the next one that is approved after it was granted."""


class SheetRow(ModerationBase):
    """A month's time and pay as a lead approved it. It never changes: what was wrong is corrected on a later one."""

    __tablename__ = "crew_sheets"
    __table_args__ = (UniqueConstraint("name", "begins_on"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(255))
    begins_on: Mapped[date] = mapped_column(Date)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    signed_as: Mapped[str] = mapped_column(String(200))
    approved_by: Mapped[str] = mapped_column(String(255))
    approved_at: Mapped[datetime] = mapped_column(Instant)
