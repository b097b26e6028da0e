"""Several cases decided together: each by a decision of its own, all taken back by one undo.

What must be looked at by itself never is part of one: waves (they have their own ways), appeals, care, samples, what
somebody asked a second opinion on, private posts, and labels as grave as threats.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.cases import queue
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import CaseQuery, CaseSummary
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
    query = CaseQuery(reader=reader, subject=author_uri, limit=LOOKED_AT)
    waiting = queue.list_cases(session, query, now).items
    claimed = queue.list_cases(session, replace(query, state=CaseState.CLAIMED), now).items
    found, grave = [*(each for each in claimed if each.claimed_by == reader), *waiting], _grave(session)
    fitting = [each for each in found if _fits(each, grave) and (not among or each.id in among)]
    private = _private(session, [each.uri for each in fitting])
    return [each for each in fitting if each.uri not in private][:MOST]


def require_fitting(session: Session, case: CaseRow, action: Action) -> None:
    """Raise RefusedError for a case that is decided by itself, and for what isn't decided of several."""
    if action not in ACTIONS:
        raise RefusedError(f"{action} isn't decided of several cases together")
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


def _fits(case: CaseSummary, grave: Collection[str]) -> bool:
    return case.origin in ORIGINS and case.members == 1 and case.label not in grave and case.escalated_by is None


def _private(session: Session, uris: Sequence[str]) -> set[str]:
    """Those that were written to some: they are shown on their case's page alone."""
    latest = snapshots.latest(session, uris)
    return {uri for uri, snapshot in latest.items() if snapshot.visibility not in PUBLIC_KINDS}


def _grave(session: Session) -> frozenset[str]:
    policy = store.current(session)
    return policy.grave_from(policy.grave.alone_from)
