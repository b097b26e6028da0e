"""The shadow run as a job: the newest candidate of each model says what it would of what was judged since, beside the
version in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from app.reviewing import instance_rules
from app.services import Services
from models.local import files
from moderation.errors import CheckFailedError
from moderation.learning import serving, shadow, trainings
from moderation.learning.shadow import Due, Word
from moderation.learning.tables import TrainingRow
from moderation.learning.values import ModelKind

NONE: Final = "none"
"""What a candidate is compared with where no model of its kind is asked."""
Say = Callable[[Sequence[Due]], Iterable[Sequence[Word]]]
Beside = tuple[str, Say]
"""The version in use, and what both say of verdicts."""


def work(services: Services, limit: int) -> int:
    """Look at one more batch of live posts with each candidate; how many verdicts."""
    return sum(_work(services, kind, limit) for kind in ModelKind)


def _work(services: Services, kind: ModelKind, limit: int) -> int:
    now = services.clock.now()
    with services.db.read() as session:
        training = trainings.newest_candidate(session, kind)
        beside = _both(services, session, training) if training is not None else None
    if training is None or training.version is None or beside is None or training.version == beside[0]:
        return 0
    against, say = beside
    with services.db.write() as session:
        row = shadow.begin(session, training.version, against, now)
        before = row.last_id
    with services.db.read() as session:
        due = shadow.due(session, row, limit)
    if not due:
        return 0
    looked = shadow.look(due, say(due))
    with services.db.write() as session:
        shadow.note(session, training.version, before, looked, now)
    return len(due)


def _both(services: Services, session: Session, training: TrainingRow) -> Beside | None:
    """None where either can't be had."""
    try:
        return BESIDE[training.kind](services, session, training)
    except CheckFailedError:
        return None  # the candidate's page says so where somebody would put it in use


def _text(services: Services, session: Session, training: TrainingRow) -> Beside | None:
    current = services.tools.text_model or services.tools.models.get(session)
    if current is None:
        return None
    candidate = serving.load(files.root(services.settings.data_dir), training.version or "", training.digest)

    def say(due: Sequence[Due]) -> Iterable[Sequence[Word]]:
        with services.db.read() as reading:
            submissions = instance_rules.submissions(reading, [each.uri for each in due])
        return shadow.texts(due, submissions, current, candidate)

    return current.version, say


def _behaviour(services: Services, session: Session, training: TrainingRow) -> Beside | None:
    current = services.tools.behaviour.get(session)
    if current is None:
        return None
    candidate = serving.load_behaviour(files.root(services.settings.data_dir), training.version or "", training.digest)
    return current.version, lambda due: shadow.behaviours(due, current, candidate)


def _context(services: Services, session: Session, training: TrainingRow) -> Beside | None:
    current = services.tools.in_context.get(session)
    candidate = serving.load_context(files.root(services.settings.data_dir), training.version or "", training.digest)
    version = current.version if current is not None else NONE
    return version, lambda due: shadow.contexts(due, current, candidate)


BESIDE: Final[Mapping[ModelKind, Callable[[Services, Session, TrainingRow], Beside | None]]] = {
    ModelKind.TEXT: _text,
    ModelKind.BEHAVIOUR: _behaviour,
    ModelKind.CONTEXT: _context,
}
