"""Trust for an author, given and taken by moderators: it is about an account, so it takes who decides about those."""

from __future__ import annotations

from datetime import datetime

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.authors import trust
from moderation.cases import exclusions
from moderation.cases.tables import DecisionRow
from moderation.errors import NotFoundError


def give(services: Services, account: AccountRow, decision_id: int) -> datetime:
    """Trust the author of what a decision let in, for its label. Until when.

    Raises ForbiddenError, moderation's ExcludedError, NotFoundError, RefusedError.
    """
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        decision = session.get(DecisionRow, decision_id)
        if decision is None or decision.case_id is None:
            raise NotFoundError("there is no such decision")
        exclusions.require(session, decision.case_id, by, now)
        return trust.give(session, decision_id, by, now)


def withdraw(services: Services, account: AccountRow, author_uri: str, label: str) -> None:
    """Trust an author no longer. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, people.PEOPLE)
    with services.db.write() as session:
        turns.take(session)
        trust.withdraw(session, author_uri, label, by, services.clock.now())
