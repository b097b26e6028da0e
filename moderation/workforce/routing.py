"""Which cases are for whom, as one condition that the database applies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from moderation.cases import assigned, exclusions
from moderation.cases.tables import CaseRow
from moderation.rows import table_of
from moderation.values import CaseState
from moderation.workforce import exposure, records, ties, today
from moderation.workforce.records import Record

MOST_SHOWN: Final = 50


def suits(session: Session, name: str, now: datetime, unless: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """A condition on cases: that they are for this moderator. `unless` keeps away what moderation can't know of, such
    as cases about whom they follow.

    What is assigned to them comes whatever its language or label, but never against a conflict or what they skip.
    """
    record = records.of(session, name)
    allowed = _allowed(record, (*_spared(session, record, now), *today.skipped(session, name, now)))
    return allowed if unless is None else and_(allowed, not_(unless))


def unskipped(session: Session, name: str, now: datetime) -> ColumnElement[bool]:
    """A condition on cases: that they aren't about what this moderator never reads, or not today."""
    away = sorted({*records.of(session, name).skips, *today.skipped(session, name, now)})
    label = table_of(CaseRow).c.label
    return or_(label.is_(None), label.not_in(away)) if away else true()


def gentler(session: Session, name: str, now: datetime) -> ColumnElement[bool] | None:
    """A condition on cases: that they are text, or light, which is what somebody gets first who has just had several
    grave ones before them; None where they haven't."""
    if exposure.rests_until(session, name, now) is None:
        return None
    table = table_of(CaseRow)
    light = or_(table.c.label.is_(None), table.c.label.not_in(exposure.heavy_labels(session)))
    return or_(light, not_(table.c.has_pictures))


def keep(session: Session, ids: Sequence[int], condition: ColumnElement[bool]) -> set[int]:
    """Those of some cases (a page of them) that meet a condition."""
    table = table_of(CaseRow)
    return set(session.scalars(select(table.c.id).where(table.c.id.in_(ids), condition)))


def waiting_for(session: Session, name: str, now: datetime, condition: ColumnElement[bool], most: int) -> int:
    """How many open cases somebody could be given; counting stops at `most`."""
    theirs = select(table_of(CaseRow).c.id).where(_theirs(name, now), condition)
    parts = (select(func.count()).select_from(theirs.where(part).limit(most).subquery()) for part in _open(now))
    return min(most, sum(session.scalar(part) or 0 for part in parts))


def for_nobody(session: Session, crew: Sequence[tuple[str, ColumnElement[bool]]], now: datetime) -> list[int]:
    """Open cases that none of these moderators would be given, each with their condition: the first fifty by rank."""
    table = table_of(CaseRow)
    anybody = or_(false(), *(and_(_theirs(name, now), condition) for name, condition in crew))
    query = select(table.c.id).where(or_(*_open(now)), not_(anybody)).order_by(table.c.rank.desc(), table.c.id)
    return list(session.scalars(query.limit(MOST_SHOWN)))


def _open(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Each part by itself is what an index answers."""
    table = table_of(CaseRow)
    over = and_(table.c.state == CaseState.CLAIMED, table.c.claimed_until <= now, table.c.escalated_at.is_(None))
    return table.c.state == CaseState.OPEN, over


def _theirs(name: str, now: datetime) -> ColumnElement[bool]:
    return and_(assigned.may_take(name, now), exclusions.unexcluded(name, now))


def _spared(session: Session, record: Record, now: datetime) -> tuple[str, ...]:
    """The labels that somebody isn't given for the rest of the day."""
    if record.heavy_a_day is None:
        return ()
    heavy = exposure.heavy_labels(session)
    return heavy if exposure.today(session, record.name, heavy, now) >= record.heavy_a_day else ()


def _allowed(record: Record, spared: tuple[str, ...]) -> ColumnElement[bool]:
    table = table_of(CaseRow)
    reads = and_(_among(table.c.language, record.languages), _among(table.c.label, record.skills))
    label = table.c.label
    away = tuple(sorted({*record.skips, *spared}))
    light = or_(label.is_(None), label.not_in(away)) if away else true()
    given = or_(reads, func.coalesce(table.c.assigned_to, "") == record.name)
    return and_(given, light, not_(ties.declared(record)))


def _among(column: ColumnElement[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    """Unknown is everybody's."""
    return or_(column.is_(None), column.in_(values)) if values else true()
