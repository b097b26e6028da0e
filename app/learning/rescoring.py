"""Reading again what waits as a job, after another version of the text model was put in use: some cases at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from app.reviewing import instance_rules
from app.services import Services
from moderation import door, turns
from moderation.learning import rescoring
from moderation.learning.rescoring import Waiting
from moderation.learning.tables import RescoringRow
from moderation.values import PUBLIC_KINDS, Judgement

BATCH: Final = 40


def work(services: Services, limit: int) -> int:
    """Read so many more cases again; how many there were. None while no text model can be had."""
    done = 0
    while done < limit and (read := _read_some(services, min(BATCH, limit - done))):
        done += read
    return done


def _read_some(services: Services, limit: int) -> int:
    with services.db.read() as session:
        row = rescoring.open_one(session)
        model = services.tools.text_model or services.tools.models.get(session)
        if row is None or model is None:
            return 0
        cases = rescoring.due(session, row, limit)
        judged = {each.submission.uri: each for each in _judged(services, session, cases)}
    with services.db.write() as session:
        turns.take(session)
        rescoring.note(session, row.id, cases, judged, model.version, services.clock.now())
    return len(cases)


def _judged(services: Services, session: Session, cases: Sequence[Waiting]) -> list[Judgement]:
    """As the door would judge them now. Only what it says is taken, never what it would do."""
    known = instance_rules.submissions(session, [each.uri for each in cases])
    return door.judge(session, [each for each in known.values() if each.visibility in PUBLIC_KINDS], services.tools)


def ask_as(services: Services, by: str) -> RescoringRow | None:
    """Have what waits read again, by a name; None where nothing waits that carries scores."""
    with services.db.write() as session:
        return rescoring.ask_by_itself(session, by, services.clock.now())


def describe(row: RescoringRow) -> str:
    """A line for the command line."""
    said = f"{row.read} of {row.total} waiting posts read again by {row.version or 'the text model'}"
    return said if row.finished_at is not None else f"{said}, {row.total - row.done} still to come"
