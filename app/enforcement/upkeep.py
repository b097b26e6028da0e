"""What ends by itself: holds whose time is over, mutes that ran out, evidence that has outlived its purpose."""

from __future__ import annotations

from dataclasses import astuple

from app.accounts import signup
from app.enforcement import enact
from app.relationships import mute
from app.services import Services
from moderation.cases import reversals
from moderation.evidence import purging
from moderation.holds import ending


def end_holds(services: Services, limit: int = 200) -> int:
    """Let in, behind a warning, what nobody looked at in time; take back decisions whose term is over. How many."""
    now = services.clock.now()
    with services.db.write() as session:
        effects = [*ending.end_due(session, now, limit), *reversals.expire_due(session, now, limit)]
        enact.enact(services, session, effects)
    return len(effects)


def purge(services: Services, limit: int = 5000) -> int:
    """Forget what has outlived its time: evidence, mutes, sign-ups that nobody confirmed; how many rows."""
    with services.db.write() as session:
        report = purging.purge(session, services.clock.now(), limit)
    return int(sum(astuple(report))) + mute.sweep(services) + signup.forget_unconfirmed(services)
