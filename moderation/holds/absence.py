"""What is in force while nobody works here: declared in the policy, noticed from the rows, over by itself.

Nobody works where something has waited for as long as the policy says, and in all that time no case was worked on. A
quiet house, in which nothing waits, lacks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation import alarms
from moderation.alarms.tables import AlarmRow
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.log import chain
from moderation.policy import store
from moderation.policy.values import Unattended, WhileAway
from moderation.values import CaseOrigin
from moderation.workforce.tables import StretchKind, StretchRow

NAME: Final = "nobody_works"
"""The alarm that is up meanwhile. It is also what everybody else asks."""
BY: Final = "policy"
WORK: Final = (StretchKind.CASES, StretchKind.APPEALS)


@dataclass(frozen=True, slots=True)
class Absence:
    """That nobody works, and what holds meanwhile."""

    holds: WhileAway
    longest_hours: float
    approve_sign_ups: bool


def watch(session: Session, now: datetime) -> Absence | None:
    """Declare that nobody works, or that somebody is back, each once and logged. What is in force now."""
    measures = store.current(session).unattended
    if not _is_absent(session, measures, now):
        if alarms.clear(session, NAME, now):
            chain.append(session, BY, "somebody_is_back", "policy", {}, now)
        return None
    found = Absence(measures.holds, measures.longest_hours, measures.approve_sign_ups)
    if found != declared(session):
        alarms.raise_(session, NAME, now, _details(found))
        chain.append(session, BY, NAME, "policy", {"hours": f"{measures.hours:g}", **_details(found)}, now)
    return found


def declared(session: Session) -> Absence | None:
    """What was declared, and isn't over."""
    row = session.get(AlarmRow, NAME, populate_existing=True)
    if row is None or row.cleared_at is not None:
        return None
    given = row.details
    return Absence(WhileAway(given["holds"]), float(given["longest_hours"]), bool(given["approve_sign_ups"]))


def _is_absent(session: Session, measures: Unattended, now: datetime) -> bool:
    since = now - timedelta(hours=measures.hours)
    waits = select(CaseRow.id).where(CaseRow.state.in_(UNDECIDED), CaseRow.opened_at <= since)
    if session.scalar(waits.where(CaseRow.origin != CaseOrigin.AUDIT).limit(1)) is None:
        return False
    worked = session.scalar(select(func.max(StretchRow.ended_at)).where(StretchRow.kind.in_(WORK)))
    return worked is None or worked <= since


def _details(absence: Absence) -> dict[str, Any]:
    return {
        "holds": absence.holds.value,
        "longest_hours": absence.longest_hours,
        "approve_sign_ups": absence.approve_sign_ups,
    }
