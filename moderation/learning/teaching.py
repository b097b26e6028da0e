"""Teaching: who wants to is asked about a few posts an hour of which the text model is unsure. Nothing follows from it.

An answer is somebody's word on a text, and an example; it never decides about a post. Whoever thinks that one should go
reports it like anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.evidence.tables import SnapshotRow
from moderation.learning.tables import LessonRow, TeacherRow
from moderation.learning.unsure import Candidate
from moderation.learning.values import Taught
from moderation.policy import store
from moderation.rows import slices, table_of
from moderation.workforce import attendance, exposure
from moderation.workforce.tables import StretchKind

HOURS: Final = (5, 10, 20)
"""So many posts an hour one may choose."""
HOUR: Final = timedelta(hours=1)
OPEN_FOR: Final = timedelta(days=1)
"""A question that nobody answered by then is dropped."""
TAKEN_BACK_WITHIN: Final = timedelta(minutes=10)
NOT_OFFERED: Final = "choose how many posts an hour"
ANSWERED: Final = "you have answered this already"
ENOUGH: Final = "that was all for this hour"
NOTHING_LEFT: Final = "there is no answer to take back"


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands as a teacher: how many an hour they want (None: none), how many the policy allows, how many
    they may still answer now, and until when they rest from what is grave."""

    an_hour: int | None
    most: int
    left: int
    rests_until: datetime | None


def begin(session: Session, by: str, an_hour: int, now: datetime) -> None:
    """Somebody wants to teach, or another number an hour. Raises RefusedError for a number that isn't offered."""
    if an_hour not in HOURS:
        raise RefusedError(NOT_OFFERED)
    row = session.get(TeacherRow, by)
    if row is None:
        session.add(TeacherRow(by=by, an_hour=an_hour, since=now))
    else:
        row.an_hour = an_hour
    session.flush()


def stop(session: Session, by: str) -> None:
    """They want no more: what they weren't asked yet goes, what they said stays."""
    session.execute(delete(TeacherRow).where(TeacherRow.by == by))
    session.execute(delete(LessonRow).where(LessonRow.by == by, LessonRow.answer.is_(None)))


def teachers(session: Session) -> Sequence[str]:
    """Everybody who wants to."""
    return session.scalars(select(TeacherRow.by).order_by(TeacherRow.by)).all()


def standing(session: Session, by: str, now: datetime) -> Standing:
    """How somebody stands now; what the policy allows goes before what they want."""
    row, allowed = session.get(TeacherRow, by), store.current(session).learning
    if row is None:
        return Standing(None, allowed.questions_an_hour, 0, None)
    left = min(row.an_hour, allowed.questions_an_hour) - _answered(session, by, now - HOUR)
    began = attendance.since(session, by, now)
    if began is not None:
        left = min(left, allowed.questions_a_shift - _answered(session, by, began))
    return Standing(row.an_hour, allowed.questions_an_hour, max(0, left), exposure.rests_until(session, by, now))


def wanted(session: Session, by: str, now: datetime, gone: Sequence[int] = ()) -> int:
    """How many more questions somebody is to have before them, once those that are `gone` are."""
    waiting = select(func.count()).select_from(LessonRow).where(_waits(by, now), LessonRow.id.not_in(gone))
    return max(0, standing(session, by, now).left - (session.scalar(waiting) or 0))


def offer(session: Session, by: str, chosen: Sequence[Candidate], now: datetime) -> None:
    """Put questions before somebody."""
    for each in chosen:
        session.add(
            LessonRow(
                by=by,
                uri=each.uri,
                label=each.label,
                scores=dict(each.scores),
                model_version=each.model_version,
                offered_at=now,
            )
        )
    session.flush()


def waiting(session: Session, by: str, now: datetime) -> Sequence[LessonRow]:
    """Their questions, the first first; none once they had their share."""
    if not standing(session, by, now).left:
        return ()
    return session.scalars(select(LessonRow).where(_waits(by, now)).order_by(LessonRow.id)).all()


