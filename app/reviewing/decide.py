"""Decisions and what they do, in one write: either both are there, or neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.database.engine import after_commit
from app.enforcement import enact
from app.reviewing import people
from app.services import Services
from app.stores import typed
from moderation.cases import decisions, exclusions
from moderation.cases.tables import DecisionCaseRow, DecisionRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.quality import answering, proposals, reviews


def decide(services: Services, account: AccountRow, case_id: int, request: DecisionRequest) -> Decided:
    """Decide a case and enact it. Raises ForbiddenError, and moderation's Claimed-, Stale-, Refused-, NotFoundError."""
    by = people.require_for(account, request)
    with services.db.write() as session:
        answering.require_plain(session, case_id)
        require_lead_where_two_differ(session, account, case_id)
        decided = decisions.decide(session, case_id, request, by, services.clock.now())
        people.require_outranks(session, account, decided.effects)
        carry_out(services, session, decided)
    return decided


def require_lead_where_two_differ(session: Session, account: AccountRow, case_id: int) -> None:
    """Raise ForbiddenError for who is no lead, where two have read the case and would do different things."""
    if proposals.differ(session, case_id):
        people.require(account, people.RULES)


def carry_out(services: Services, session: Session, decided: Decided, accepted: int | None = None) -> None:
    """Enact a decision just made, settle what was proposed on its cases (`accepted`: which of that it is), and perhaps
    draw it to be read again. What anybody had typed in them is forgotten."""
    decision, now = decided.decision, services.clock.now()
    enact.enact(services, session, decided.effects)
    proposals.settle(session, decision.id, decision.by, now, accepted)
    others = people.has_others(session, decision.by, now)
    reviews.draw(session, decision, now, services.tools.chance(), others=others)
    closed = list(session.scalars(select(DecisionCaseRow.case_id).where(DecisionCaseRow.decision_id == decision.id)))
    after_commit(session, partial(forget_typed, services, closed))


def forget_typed(services: Services, case_ids: Iterable[int]) -> None:
    """Cases that are decided keep no words that weren't sent."""
    for number in case_ids:
        typed.forget(services.redis, number)


def reverse(services: Services, account: AccountRow, decision_id: int, reason: str) -> Decided:
    """Take a decision back; another's takes a moderator. Raises ForbiddenError, AlreadyReversedError, NotFoundError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        if _is_anothers(session, decision_id, by):
            people.require(account, people.PEOPLE)
            _require_free(session, decision_id, by, services.clock.now())
        decided = decisions.reverse(session, decision_id, reason, by, services.clock.now())
        enact.enact(services, session, decided.effects)
    return decided


def undo_last(services: Services, account: AccountRow) -> Decided:
    """Take back one's own last decision of the last minutes. Raises NotFoundError where there is none."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        decided = decisions.undo_last(session, by, services.clock.now())
        enact.enact(services, session, decided.effects)
    return decided


def _is_anothers(session: Session, decision_id: int, by: str) -> bool:
    row = session.get(DecisionRow, decision_id)
    return row is not None and row.made_by != by


def _require_free(session: Session, decision_id: int, by: str, now: datetime) -> None:
    """Who has to do with a case leaves what was decided on it to others. Raises ExcludedError."""
    row = session.get(DecisionRow, decision_id)
    if row is not None and row.case_id is not None:
        exclusions.require(session, row.case_id, by, now)
