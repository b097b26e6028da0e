"""What a member has with a conversation: how far they have read it, whether it is put away or silent."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId


class ConversationMarkRow(AppBase):
    """A member's marks on one conversation. `key` is its digest: its own name may be too long for an index."""

    __tablename__ = "conversation_marks"
    __table_args__ = (Index("ix_conversation_marks_account_id_muted", "account_id", "muted"),)

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation: Mapped[str] = mapped_column(String(2048))
    read_to: Mapped[int] = mapped_column(BigId, default=0)
    hidden_to: Mapped[int] = mapped_column(BigId, default=0)
    """Put away, with all up to this post; a newer one brings it back."""
    muted: Mapped[bool] = mapped_column(default=False)
