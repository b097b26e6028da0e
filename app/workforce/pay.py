"""The house's choice how its crew is paid: by the hour, unless an admin allows rates per decision.

Off by default: who is paid by decision is paid for haste, and haste hurts most in the cases that take long.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.instance import facts
from app.reviewing import people
from app.services import Services
from moderation.log import chain

_BY_DECISION: Final = "pay_by_decision"


def by_decision(session: Session) -> bool:
    """Whether rates per decision may be agreed. Those that were agreed before hold on."""
    return bool(facts.get(session, _BY_DECISION, default=False))


def choose(services: Services, by: AccountRow, *, by_decision: bool) -> None:
    """Set it. Raises ForbiddenError."""
    writer, now = people.require(by, people.RULES), services.clock.now()
    with services.db.write() as session:
        facts.put(session, _BY_DECISION, by_decision, now)
        chain.append(session, writer, "pay_chosen", "house:pay", {"by_decision": by_decision}, now)
