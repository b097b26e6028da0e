"""Link rules as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant


class LinkRuleRow(ModerationBase):
    """A host and everything below it. It holds until its end, unless somebody lifted it."""

    __tablename__ = "link_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    host: Mapped[str] = mapped_column(String(253), index=True)
    decision_id: Mapped[int] = mapped_column(BigId, ForeignKey("decisions.id"), index=True)
    """The decision that it came along with."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(String(255))
    """Who ended it early; it can be put in force again for what is left of its time."""
