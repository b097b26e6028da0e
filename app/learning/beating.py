"""A worker that learns says that it is there, however long a step takes, so that one that was killed is found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.services import Services
from moderation.learning import trainings

log = structlog.get_logger()


@contextmanager
def beating(services: Services, number: int, seconds: float = trainings.BEAT_SECONDS) -> Iterator[None]:
    """Say of a training every so many seconds that its worker is there, until it is left."""
    over = Event()
    thread = Thread(target=_beat, args=(services, number, seconds, over), name="training-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(services: Services, number: int, seconds: float, over: Event) -> None:
    while not over.wait(seconds):
        try:
            with services.db.write() as session:
                trainings.beat(session, number, services.clock.now())
        except SQLAlchemyError as error:  # the next beat may get through; one is no reason to lose a training
            log.warning("training_beat_failed", training=number, error=type(error).__name__)
