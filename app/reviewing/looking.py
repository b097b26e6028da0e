"""Which pictures a moderator looked at, and how plainly: written down with the case, as exposure."""

from __future__ import annotations

from typing import Final

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from moderation.cases import claims, exclusions, opening

STEPS: Final = ("blur", "thumb", "grey", "colour")


def note(services: Services, account: AccountRow, case_id: int, step: str) -> None:
    """One look, by whoever may see the case. Raises InvalidError, ForbiddenError, NotFoundError."""
    if step not in STEPS:
        raise InvalidError("No such step.", code="step_unknown")
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        claims.find(session, case_id)
        exclusions.require(session, case_id, by, now)
        opening.note(session, case_id, "looked", by, now, {"step": step})
