"""The next case of somebody's queue, looked at before it is theirs, so that it can be read the moment it is.

Nothing is claimed, counted or promised: whoever claims it first has it, and then somebody else's guess was wrong.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from app.workforce import conflicts, undertaking, zone
from moderation.cases import claims, queue
from moderation.errors import HoursOverError
from moderation.quality import golden
from moderation.workforce import exposure, hours, records


def guess(services: Services, session: Session, account: AccountRow, among: int | None = None) -> int | None:
    """The case that would be dealt after the one that they have; None where none may be shown before it is theirs.

    That is one with a grave label, for who has agreed on how many of these they see in a day: they are counted with
    their claim, and a wrong guess would be one more. And any, where a golden case is due: that the guess was wrong
    would say that what comes instead is for practice.
    """
    by, now = people.require(account, people.WORK), services.clock.now()
    if not _would_be_dealt(session, by, now) or golden.is_due(session, by, now, coming=1):
        return None
    chosen = queue.in_queue(among) if among is not None else None
    found = claims.next_for(session, by, now, unless=conflicts.of(session, account, now), among=chosen)
    return found if found is not None and _may_be_seen(session, found, by) else None


def _may_be_seen(session: Session, case_id: int, by: str) -> bool:
    if records.of(session, by).heavy_a_day is None:
        return True
    return claims.find(session, case_id).label not in exposure.heavy_labels(session)


def _would_be_dealt(session: Session, by: str, now: datetime) -> bool:
    """Whether their hours aren't over, and nothing is to be signed first."""
    try:
        hours.require_left(session, by, zone.of(session), now)
    except HoursOverError:
        return False
    return not undertaking.is_owed(session, by)
