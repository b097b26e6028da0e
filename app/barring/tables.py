"""What is barred from signing up, each with who barred it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, words


class NetworkSeverity(StrEnum):
    """What holds for a network."""

    APPROVAL = "approval"
    """Who signs up from there waits for a yes."""
    BLOCK = "block"
    """Nobody signs up from there."""
    NO_ACCESS = "no_access"
    """Nothing is answered to it but a refusal."""


class BarredMailDomainRow(AppBase):
    """A domain of mail addresses, and everything below it."""

    __tablename__ = "barred_mail_domains"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), unique=True)
    with_approval: Mapped[bool] = mapped_column(default=False)
    """Its people may ask, and wait for somebody's word."""
    barred_by: Mapped[str] = mapped_column(String(255))
    barred_at: Mapped[datetime] = mapped_column(Instant)


class BarredMailboxRow(AppBase):
    """A mailbox, however it is spelt: only a digest of its plainest spelling is kept."""

    __tablename__ = "barred_mailboxes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    barred_by: Mapped[str] = mapped_column(String(255))
    barred_at: Mapped[datetime] = mapped_column(Instant)


class BarredNetworkRow(AppBase):
    """A network of client addresses, in CIDR notation."""

    __tablename__ = "barred_networks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    network: Mapped[str] = mapped_column(String(64), unique=True)
    severity: Mapped[NetworkSeverity] = mapped_column(words(NetworkSeverity))
    comment: Mapped[str] = mapped_column(Text, default="")
    barred_by: Mapped[str] = mapped_column(String(255))
    barred_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
