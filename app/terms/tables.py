"""Versions of the terms and of what is said about privacy: each as it read, in both languages, for good."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class Document(StrEnum):
    """Which of the two."""

    TERMS = "terms"
    PRIVACY = "privacy"


class TermsVersionRow(AppBase):
    """A version; the newest is in force."""

    __tablename__ = "terms_versions"
    __table_args__ = (
        UniqueConstraint("document", "number"),
        Index("ix_terms_versions_document_made_at", "document", "made_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document: Mapped[Document] = mapped_column(words(Document))
    number: Mapped[int]
    policy_version: Mapped[int]
    """The policy that was in force."""
    sections: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(Json)
    """By language: `title` and `parts`, each a paragraph or a list of lines."""
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
