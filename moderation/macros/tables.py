"""Macros as rows: one for each of the keys 1 to 9."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import Instant, Json


class MacroRow(ModerationBase):
    """What a key does. An emptied key keeps its row, so that a house that emptied all of them stays so."""

    __tablename__ = "macros"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    active: Mapped[bool] = mapped_column(default=True)
    name_en: Mapped[str] = mapped_column(String(80))
    name_fr: Mapped[str] = mapped_column(String(80))
    text_en: Mapped[str] = mapped_column(Text)
    """What an author who reads English is told; empty where the other language's is used."""
    text_fr: Mapped[str] = mapped_column(Text)
    rule_id: Mapped[str | None] = mapped_column(String(64))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """Actions in order, each `{"action", "scope", "days"}`; the first one decides about the posts."""
    link_days: Mapped[int | None]
    """For how long nothing may link to where its posts link."""
    changed_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(Instant)
