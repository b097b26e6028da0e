"""The public log of decisions: off until an admin opens it, and then some days late; nobody is named in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.errors import InvalidError
from app.instance import facts, rules
from app.services import Services
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.log import chain
from moderation.values import CaseOrigin, CaseState, Scope

FACT: Final = "public_log_days"
USUAL_DAYS: Final = 7
MOST_DAYS: Final = 365
SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as anybody may read it: no person, no text, no server, and the day instead of the moment."""

    id: int
    day: date
    action: str
    scope: str
    rule: str | None
    here: bool
    """Whether it was about a member of this house."""
    noticed_by: str
    """`machine` or `people`: who pointed it out. A person decided, always."""
    taken_back: bool


def days(session: Session) -> int | None:
    """How many days late it is; None while it is closed."""
    found = facts.get(session, FACT)
    return int(found) if found else None


def choose(services: Services, by: str, wanted: int | None) -> None:
    """Open it, so many days late, or close it (None). Raises InvalidError."""
    if wanted is not None and not 1 <= wanted <= MOST_DAYS:
        raise InvalidError(f"Between 1 and {MOST_DAYS} days", code="days")
    with services.db.write() as session:
        facts.put(session, FACT, wanted or 0, services.clock.now())
        chain.append(session, by, "public_log_set", "house:public_log", {"days": wanted}, services.clock.now())


def page(session: Session, now: datetime, late: int, locale: str, before: int | None) -> tuple[list[Line], int | None]:
    """The newest decisions that are old enough, and where to read on. What is sealed, or care, is never in it."""
    again = aliased(DecisionRow)
    query = (
        select(DecisionRow, CaseRow.local, CaseRow.origin, again.id)
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .outerjoin(again, again.reverses_id == DecisionRow.id)
        .where(DecisionRow.made_at <= now - timedelta(days=late), ORIGINAL)
        .where(CaseRow.state != CaseState.SEALED, CaseRow.origin != CaseOrigin.CARE)
    )
    if before is not None:
        query = query.where(DecisionRow.id < before)
    found = session.execute(query.order_by(DecisionRow.id.desc()).limit(SIZE + 1)).all()
    lines = [
        Line(
            row.id,
            row.made_at.date(),
            row.action.value,
            row.scope.value,
            rules.text_of(session, row.rule_id, locale),
            local and row.scope is not Scope.DOMAIN,
            "people" if origin in (CaseOrigin.REPORT, CaseOrigin.APPEAL) else "machine",
            reversed_by is not None,
        )
        for row, local, origin, reversed_by in found[:SIZE]
    ]
    return lines, lines[-1].id if len(found) > SIZE else None
