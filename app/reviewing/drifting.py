"""Whether what comes is still like what the machines know: days are counted, compared, and told of by alarms."""

from __future__ import annotations

from app.services import Services
from moderation.drift import alarming, calibration, counting, windows


def work(services: Services, limit: int) -> int:
    """A job: count days that are over, oldest first, then compare; how many were counted.

    Read outside of any write: a day of a large house is hundreds of thousands of verdicts.
    """
    now = services.clock.now()
    with services.db.read() as session:
        due = counting.due(session, now)[:limit]
    for day in due:
        with services.db.read() as session:
            counted = counting.count(session, day)
        with services.db.write() as session:
            counting.write(session, counted, now)
    if len(due) < limit:
        _tell(services)
    return len(due)


def _tell(services: Services) -> None:
    now = services.clock.now()
    with services.db.read() as session:
        found, calibrated = windows.watch(session, now), calibration.read(session, now)
    with services.db.write() as session:
        alarming.settle(session, found, calibrated, now)
