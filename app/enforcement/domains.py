"""What a domain rule does here. What was there is hidden by two marks on its actors, and comes back with them."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from app.accounts import domains
from app.database.engine import after_commit
from app.services import Services
from app.timelines import fanout
from moderation.values import Effect


def rule_changed(services: Services, session: Session, effect: Effect) -> None:
    """A rule was set or lifted: everybody whom it reaches is marked by what is in force now."""
    session.flush()
    if domains.mark_again(session, effect.uri):
        after_commit(session, partial(fanout.forget_pages, services))
