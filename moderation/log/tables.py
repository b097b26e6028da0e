"""The chain's rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant


class LogRow(ModerationBase):
    """One event. Rows are only added; a redaction empties `payload` and `salt`, and leaves the hashes as they are."""

    __tablename__ = "log_events"
    __table_args__ = (Index("ix_log_events_actor_seq", "actor", "seq"), Index("ix_log_events_verb_seq", "verb", "seq"))

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(255))
    verb: Mapped[str] = mapped_column(String(64))
    object: Mapped[str] = mapped_column(String(2048), index=True)
    payload: Mapped[str | None] = mapped_column(Text)
    """JSON as it was hashed, to the byte: a JSON column may give numbers and keys back in another form."""
    salt: Mapped[str | None] = mapped_column(String(32))
    """Goes with a redacted payload, so that nobody can find it again by guessing at its hash."""
    payload_hash: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Unique: no two events can follow the same one."""
    hash: Mapped[str] = mapped_column(String(64))
