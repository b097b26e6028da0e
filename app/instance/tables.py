"""What is stored about this instance: key and value, and its rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json


class InstanceSettingRow(AppBase):
    """One fact about the house: `domain` (never changes), `title`, `description`, `contact`, …"""

    __tablename__ = "instance_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    set_at: Mapped[datetime] = mapped_column(Instant)


class ActiveWeekRow(AppBase):
    """How many members were here in a week: a number, nobody's name."""

    __tablename__ = "active_weeks"

    begins_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    """Monday, midnight UTC."""
    members: Mapped[int] = mapped_column(default=0)


class ActiveDayRow(AppBase):
    """How many members were here on a day: a number, nobody's name."""

    __tablename__ = "active_days"

    begins_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    """Midnight UTC."""
    members: Mapped[int] = mapped_column(default=0)


class RuleRow(AppBase):
    """A rule of the house, in English and French."""

    __tablename__ = "rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    position: Mapped[int]
    text_en: Mapped[str] = mapped_column(Text)
    text_fr: Mapped[str] = mapped_column(Text)
    hint_en: Mapped[str] = mapped_column(Text, default="")
    hint_fr: Mapped[str] = mapped_column(Text, default="")
    good_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What is fine, as an example; the next, what isn't."""
    good_fr: Mapped[str] = mapped_column(Text, default="", server_default="")
    bad_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    bad_fr: Mapped[str] = mapped_column(Text, default="", server_default="")
    category: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """What breaking it is called in the DSA's transparency database; empty where that is left to the case."""
    labels: Mapped[str] = mapped_column(String(255), default="", server_default="")
    """What it is about, codes of `moderation.authors.severities` with a space between."""
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class ListReaderRow(AppBase):
    """Somebody named who may read our list of servers with a token: a program or a server that can't sign."""

    __tablename__ = "list_readers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    audience: Mapped[str] = mapped_column(String(16))
    """For whom the list must be open for it to open anything: `members` or `peers`."""
    domain: Mapped[str | None] = mapped_column(String(255))
    """Of its server, if it has one: suspended, it reads nothing."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    """To within an hour."""
    revoked_by: Mapped[str | None] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
