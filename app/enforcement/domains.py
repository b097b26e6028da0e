"""What a domain rule does here. What was there is hidden by two marks on its actors, and comes back with them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts import domains
from app.services import Services
from moderation.values import Effect


def rules_changed(services: Services, session: Session, effects: Sequence[Effect]) -> None:
    """Rules were set or lifted: everybody whom they reach is marked by what is in force now."""
    session.flush()
    domains.mark_again(session, [effect.uri for effect in effects])
