"""Who may have nothing to do with a case: it is hidden from them, and neither claimed nor decided by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseExclusionRow, CaseRow, CaseSubjectRow
from moderation.errors import ExcludedError, NotFoundError
from moderation.rows import table_of, upsert
from moderation.values import CaseState
from moderation.workforce import records, ties

ABOUT_THEM: Final = "about_them"
"""Why somebody is kept out of the case of a report about themselves."""
HAS_TO_DO: Final = "has_to_do"
"""Why somebody is kept out of a case about whom they declared, follow or reported."""
KNOWS: Final = "cases_hidden_by_what_the_house_knows"
"""Under this name a session's `info` carries what moderation can't know by itself."""
_KNOWN: Final = "what_the_house_knows_by_moderator"
Knows = Callable[[str, datetime], ColumnElement[bool]]


def exclude(session: Session, case_id: int, moderator: str, why: str, until: datetime | None = None) -> None:
    """Keep a moderator out of a case, for good or `until`; the last word on somebody counts."""
    row = {"case_id": case_id, "moderator": moderator, "why": why[:64], "until": until}
    upsert(session, CaseExclusionRow, [row], put=("why", "until"))


def require(session: Session, case_id: int, moderator: str, now: datetime) -> None:
    """Raises ExcludedError where the case isn't for them, NotFoundError where it is sealed: that is for nobody here."""
    if session.scalar(select(CaseRow.state).where(CaseRow.id == case_id)) is CaseState.SEALED:
        raise NotFoundError("there is no such case")
    row = session.get(CaseExclusionRow, (case_id, moderator), populate_existing=True)
    if row is not None and (row.until is None or row.until > now):
        raise ExcludedError(row.why)
    table = table_of(CaseRow)
    if session.scalar(select(table.c.id).where(table.c.id == case_id, _has_to_do(session, moderator, now))) is not None:
        raise ExcludedError(HAS_TO_DO)


def is_for(session: Session, moderator: str, now: datetime) -> ColumnElement[bool]:
    """A condition on cases: that this moderator isn't kept out of them, and has nothing to do with them."""
    return and_(unexcluded(moderator, now), not_(_has_to_do(session, moderator, now)))


def is_for_them(session: Session, case_id: int, moderator: str, now: datetime) -> bool:
    """Whether this case isn't kept from this moderator."""
    table = table_of(CaseRow)
    return session.scalar(select(table.c.id).where(table.c.id == case_id, is_for(session, moderator, now))) is not None


def unexcluded(moderator: str, now: datetime) -> ColumnElement[bool]:
    """A condition on cases: that this moderator isn't kept out of them; whom they have to do with isn't asked."""
    table = table_of(CaseExclusionRow)
    kept = select(table.c.case_id).where(
        table.c.case_id == table_of(CaseRow).c.id,
        table.c.moderator == moderator,
        or_(table.c.until.is_(None), table.c.until > now),
    )
    sealed = table_of(CaseRow).c.state == CaseState.SEALED
    return and_(~sealed, ~kept.exists())


def _has_to_do(session: Session, moderator: str, now: datetime) -> ColumnElement[bool]:
    """What they declared, and what only the house of this session knows: whom they follow, what they reported."""
    declared = ties.declared(records.of(session, moderator))
    knows: Knows | None = session.info.get(KNOWS)
    return declared if knows is None else or_(declared, _known(session, knows, moderator, now))


def _known(session: Session, knows: Knows, moderator: str, now: datetime) -> ColumnElement[bool]:
    """As it was when this session first asked: a page asks several times, and it takes long to put into words."""
    found: dict[str, ColumnElement[bool]] = session.info.setdefault(_KNOWN, {})
    if moderator not in found:
        found[moderator] = knows(moderator, now)
    return found[moderator]


def hides(session: Session, uri: str, moderator: str, now: datetime) -> bool:
    """Whether a case about this subject is kept from them: what happened to it isn't for them, either."""
    table = table_of(CaseExclusionRow)
    statement = (
        select(table.c.case_id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == table.c.case_id)
        .where(CaseSubjectRow.uri == uri, table.c.moderator == moderator, table.c.why == ABOUT_THEM)
        .where(or_(table.c.until.is_(None), table.c.until > now))
    )
    if session.scalar(statement.limit(1)) is not None or is_sealed(session, uri):
        return True
    cases, subjects = table_of(CaseRow), table_of(CaseSubjectRow)
    about = select(subjects.c.case_id).where(subjects.c.uri == uri)
    theirs = select(cases.c.id).where(or_(cases.c.author_uri == uri, cases.c.id.in_(about)))
    return session.scalar(theirs.where(_has_to_do(session, moderator, now)).limit(1)) is not None


def is_sealed(session: Session, uri: str) -> bool:
    """Whether this is suspected to be sexual abuse of a child: no page but that of the child-safety role shows it."""
    statement = select(CaseRow.id).join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
    statement = statement.where(CaseSubjectRow.uri == uri, CaseRow.state == CaseState.SEALED)
    return session.scalar(statement.limit(1)) is not None


def of(session: Session, case_id: int) -> dict[str, CaseExclusionRow]:
    """By moderator, everybody who is or was kept out of a case."""
    rows = session.scalars(
        select(CaseExclusionRow).where(CaseExclusionRow.case_id == case_id).order_by(CaseExclusionRow.moderator)
    )
    return {row.moderator: row for row in rows}
