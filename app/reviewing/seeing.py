"""Whether somebody may read a case at all."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation.cases import claims, exclusions
from moderation.errors import ExcludedError, NotFoundError


def require(services: Services, account: AccountRow, case_id: int) -> None:
    """Raises ForbiddenError, and moderation's Excluded- and NotFoundError."""
    by = people.require(account, people.LOOK)
    with services.db.read() as session:
        claims.find(session, case_id)
        exclusions.require(session, case_id, by, services.clock.now())


def may(services: Services, account: AccountRow, case_id: int) -> bool:
    """The same as an answer: False where it is no longer for them, as once it was sealed. Raises ForbiddenError."""
    try:
        require(services, account, case_id)
    except (ExcludedError, NotFoundError):
        return False
    return True
