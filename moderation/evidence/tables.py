"""Snapshots: what a subject was when it was held, reported, audited or edited; and who changed it since."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import SubjectKind, Visibility


class SnapshotCause(StrEnum):
    """Why it was taken."""

    INGEST = "ingest"
    EDIT = "edit"
    REPORT = "report"
    AUDIT = "audit"
    TEACHING = "teaching"
    """Somebody who teaches the text model answered what it is."""


class SnapshotRow(ModerationBase):
    """Text, links and digests as they were; the bytes of media are the app's, in quarantine."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("uri", "seq"), Index("ix_snapshots_purge_after", "purge_after"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048))
    seq: Mapped[int]
    cause: Mapped[SnapshotCause] = mapped_column(words(SnapshotCause))
    kind: Mapped[SubjectKind] = mapped_column(words(SubjectKind))
    author_uri: Mapped[str] = mapped_column(String(2048))
    author_handle: Mapped[str] = mapped_column(String(512))
    visibility: Mapped[Visibility] = mapped_column(words(Visibility))
    language: Mapped[str | None] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    warning: Mapped[str] = mapped_column(Text)
    context: Mapped[dict[str, Any]] = mapped_column(Json)
    """Links, media with their digests, mentions, hashtags, poll options, what it replies to."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what readers would see: whether two snapshots say the same."""
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    purge_after: Mapped[datetime] = mapped_column(Instant)


class ChangeKind(StrEnum):
    """What became of a subject."""

    EDITED = "edited"
    DELETED = "deleted"
    PURGED = "purged"
    """The evidence of it is over: its time was."""


class ChangedBy(StrEnum):
    """Whose doing it was, as far as anybody here can know."""

    AUTHOR = "author"
    """By their own hand here, or in an activity that was signed in their name."""
    SERVER = "server"
    """Their server says so, of itself or when it was asked."""
    STAFF = "staff"
    PURGE = "purge"


class EvidenceChangeRow(ModerationBase):
    """What became of a subject that a case knows: edited, deleted, its evidence purged. No word of what was written."""

    __tablename__ = "evidence_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    what: Mapped[ChangeKind] = mapped_column(words(ChangeKind))
    by: Mapped[ChangedBy] = mapped_column(words(ChangedBy))
    who: Mapped[str | None] = mapped_column(String(255))
    """Of the staff: their name."""
    at: Mapped[datetime] = mapped_column(Instant)
