"""Answers and proposed decisions for pages and API: who may give them, and one short write for each."""

from __future__ import annotations

from functools import partial

from app.accounts.tables import AccountRow, Role
from app.database.engine import after_commit
from app.enforcement import enact
from app.reviewing import decide, people
from app.services import Services
from moderation.cases import decisions
from moderation.cases.values import Decided, DecisionRequest
from moderation.quality import answering, proposals, reviews
from moderation.quality.answering import Answer
from moderation.quality.proposals import Proposal

LEARN = Role.TRAINEE
"""Who is learning proposes; a reviewer or above decides."""


def answer(services: Services, account: AccountRow, case_id: int, request: DecisionRequest) -> Answer:
    """Answer a case: a decision, a blind second opinion, or what is only stored.

    Raises ForbiddenError, and moderation's Claimed-, Stale-, Refused-, NotFoundError.
    """
    by = people.require_for(account, request)
    with services.db.write() as session:
        decide.require_lead_where_two_differ(session, account, case_id)
        given = answering.answer(session, case_id, request, by, services.clock.now())
        if given.decided is not None:
            people.require_outranks(session, account, given.decided.effects)
            decide.carry_out(services, session, given.decided)
    return given


def ask(services: Services, account: AccountRow, case_id: int, request: DecisionRequest) -> Proposal:
    """Ask for a second opinion. Where nobody else could give it, the case rests and comes back to be read afresh."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        alone = not people.has_others(session, by, services.clock.now())
        return proposals.ask(session, case_id, request, by, services.clock.now(), alone=alone)


def propose(services: Services, account: AccountRow, case_id: int, request: DecisionRequest) -> Proposal:
    """Somebody who is learning says what they would decide."""
    by = people.require(account, LEARN)
    with services.db.write() as session:
        return proposals.propose(session, case_id, request, by, services.clock.now())


def accept(services: Services, account: AccountRow, proposal_id: int) -> Decided:
    """Decide as a trainee proposed. Raises ForbiddenError, RefusedError, NotFoundError, and what deciding raises."""
    by, now = people.require(account, people.WORK), services.clock.now()
    with services.db.write() as session:
        case_id, request = proposals.accepted(session, proposal_id, by)
        people.require_for(account, request)
        answering.require_plain(session, case_id)
        decide.require_lead_where_two_differ(session, account, case_id)
        decided = decisions.decide(session, case_id, request, by, now)
        people.require_outranks(session, account, decided.effects)
        decide.carry_out(services, session, decided, accepted=proposal_id)
    return decided


def thumb(services: Services, account: AccountRow, proposal_id: int, *, up: bool, words: str) -> int:
    """A colleague's word on a proposal; the case that it is on."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        proposals.thumb(session, proposal_id, by, services.clock.now(), up=up, words=words)
        return proposals.find(session, proposal_id).case_id


def uphold(services: Services, account: AccountRow, review_id: int) -> None:
    """A lead leaves what was decided first."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        reviews.uphold(session, review_id, by, services.clock.now())


def change(services: Services, account: AccountRow, review_id: int) -> Decided:
    """A lead wants the second answer: the first decision is taken back, and the case decided so."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        decision_id, case_id, request = reviews.change(session, review_id, by, now)
        people.require_for(account, request)
        undone = decisions.reverse(session, decision_id, "a second review", by, now)
        enact.enact(services, session, undone.effects)
        decided = decisions.decide(session, case_id, request, by, now)
        people.require_outranks(session, account, decided.effects)
        enact.enact(services, session, decided.effects)
        proposals.settle(session, decided.decision.id, by, now)
        after_commit(session, partial(decide.forget_typed, services, [case_id]))
    return decided
