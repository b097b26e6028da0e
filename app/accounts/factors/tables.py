"""Second factors and their recovery codes. No secret stands here as it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant


class SecondFactorRow(AppBase):
    """A member's secret, sealed. Until it is confirmed with a first code it asks for nothing."""

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigId, default=0)
    """The time step of the last code that was taken: none is good twice."""


class PasskeyRow(AppBase):
    """A passkey of a member's: its public half, which is no secret."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    data: Mapped[str] = mapped_column(Text)
    """What the device gave of it (WebAuthn's attested credential data), in base64url as the line above."""
    count: Mapped[int] = mapped_column(BigId)
    """How often it was used, as it says itself; a copy's count stands still or falls back. Many say nothing: 0."""
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCodeRow(AppBase):
    """A code that works once in place of the phone or the passkey."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Instant)
