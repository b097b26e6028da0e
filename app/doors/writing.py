"""Letters from the closed door: bounded by the asker's network and by the mailbox, whoever asks for them.

A network that asks too often is told so. A mailbox that has had its letters gets no more for a day, and the answer on
the page is the same as ever: otherwise it would tell that somebody asked for this address before.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.barring import gate, spelling
from app.errors import RateLimitedError
from app.services import Services
from app.stores.budgets import DOOR_LETTERS, DOOR_LETTERS_BY_NETWORK, Budgets, network


def spend(services: Services, email: str, address: str) -> bool:
    """Whether a letter may go to this mailbox now. Raises RateLimitedError for a network that asks too often.

    `address` is the client's.
    """
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(DOOR_LETTERS_BY_NETWORK, network(address or "unknown"))
    try:
        budgets.spend(DOOR_LETTERS, spelling.mailbox_digest(email))
    except RateLimitedError:
        return False
    return True


def require_welcome(session: Session, services: Services, email: str, address: str) -> None:
    """Who can't sign up can't wait for it either. Raises InvalidError and ForbiddenError as signing up does."""
    gate.needs_approval(session, email, address, services.clock.now())
