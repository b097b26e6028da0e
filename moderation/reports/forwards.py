"""Reports that were passed on to other servers: where each is, and what their moderators say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.reports.tables import ForwardState, ReportForwardRow

LOOKED_THROUGH: Final = 500
"""Among how many of the latest to a server the one is sought that an answer means without naming it."""
_ARRIVED: Final = (ForwardState.DELIVERED, ForwardState.ANSWERED)


@dataclass(frozen=True, slots=True)
class Forward:
    """A report that was passed on. `at`: since when it is so."""

    domain: str
    state: ForwardState
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """Which report an answer means: by its id, or by what it is about where its sender gave it another id."""

    uri: str | None
    about: str | None
    ours: bool
    """Whether it names us as who reported; without that, only the id counts."""


def note(session: Session, report_id: int, uri: str, domain: str, about: Sequence[str], now: datetime) -> None:
    """A report leaves."""
    row = ReportForwardRow(
        report_id=report_id, uri=uri, domain=domain, about=list(about), state=ForwardState.SENT, sent_at=now
    )
    session.add(row)


def under_way(session: Session, limit: int) -> list[ReportForwardRow]:
    """Those of which nothing is known yet, the oldest first."""
    sent = select(ReportForwardRow).where(ReportForwardRow.state == ForwardState.SENT)
    return list(session.scalars(sent.order_by(ReportForwardRow.id).limit(limit)))


def settle(row: ReportForwardRow, state: ForwardState, reason: str | None, now: datetime) -> None:
    """It arrived, or was given up for a reason."""
    row.state, row.reason, row.settled_at = state, reason, now


def answer(session: Session, domain: str, said: Said, now: datetime, *, undone: bool = False) -> bool:
    """Moderators of a server say that they have settled a report, or that they haven't after all. Nobody but the server
    to which it went is believed. Whether there is such a report; said twice, it is the same.
    """
    row = _meant(session, domain, said)
    if row is None:
        return False
    if undone and row.state is ForwardState.ANSWERED:
        row.state, row.answered_at = ForwardState.DELIVERED, None
        row.settled_at = row.settled_at or now
    elif not undone and row.state is not ForwardState.ANSWERED:
        row.state, row.answered_at = ForwardState.ANSWERED, now
    return True


def of_reports(session: Session, report_ids: Iterable[int]) -> Mapping[int, tuple[Forward, ...]]:
    """By report, where it was passed on to and what came of that, oldest first."""
    rows = session.scalars(
        select(ReportForwardRow).where(ReportForwardRow.report_id.in_(list(report_ids))).order_by(ReportForwardRow.id)
    )
    found: dict[int, tuple[Forward, ...]] = {}
    for row in rows:
        at = row.answered_at or row.settled_at or row.sent_at
        found[row.report_id] = (*found.get(row.report_id, ()), Forward(row.domain, row.state, row.reason, at))
    return found


def _meant(session: Session, domain: str, said: Said) -> ReportForwardRow | None:
    theirs = select(ReportForwardRow).where(ReportForwardRow.domain == domain)
    if said.uri is not None:
        named = session.scalars(theirs.where(ReportForwardRow.uri == said.uri)).first()
        if named is not None:
            return named
    if not said.ours or said.about is None:
        return None
    arrived = theirs.where(ReportForwardRow.state.in_(_ARRIVED)).order_by(ReportForwardRow.id.desc())
    return next((row for row in session.scalars(arrived.limit(LOOKED_THROUGH)) if said.about in row.about), None)
