"""Which hosts send far more than all others, for the people who may do something about it. Nothing happens by itself:
such a host already waits behind itself alone (app.federation.claims), or is turned away by its budgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.federation.outcomes import FETCH
from app.federation.tables import InboxActivityRow, IntakeState
from app.services import Services
from app.stores.refusals import Refusals
from moderation.domains.rules import DomainRules
from moderation.domains.values import DomainRule

MANY_WAITING = 300
TIMES_THE_USUAL = 10
MANY_REFUSED = 50
MOST_STORMS = 5
LOOKED_BACK = timedelta(minutes=10)
_Row = InboxActivityRow
_WAITS = or_(_Row.state == IntakeState.WAITING, and_(_Row.state == IntakeState.RETRY, _Row.reason == FETCH))


@dataclass(frozen=True, slots=True)
class Storm:
    """A host with far more than others. `rule` is the one in force for it, perhaps a parent's."""

    domain: str
    waiting: int
    """Activities that it certainly sent, and that nobody has dealt with yet."""
    per_minute: int
    """Taken in, over LOOKED_BACK."""
    refused: int
    """Turned away for want of budget, in the last five to ten minutes."""
    rule: DomainRule | None


def current(services: Services, session: Session) -> list[Storm]:
    """The storms of this moment, those with most that waits first."""
    waiting = dict(session.execute(select(_Row.domain, func.count()).where(_WAITS).group_by(_Row.domain)).all())
    refused = Refusals(services.redis, services.clock).lately()
    found = [domain for domain in {*waiting, *refused} if _is_storm(domain, waiting, refused)]
    found.sort(key=lambda domain: (-waiting.get(domain, 0), -refused.get(domain, 0), domain))
    rules = DomainRules.load(session)
    since = services.clock.now() - LOOKED_BACK
    minutes = LOOKED_BACK // timedelta(minutes=1)
    return [
        Storm(
            domain,
            waiting.get(domain, 0),
            round(_arrived(session, domain, since) / minutes),
            refused.get(domain, 0),
            rules.match(domain),
        )
        for domain in found[:MOST_STORMS]
    ]


def _is_storm(domain: str, waiting: Mapping[str, int], refused: Mapping[str, int]) -> bool:
    """Far beyond the others: when everybody waits because nobody worked, nobody is a storm."""
    if refused.get(domain, 0) >= MANY_REFUSED:
        return True
    mine = waiting.get(domain, 0)
    others = [number for name, number in waiting.items() if name != domain]
    return mine >= MANY_WAITING and mine >= TIMES_THE_USUAL * (median(others) if others else 0)


def _arrived(session: Session, domain: str, since: datetime) -> int:
    return session.scalar(select(func.count()).where(_Row.domain == domain, _Row.received_at >= since)) or 0
