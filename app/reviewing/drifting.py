"""Once a day: days are counted and compared, alarms tell what has changed, doubtful decisions are read again."""

from __future__ import annotations

from app.reviewing import people
from app.services import Services
from moderation.drift import alarming, calibration, counting, windows
from moderation.learning import doubting


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
    if due:
        _send_back(services)
    return len(due)


def _tell(services: Services) -> None:
    now = services.clock.now()
    with services.db.read() as session:
        found, calibrated = windows.watch(session, now), calibration.read(session, now)
    with services.db.write() as session:
        alarming.settle(session, found, calibrated, now)


def _send_back(services: Services) -> None:
    """Once a day, with the day's count: decisions whose label looks wrong go to somebody else."""
    now = services.clock.now()
    with services.db.read() as session:
        doubts = doubting.find(session, now)
    if doubts:
        with services.db.write() as session:
            doubting.ask(session, doubts, now, lambda name: people.has_others(session, name, now))
