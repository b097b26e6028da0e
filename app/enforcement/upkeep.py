"""What ends by itself: holds whose time is over, mutes that ran out, evidence that has outlived its purpose."""

from __future__ import annotations

from dataclasses import astuple

from app.enforcement import enact
from app.relationships import mute
from app.services import Services
from moderation.evidence import purging
from moderation.holds import ending


def end_holds(services: Services, limit: int = 200) -> int:
    """Let in, behind a warning, what nobody looked at in time; how many there were."""
    with services.db.write() as session:
        effects = ending.end_due(session, services.clock.now(), limit)
        enact.enact(services, session, effects)
    return len(effects)


def purge(services: Services, limit: int = 5000) -> int:
    """Forget what has outlived its time; how many rows."""
    with services.db.write() as session:
        report = purging.purge(session, services.clock.now(), limit)
    return sum(astuple(report)) + mute.sweep(services)
