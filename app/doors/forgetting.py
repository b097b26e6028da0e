"""What the purge forgets of those before the closed door."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Delete, delete
from sqlalchemy.orm import Session

from app.doors import organisations, waiting
from app.doors.links import CONFIRM_WITHIN
from app.doors.tables import OrganisationRow, RequestState, WaitingRow, WaitingState


def unconfirmed(session: Session, now: datetime) -> dict[str, int]:
    """Addresses that nobody confirmed, once their link is over; how many, by table."""
    before = now - CONFIRM_WITHIN
    people = delete(WaitingRow).where(WaitingRow.state == WaitingState.UNCONFIRMED, WaitingRow.last_at < before)
    groups = delete(OrganisationRow).where(
        OrganisationRow.state == RequestState.UNCONFIRMED, OrganisationRow.last_at < before
    )
    return {"waiting_list": _gone(session, people), "organisation_requests": _gone(session, groups)}


def entries(session: Session, now: datetime) -> int:
    """Entries of the waiting list to which nothing happened for a year; how many."""
    old = delete(WaitingRow).where(WaitingRow.last_at < now - waiting.KEPT)
    return _gone(session, old)


def requests(session: Session, now: datetime) -> int:
    """Requests of organisations a year after the last that happened with them; how many."""
    old = delete(OrganisationRow).where(OrganisationRow.last_at < now - organisations.KEPT)
    return _gone(session, old)


def _gone(session: Session, rows: Delete) -> int:
    return int(session.execute(rows).rowcount)  # type: ignore[attr-defined]
