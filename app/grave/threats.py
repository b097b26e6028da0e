"""A threat to somebody's life: from the desk to the leads, within minutes; the author isn't told."""

from __future__ import annotations

from app.accounts.tables import AccountRow
from app.grave import paging
from app.instance import house
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.grave import cases
from moderation.grave.tables import GraveKind


def raise_(services: Services, account: AccountRow, case_id: int, note: str) -> None:
    """Tell the leads. Raises ForbiddenError, RefusedError, and what moderation raises for a claim."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        turns.take(session)
        cases.threat(session, case_id, by, note, house.country(session), services.clock.now())
        paging.page(services, session, case_id, GraveKind.THREAT_TO_LIFE)
