"""Fingerprints with their four bands, and clusters of what is alike."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class ClusterState(StrEnum):
    """What people said of a wave; the arrows stand in moderation.duplicates.states."""

    HELD = "held"
    SPAM = "spam"
    """A person confirmed it: what joins it is refused, by that person's rule, until it ends."""
    CLEARED = "cleared"
    """A person said that it is harmless: what joins it is no finding."""


class FingerprintRow(ModerationBase):
    """A 64-bit SimHash (signed, as databases count) and its bands of 16 bits; never any text."""

    __tablename__ = "fingerprints"
    __table_args__ = (
        *(
            Index(
                f"ix_fingerprints_band{n}",
                f"band{n}",
                "made_at",
                sqlite_where=text("cluster_id IS NULL"),
                postgresql_where=text("cluster_id IS NULL"),
            )
            for n in range(4)
        ),
        Index("ix_fingerprints_cluster_id", "cluster_id"),
        Index("ix_fingerprints_made_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    author_uri: Mapped[str] = mapped_column(String(2048))
    simhash: Mapped[int] = mapped_column(BigId)
    band0: Mapped[int]
    band1: Mapped[int]
    band2: Mapped[int]
    band3: Mapped[int]
    private: Mapped[bool] = mapped_column(default=False)
    """Of a post that nobody reads: in no wave and no list of similar posts."""
    cluster_id: Mapped[int | None] = mapped_column(BigId)
    language: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[datetime] = mapped_column(Instant)


class ClusterRow(ModerationBase):
    """Posts that say nearly the same, beyond the line of a wave."""

    __tablename__ = "clusters"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    simhash: Mapped[int] = mapped_column(BigId)
    state: Mapped[ClusterState] = mapped_column(words(ClusterState))
    copies: Mapped[int]
    authors: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(BigId)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant, index=True)
    """When what joins it is looked at afresh."""
