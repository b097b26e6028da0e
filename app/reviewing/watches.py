"""Ending early what a decision said of everything alike, and putting it in force again: for moderators."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.cases import exclusions, watching
from moderation.cases.tables import DecisionRow
from moderation.errors import NotFoundError
from moderation.links import keeping as link_rules


def lift(services: Services, account: AccountRow, decision_id: int) -> None:
    """What comes later and is alike is looked at afresh. Raises as `restore` does."""
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        exclusions.require(session, _case_of(session.get(DecisionRow, decision_id)), by, now)
        watching.lift(session, decision_id, by, now)


def restore(services: Services, account: AccountRow, decision_id: int) -> None:
    """Put it in force again. Raises ForbiddenError, ExcludedError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        exclusions.require(session, _case_of(session.get(DecisionRow, decision_id)), by, now)
        watching.restore(session, decision_id, by, now)


def lift_link(services: Services, account: AccountRow, decision_id: int, rule: int) -> None:
    """What links there isn't refused any more. Raises as `restore` does."""
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        exclusions.require(session, _case_of(session.get(DecisionRow, decision_id)), by, now)
        link_rules.lift(session, decision_id, rule, by, now)


def restore_link(services: Services, account: AccountRow, decision_id: int, rule: int) -> None:
    """It is refused again, for what is left of its time. Raises as `restore` does."""
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        exclusions.require(session, _case_of(session.get(DecisionRow, decision_id)), by, now)
        link_rules.restore(session, decision_id, rule, by, now)


def _case_of(row: DecisionRow | None) -> int:
    if row is None or row.case_id is None:
        raise NotFoundError("there is no such decision")
    return row.case_id
