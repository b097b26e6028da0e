"""What somebody answered in the training queue: the last answer to each exercise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.quality.exercises import Answer, Exercise
from moderation.quality.tables import PracticeRow
from moderation.workforce import attendance
from moderation.workforce.tables import StretchKind


def answer(session: Session, by: str, exercise: Exercise, given: Answer, now: datetime) -> bool:
    """Note an answer; whether it is one of those that are right. Nothing real is touched."""
    session.execute(delete(PracticeRow).where(PracticeRow.by == by, PracticeRow.exercise == exercise.key))
    right = given in exercise.accepted
    session.add(PracticeRow(by=by, exercise=exercise.key, answer=given.value, right=right, answered_at=now))
    session.flush()
    attendance.beat(session, by, StretchKind.TRAINING, now)
    return right


def answers(session: Session, by: str) -> dict[str, PracticeRow]:
    """By exercise, what somebody answered last."""
    rows = session.scalars(select(PracticeRow).where(PracticeRow.by == by).order_by(PracticeRow.id))
    return {row.exercise: row for row in rows}


def again(session: Session, by: str) -> None:
    """Begin anew."""
    session.execute(delete(PracticeRow).where(PracticeRow.by == by))
