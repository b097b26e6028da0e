"""Invitations to the crew, and how each works the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.tables import Role
from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class CrewInvitationRow(AppBase):
    """A link with which one person joins the crew, on terms that stand in it. Only the token's hash is stored."""

    __tablename__ = "crew_invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    called: Mapped[str] = mapped_column(String(100))
    """For the leads to know whom it is for."""
    role: Mapped[Role] = mapped_column(words(Role))
    role_until: Mapped[datetime | None] = mapped_column(Instant)
    record: Mapped[dict[str, Any]] = mapped_column(Json)
    """Languages, labels, conflicts and hours, as moderation.workforce.records has them."""
    currency: Mapped[str | None] = mapped_column(String(3))
    per_hour: Mapped[int | None]
    per_decision: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    taken_by: Mapped[str | None] = mapped_column(String(255))
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class DeskChoicesRow(AppBase):
    """How somebody works the desk: see app.workforce.desk_choices. No row: the usual."""

    __tablename__ = "desk_choices"

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    keys: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    single_keys: Mapped[bool] = mapped_column(default=True)
    swipes: Mapped[bool] = mapped_column(default=False)