def find(session: Session, number: int, by: str) -> LessonRow:
    """One's own question. Raises NotFoundError."""
    row = session.get(LessonRow, number)
    if row is None or row.by != by:
        raise NotFoundError("there is no such question")
    return row


def answer(session: Session, row: LessonRow, given: Taught, snapshot_id: int | None, now: datetime) -> None:
    """Keep an answer, with the evidence of what was read where it says something. Raises RefusedError: there is one, or
    they had their share."""
    if row.answer is not None:
        raise RefusedError(ANSWERED)
    if not standing(session, row.by, now).left:
        raise RefusedError(ENOUGH)
    if (given is Taught.UNSURE) is not (snapshot_id is None):
        raise ValueError("an answer that says something, and no other, points at what was read")
    row.answer, row.answered_at, row.snapshot_id = given, now, snapshot_id
    session.flush()
    attendance.beat(session, row.by, StretchKind.TRAINING, now)


def take_back(session: Session, by: str, now: datetime) -> LessonRow:
    """Ask again what they answered last. Raises RefusedError where that is too long ago, or there is nothing."""
    row = last(session, by, now)
    if row is None:
        raise RefusedError(NOTHING_LEFT)
    row.answer = row.answered_at = row.snapshot_id = None
    session.flush()
    return row


def last(session: Session, by: str, now: datetime) -> LessonRow | None:
    """What they answered last, while it can be taken back."""
    return session.scalars(
        select(LessonRow)
        .where(LessonRow.by == by, LessonRow.answered_at > now - TAKEN_BACK_WITHIN)
        .order_by(LessonRow.answered_at.desc(), LessonRow.id.desc())
        .limit(1)
    ).first()


def lately(session: Session, by: str, count: int) -> Sequence[str]:
    """The posts about which they were asked last, by their addresses."""
    return session.scalars(
        select(LessonRow.uri).where(LessonRow.by == by).order_by(LessonRow.id.desc()).limit(count)
    ).all()


def unanswered(session: Session, by: str) -> Sequence[LessonRow]:
    """Whatever they haven't answered, whether or not they may now."""
    return session.scalars(
        select(LessonRow).where(LessonRow.by == by, LessonRow.answer.is_(None)).order_by(LessonRow.id)
    ).all()


def drop(session: Session, by: str, numbers: Sequence[int]) -> None:
    """Let go of questions that can't be asked any more, and weren't answered meanwhile."""
    for part in slices(numbers):
        session.execute(delete(LessonRow).where(LessonRow.id.in_(part), LessonRow.by == by, LessonRow.answer.is_(None)))


def counts(session: Session, by: str | None = None) -> Mapping[Taught, int]:
    """How many answers of each kind there are; of one teacher's alone where it says whose."""
    statement = select(LessonRow.answer, func.count()).where(LessonRow.answer.is_not(None)).group_by(LessonRow.answer)
    if by is not None:
        statement = statement.where(LessonRow.by == by)
    return {given: count for given, count in session.execute(statement) if given is not None}


def forget(session: Session, now: datetime, limit: int) -> int:
    """Drop what nobody answered, answers that say nothing, and those whose evidence was purged; how many."""
    table = table_of(LessonRow)
    evidence = select(SnapshotRow.id).where(SnapshotRow.id == table.c.snapshot_id).exists()
    empty = table.c.snapshot_id.is_(None) & (table.c.offered_at <= now - OPEN_FOR)
    over = empty | (table.c.snapshot_id.is_not(None) & ~evidence)
    gone = list(session.scalars(select(table.c.id).where(over).limit(limit)))
    for part in slices(gone):
        session.execute(delete(table).where(table.c.id.in_(part)))
    return len(gone)


def _answered(session: Session, by: str, since: datetime) -> int:
    had = select(func.count()).select_from(LessonRow).where(LessonRow.by == by, LessonRow.answered_at >= since)
    return session.scalar(had) or 0


def _waits(by: str, now: datetime) -> ColumnElement[bool]:
    table = table_of(LessonRow)
    return (table.c.by == by) & table.c.answer.is_(None) & (table.c.offered_at > now - OPEN_FOR)
