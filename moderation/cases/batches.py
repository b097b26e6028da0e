"""Several cases decided together: each by a decision of its own, all taken back by one undo.

What must be looked at by itself never is part of one: waves (they have their own ways), appeals, care, samples, what
somebody asked a second opinion on, private posts, and labels as grave as threats.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.orm import Session

from moderation.cases import exclusions
from moderation.cases.reading import summary_of
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import CaseSummary
from moderation.errors import RefusedError
from moderation.evidence import snapshots
from moderation.policy import store
from moderation.values import PUBLIC_KINDS, Action, CaseOrigin, CaseState

ACTIONS: Final = frozenset((Action.APPROVE, Action.NO_ACTION, Action.LABEL, Action.LIMIT, Action.REMOVE))
"""About posts, and for now: what concerns accounts is decided one by one, or by a macro."""
MOST: Final = 20
LOOKED_AT: Final = 200
ORIGINS: Final = frozenset((CaseOrigin.HOLD, CaseOrigin.REPORT, CaseOrigin.RETRY))


def candidates(
    session: Session, reader: str, now: datetime, *, author_uri: str | None = None, among: Collection[int] = ()
) -> list[CaseSummary]:
    """What waits for a reader, or is theirs, and may be decided together, by rank: of one author, or `among` these,
    if said."""
    rows = _fitting(session, reader, now, author_uri, among)
    latest = snapshots.latest(session, [row.uri for row in rows])
    shown = [row for row in rows if row.uri not in latest or latest[row.uri].visibility in PUBLIC_KINDS]
    return [summary_of(row, latest.get(row.uri), now) for row in shown[:MOST]]


def count(session: Session, reader: str, now: datetime, *, author_uri: str) -> int:
    """How many cases of an author `candidates` would give."""
    rows = _fitting(session, reader, now, author_uri, ())
    private = _private(session, [row.uri for row in rows]) if len(rows) > 1 else set()
    return min(MOST, sum(row.uri not in private for row in rows))


def require_fitting(session: Session, case: CaseRow, action: Action) -> None:
    """Raise RefusedError for a case that is decided by itself, and for what isn't decided of several."""
    if action not in ACTIONS:
        raise RefusedError(f"“{action}” isn't decided of several cases together")
    if (
        case.origin not in ORIGINS
        or case.members != 1
        or case.label in _grave(session)
        or _private(session, [case.uri])
    ):
        raise RefusedError("this case is decided by itself")


def bind(session: Session, decision_ids: Sequence[int]) -> None:
    """Make one batch of decisions, named by the first."""
    if len(decision_ids) > 1:
        own = update(DecisionRow).where(DecisionRow.id.in_(decision_ids)).values(batch_id=decision_ids[0])
        session.execute(own.execution_options(synchronize_session=False))


def _fitting(
    session: Session, reader: str, now: datetime, author_uri: str | None, among: Collection[int]
) -> list[CaseRow]:
    """By rank, what is the reader's first; private posts among them. What waits is asked for by itself, which an index
    answers."""
    statement = _together(session, reader, now)
    if author_uri is not None:
        statement = statement.where(CaseRow.author_uri == author_uri)
    if among:
        statement = statement.where(CaseRow.id.in_(among))
    mine = and_(CaseRow.claimed_by == reader, CaseRow.claimed_until > now)
    free = and_(CaseRow.claimed_until <= now, CaseRow.escalated_at.is_(None))
    claimed = list(session.scalars(statement.where(CaseRow.state == CaseState.CLAIMED, or_(mine, free))))
    waiting = list(session.scalars(statement.where(CaseRow.state == CaseState.OPEN)))
    return sorted([*claimed, *waiting], key=lambda row: (row.claimed_by == reader, row.rank, row.id), reverse=True)


def _together(session: Session, reader: str, now: datetime) -> Select[CaseRow]:
    """What may be decided of several cases together, but for private posts."""
    return (
        select(CaseRow)
        .where(CaseRow.origin.in_(ORIGINS), CaseRow.members == 1, CaseRow.escalated_by.is_(None))
        .where(or_(CaseRow.label.is_(None), CaseRow.label.not_in(sorted(_grave(session)))))
        .where(exclusions.is_for(session, reader, now))
        .order_by(CaseRow.rank.desc(), CaseRow.id.desc())
        .limit(LOOKED_AT)
    )


def _private(session: Session, uris: Sequence[str]) -> set[str]:
    """Those that were written to some: they are shown on their case's page alone."""
    return {uri for uri, each in snapshots.latest(session, uris).items() if each.visibility not in PUBLIC_KINDS}


def _grave(session: Session) -> frozenset[str]:
    policy = store.current(session)
    return policy.grave_from(policy.grave.alone_from)
