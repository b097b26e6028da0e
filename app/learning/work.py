"""The job: what waits is read again where that is due, what people said becomes examples, who teaches is asked,
trainings are done, candidates look at posts."""

from __future__ import annotations

from app.learning import gathering, lessons, rescoring, shadowing, training
from app.services import Services
from moderation.errors import RefusedError
from moderation.learning import trainings
from moderation.policy import store


def work(services: Services, limit: int) -> int:
    """Do what is due; how many waiting posts were read again and live ones a candidate looked at, so that it is asked
    for again while there are more."""
    read = rescoring.work(services, limit)
    gathering.gather(services)
    lessons.work(services)
    _ask_if_due(services)
    training.run_waiting(services)
    return read + shadowing.work(services, limit)


def _ask_if_due(services: Services) -> None:
    now = services.clock.now()
    with services.db.read() as session:
        due = trainings.is_due(session, store.current(session).learning.every_days, now)
    if not due:
        return
    with services.db.write() as session:
        try:
            trainings.ask(session, None, now)
        except RefusedError:
            return
