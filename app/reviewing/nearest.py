"""What was decided of cases like this one, as far as its reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import Role
from app.reviewing import people
from app.services import Services
from moderation.cases import exclusions, reading
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Decision, NearestCase
from moderation.quality import blinding
from moderation.quality.blinding import Seen
from moderation.values import CaseOrigin, CaseState
from moderation.workforce import routing

SHOWN = 12
LOOKED_AT = 40


def with_nearest(session: Session, services: Services, seen: Seen, reader: str, role: Role, now: datetime) -> Seen:
    """The case with what was decided of cases like it. Never for who reads it blind, and never of private posts."""
    detail = seen.detail
    if seen.blind or seen.staged or detail.private or not detail.snapshots or detail.case.origin is CaseOrigin.CARE:
        return seen
    found = of(session, services, detail.snapshots[-1].text, detail.case.uri, reader, role, now)
    return replace(seen, detail=replace(detail, nearest=found)) if found else seen


def of(
    session: Session, services: Services, text: str, uri: str, reader: str, role: Role, now: datetime
) -> tuple[NearestCase, ...]:
    """The nearest decided cases, the most alike first; none about the same post, and none that isn't for them.

    A decision that several cases share, as those of a wave do, counts once, with the case that is most alike. Who
    doesn't decide about people is told of those that they decided themselves.
    """
    hits = {each.case_id: each.similarity for each in services.tools.decided.look(session, text, LOOKED_AT)}
    if not hits:
        return ()
    statement = (
        select(CaseRow)
        .where(CaseRow.id.in_(hits), CaseRow.state == CaseState.DECIDED, CaseRow.uri != uri)
        .where(exclusions.is_for(session, reader, now), routing.unskipped(session, reader, now))
        .where(true() if lookup.at_least(role, people.PEOPLE) else CaseRow.decided_by == reader)
    )
    shown = [reading.summary_of(row, None, now) for row in session.scalars(statement)]
    open_to_them = [each.id for each in blinding.summaries(session, shown, reader)]
    decided = _decisions(session, open_to_them)
    by_likeness = sorted(decided, key=lambda number: (-hits[number], -number))
    firsts: dict[int, NearestCase] = {}
    for number in by_likeness:
        one = decided[number]
        firsts.setdefault(one.id, NearestCase(number, one.action, one.at, round(hits[number], 2)))
    return tuple(firsts.values())[:SHOWN]


def _decisions(session: Session, case_ids: Sequence[int]) -> dict[int, Decision]:
    """The newest decision of each case that wasn't taken back."""
    query = (
        select(DecisionCaseRow.case_id, DecisionRow)
        .join(DecisionRow, DecisionRow.id == DecisionCaseRow.decision_id)
        .where(DecisionCaseRow.case_id.in_(case_ids), DecisionRow.reverses_id.is_(None))
        .where(DecisionRow.part_of_id.is_(None))
        .order_by(DecisionRow.id)
    )
    rows = [(number, row) for number, row in session.execute(query)]
    said = {each.id: each for each in reading.decisions_of(session, [row for _, row in rows])}
    return {number: said[row.id] for number, row in rows if said[row.id].reversed_by is None}
