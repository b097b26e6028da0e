"""An author's record, and the link hosts that were seen here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json


class AuthorRow(ModerationBase):
    """What became of an author's posts here. Counters only; nothing of what was written."""

    __tablename__ = "authors"
    __table_args__ = (Index("ix_authors_domain", "domain"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    domain: Mapped[str] = mapped_column(String(255))
    local: Mapped[bool]
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime | None] = mapped_column(Instant)
    followers_here: Mapped[int] = mapped_column(default=0)
    approved: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    strangers_since: Mapped[datetime | None] = mapped_column(Instant)
    strangers: Mapped[int] = mapped_column(default=0)
    """How many who don't know them they addressed since `strangers_since`: an hour's window."""
    trusts: Mapped[dict[str, str] | None] = mapped_column(Json)
    """Labels for which people trust them, each with the time (ISO 8601) until which; see `trust`."""


class LinkHostRow(ModerationBase):
    """A host that a post here linked to."""

    __tablename__ = "link_hosts"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
