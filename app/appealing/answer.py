"""Answering an appeal: role, moderation's word, and its effects, in one write."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.enforcement import enact
from app.errors import ForbiddenError, NotFoundError
from app.reviewing import people
from app.services import Services
from moderation.appeals import answering, reading
from moderation.appeals.values import Answer, Answered
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest


def answer(services: Services, moderator: AccountRow, case_id: int, given: Answer) -> Answered:
    """Uphold, overturn or vary: who may make such a decision may judge one.

    Raises ForbiddenError, NotFoundError, and moderation's Excluded-, Claimed-, Stale-, RefusedError.
    """
    by = people.require(moderator, people.WORK)
    if given.instead is not None:
        people.require_for(moderator, given.instead)
    with services.db.write() as session:
        row = reading.find_by_case(session, case_id)
        if row is None:
            raise NotFoundError
        first = session.get_one(DecisionRow, row.decision_id)
        if not people.may(moderator.role, DecisionRequest(first.action, first.scope)):
            raise ForbiddenError("This decision takes another role", code="role_required")
        done = answering.answer(session, case_id, given, by, services.clock.now())
        people.require_outranks(session, moderator, done.effects)
        enact.enact(services, session, done.effects)
    return done
