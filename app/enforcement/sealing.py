"""What the door found on a list whose hits are sealed: it leaves the desk before anybody was shown it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.services import Services
from moderation.values import Effect


def seal(services: Services, session: Session, effect: Effect) -> None:
    """Seal its case and everything that it is about. Done already, it does nothing."""
    from app.grave import sealing  # it knows what decisions do: at the top this would be a circle

    if effect.verdict is not None and effect.verdict.case_id is not None:
        sealing.seal_found(services, session, effect.verdict.case_id, effect.uri)
