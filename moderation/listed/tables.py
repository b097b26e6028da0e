"""Lists of hashes, and the hashes that stand on them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class ListSeverity(StrEnum):
    """What a person wants done with what is on a list."""

    SENSITIVE = "sensitive"
    """Let in behind a warning."""
    HOLD = "hold"
    REJECT = "reject"
    QUARANTINE = "quarantine"
    """Shown to nobody, sealed, and a case for the child-safety role."""


class HashKind(StrEnum):
    """How a hash is made: of every byte of a file, or (PDQ) of what is to be seen in a picture."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"


class HashListRow(ModerationBase):
    """A list of hashes with where it comes from and what it's for."""

    __tablename__ = "hash_lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    origin: Mapped[str] = mapped_column(Text, default="")
    """Where its hashes come from, for those who work with it."""
    severity: Mapped[ListSeverity] = mapped_column(words(ListSeverity))
    label: Mapped[str] = mapped_column(String(64))
    """What it is about, a label of the policy: for warnings, queues and priority."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts changes of the list and of what stands on it: whoever remembers it compares."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    off_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when nothing is compared with it."""


class ListedHashRow(ModerationBase):
    """A hash on a list, with who put it there, and why."""

    __tablename__ = "listed_hashes"
    __table_args__ = (
        UniqueConstraint("list_id", "kind", "digest"),
        Index("ix_listed_hashes_kind_digest", "kind", "digest"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    list_id: Mapped[int] = mapped_column(BigId, ForeignKey("hash_lists.id"))
    kind: Mapped[HashKind] = mapped_column(words(HashKind))
    digest: Mapped[str] = mapped_column(String(64))
    """Hexadecimal digits, small."""
    reason: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    """The sealed case that it comes from, if it does."""
    decision_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """The decision that put it here, if one did: taken back, it takes the hash along."""
    listed_by: Mapped[str] = mapped_column(String(255))
    listed_at: Mapped[datetime] = mapped_column(Instant)
