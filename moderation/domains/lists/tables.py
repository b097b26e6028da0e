"""Lists of other servers that are followed, what they name now, and what people wouldn't hear of again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Severity


class DomainListRow(ModerationBase):
    """A list at a URL. It manages the rules whose `source` is `list:ID`."""

    __tablename__ = "domain_lists"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(2048))
    priority: Mapped[int]
    """Where lists disagree the greater one's word counts."""
    at_once: Mapped[bool]
    """Whether what it says is done as soon as it says it; else somebody looks first."""
    unsaid: Mapped[Severity] = mapped_column(words(Severity))
    at_most: Mapped[str] = mapped_column(String(24), default="")
    together: Mapped[int] = mapped_column(default=1)
    """How many of the followed lists must name a domain before this one's word counts."""
    spare_followed: Mapped[bool] = mapped_column(default=True)
    adopts: Mapped[bool] = mapped_column(default=False)
    """Whether it takes over rules of lists that aren't followed any more."""
    excludes: Mapped[list[str]] = mapped_column(Json, default=list)
    etag: Mapped[str] = mapped_column(String(200), default="")
    form: Mapped[str] = mapped_column(String(24), default="")
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")
    """Why the last try gave nothing; what it named before stays."""
    entries: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unread: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    """The first of the rows of which it can't be told whom they name: `line`, `text`, `reason`."""
    unread_rows: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many there are."""
    followed_by: Mapped[str] = mapped_column(String(255))
    followed_at: Mapped[datetime] = mapped_column(Instant)


class DomainListEntryRow(ModerationBase):
    """A domain that a list names now."""

    __tablename__ = "domain_list_entries"
    __table_args__ = (Index("ix_domain_list_entries_domain", "domain"),)

    list_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("domain_lists.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    """The fields that it says something of."""
    labels: Mapped[list[str]] = mapped_column(Json, default=list)
    since: Mapped[datetime] = mapped_column(Instant)
    doubtful: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether nothing that can be read names it any more, but a row that can't be may."""


class DomainListDismissalRow(ModerationBase):
    """What a list proposed and somebody declined: not proposed again while it says the same."""

    __tablename__ = "domain_list_dismissals"

    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    severity: Mapped[str] = mapped_column(String(24), primary_key=True)
    """What was declined; `lift` for a lifting."""
    by: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
