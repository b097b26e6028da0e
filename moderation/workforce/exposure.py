"""How much that is grave somebody had before them: lighter work comes after that, and nobody is sent home.

Counted are cases, pictures and lessons: a case with a grave label that was taken or decided counts once, and where its
pictures were looked at, each of them does instead. No picture counts twice, whatever cases show it. A lesson counts
that was asked because of a grave label, or was called that.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseEventRow, CaseRow, DecisionRow
from moderation.learning.tables import LessonRow
from moderation.learning.values import Taught
from moderation.policy import store

SO_MANY: Final = 3
WITHIN: Final = timedelta(minutes=15)
REST: Final = timedelta(minutes=15)
"""After SO_MANY within WITHIN the queue serves text, and what is light, for as long as this."""
TAKEN, LOOKED = "claimed", "looked"
PICTURES = "pictures"
"""Among the details of a look: which pictures it showed plainly."""


def heavy_labels(session: Session) -> tuple[str, ...]:
    """The labels that are grave by the policy in force."""
    policy = store.current(session)
    return tuple(sorted(policy.grave_from(policy.grave.heavy_from)))


def today(session: Session, name: str, heavy: Collection[str], now: datetime) -> int:
    """How many grave cases and pictures somebody had before them since midnight, UTC."""
    return len(_moments(session, name, heavy, now.replace(hour=0, minute=0, second=0, microsecond=0)))


def rests_until(session: Session, name: str, now: datetime) -> datetime | None:
    """Until when somebody is given text and what is light first; None where they had no three at once lately."""
    found = _moments(session, name, heavy_labels(session), now - WITHIN - REST)
    ends = [last + REST for first, last in zip(found, found[SO_MANY - 1 :], strict=False) if last - first <= WITHIN]
    return max((end for end in ends if end > now), default=None)


def _moments(session: Session, name: str, heavy: Collection[str], since: datetime) -> list[datetime]:
    """When each of them came, in order."""
    taken: dict[int, datetime] = {}
    looked: dict[str, tuple[int, datetime]] = {}
    for number, what, at, details in session.execute(_events(name, heavy, since)):
        if what == TAKEN:
            taken.setdefault(number, at)
        for picture in details.get(PICTURES, ()):
            looked.setdefault(str(picture), (number, at))
    for number, at in session.execute(_decided(name, heavy, since)):
        taken.setdefault(number, at)
    shown = {number for number, _ in looked.values()}
    cases = [at for number, at in taken.items() if number not in shown]
    return sorted([*cases, *(at for _, at in looked.values()), *_taught(session, name, heavy, since)])


def _taught(session: Session, name: str, heavy: Collection[str], since: datetime) -> list[datetime]:
    called = [each for each in Taught if each.value in heavy]
    statement = (
        select(LessonRow.answered_at)
        .where(LessonRow.by == name, LessonRow.answered_at >= since)
        .where(or_(LessonRow.label.in_(heavy), LessonRow.answer.in_(called)))
    )
    return [at for at in session.scalars(statement) if at is not None]


def _events(name: str, heavy: Collection[str], since: datetime) -> Select[int, str, datetime, dict[str, Any]]:
    return (
        select(CaseEventRow.case_id, CaseEventRow.what, CaseEventRow.at, CaseEventRow.details)
        .join(CaseRow, CaseRow.id == CaseEventRow.case_id)
        .where(CaseEventRow.by == name, CaseEventRow.at >= since, CaseEventRow.what.in_((TAKEN, LOOKED)))
        .where(CaseRow.label.in_(heavy))
        .order_by(CaseEventRow.at, CaseEventRow.id)
    )


def _decided(name: str, heavy: Collection[str], since: datetime) -> Select[int, datetime]:
    """Cases that were decided without having been taken, too."""
    return (
        select(CaseRow.id, DecisionRow.made_at)
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(DecisionRow.made_by == name, DecisionRow.made_at >= since, CaseRow.label.in_(heavy))
        .order_by(DecisionRow.made_at, DecisionRow.id)
    )
