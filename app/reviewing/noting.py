"""A note on a case for the next who reads it: by whoever may read the case, and nothing is decided by it."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.cases import noting


def put(services: Services, account: AccountRow, case_id: int, words: str) -> None:
    """Put it there. Raises ForbiddenError, and moderation's Excluded-, NotFound- and RefusedError."""
    by = people.require(account, people.LOOK)
    with services.db.write() as session:
        turns.take(session)
        noting.put(session, case_id, by, words, services.clock.now())
