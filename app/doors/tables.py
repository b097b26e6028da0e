"""Who waits before a closed door, which organisations asked, and other doors that the admins name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from moderation.columns import BigId, Instant, words


class WaitingState(StrEnum):
    """How far somebody on the list is."""

    UNCONFIRMED = "unconfirmed"
    """Their mail waits to be answered: nobody counts them before."""
    WAITING = "waiting"
    INVITED = "invited"


class WaitingRow(AppBase):
    """A mail address on the waiting list. The address is behind glass: see app.doors.glass."""

    __tablename__ = "waiting_list"
    __table_args__ = (Index("ix_waiting_list_state_last_at", "state", "last_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    """What the links of its letters name: random, since numbers of deleted rows come again."""
    state: Mapped[WaitingState] = mapped_column(words(WaitingState))
    email: Mapped[str] = mapped_column(String(320))
    email_lower: Mapped[str] = mapped_column(String(320), unique=True)
    why: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(12), default="")
    """In which they would post, as a code; empty where they didn't say."""
    locale: Mapped[str] = mapped_column(String(12))
    """In which they are written to."""
    invitation_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the latest invitation; with whoever signs up by it the row goes."""
    asked_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    invited_at: Mapped[datetime | None] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    """When they asked, confirmed or were invited last: from here the row's time runs."""


class RequestState(StrEnum):
    """How far a request is."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class OrganisationRow(AppBase):
    """An organisation that asks for invitations. The address is behind glass: see app.doors.glass."""

    __tablename__ = "organisation_requests"
    __table_args__ = (Index("ix_organisation_requests_state_last_at", "state", "last_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    name: Mapped[str] = mapped_column(String(200))
    website: Mapped[str] = mapped_column(String(500))
    people: Mapped[int]
    """For how many they ask."""
    contact: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    purpose: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(12))
    uses: Mapped[int | None]
    """How many invitations were granted."""
    invitation_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the link that was granted, until an admin ends it."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What they were told besides."""
    answered_by: Mapped[str | None] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    """When they asked, confirmed or were answered: from here the row's time runs."""


class OtherDoorRow(AppBase):
    """Another server that the admins recommend. Nothing of it is ever fetched."""

    __tablename__ = "other_doors"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(500), unique=True)
    host: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(12), default="")
    about_en: Mapped[str] = mapped_column(String(300), default="")
    about_fr: Mapped[str] = mapped_column(String(300), default="")
