"""What a killed worker had in hand, given back at once when it is certain that no other worker lives."""

from __future__ import annotations

from sqlalchemy import update

from app.federation.tables import InboxActivityRow, IntakeState
from app.services import Services

FRESH = (IntakeState.UNVERIFIED, IntakeState.WAITING)
"""In these states a time to wait for is a lease and nothing else; a retry's own pause is left alone."""


def release(services: Services) -> int:
    """Take the leases off; how many. Otherwise they run out by themselves, minutes later."""
    now = services.clock.now()
    with services.db.write() as session:
        released = session.scalars(
            update(InboxActivityRow)
            .where(InboxActivityRow.state.in_(FRESH), InboxActivityRow.next_at > now)
            .values(next_at=None)
            .returning(InboxActivityRow.id)
        )
        return len(released.all())
