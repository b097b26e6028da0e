"""What a domain rule does here. What was there is hidden by two marks on its actors, and comes back with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from app.accounts import marking
from app.database.engine import after_commit
from app.services import Services
from app.stores.jobs import Job
from moderation.values import Effect


def rules_changed(services: Services, session: Session, effects: Sequence[Effect]) -> None:
    """Rules were set or lifted: for everybody whom they reach holds what is in force now."""
    session.flush()
    if marking.mark_again(session, [effect.uri for effect in effects], services.clock.now()):
        after_commit(session, partial(services.nudger.nudge, Job.LIFECYCLE))
