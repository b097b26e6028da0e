"""What a decision says about everything that is alike, now and for a while to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation.cases.plans import LETS_IN
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.duplicates import index, states
from moderation.duplicates.simhash import Fingerprint
from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.evidence.snapshots import latest
from moderation.policy import store
from moderation.values import PUBLIC_KINDS, Scope


def settle(session: Session, case: CaseRow, decision: DecisionRow, now: datetime) -> list[dict[str, Any]]:
    """A wave's case, and any decision on a cluster, says what becomes of those that come later: let in, or refused.

    Returns what a reversal needs.
    """
    if case.cluster_id is None and decision.scope is not Scope.CLUSTER:
        return []
    to = ClusterState.CLEARED if decision.action in LETS_IN else ClusterState.SPAM
    ends_at = now + timedelta(days=store.current(session).wave.lasts_days)
    if case.cluster_id is not None:
        row = session.get_one(ClusterRow, case.cluster_id, populate_existing=True)
        if row.state is not ClusterState.HELD:
            return []
        states.change(session, row.id, to, ends_at)
        return [{"cluster": row.id, "made": False}]
    return _make(session, case, decision, to, ends_at)


def take_back(session: Session, record: dict[str, Any], now: datetime) -> None:
    """Undo what `settle` said: a wave is held again, a cluster that a person made is gone."""
    row = session.get(ClusterRow, record["cluster"], populate_existing=True)
    if row is None:
        return
    if "until" in record and not record["made"]:  # it was ended early: the wave is held for as long as it was to last
        row.ends_at = max(datetime.fromisoformat(record["until"]), now)
    if record["made"]:
        row.ends_at = now
        session.flush()
    elif row.state is not ClusterState.HELD:
        states.change(session, row.id, ClusterState.HELD)


def _make(
    session: Session, case: CaseRow, decision: DecisionRow, to: ClusterState, ends_at: datetime
) -> list[dict[str, Any]]:
    simhash = index.fingerprint_of(session, case.uri)
    snapshot = latest(session, [case.uri]).get(case.uri)
    if simhash is None or snapshot is None or snapshot.visibility not in PUBLIC_KINDS:
        return []  # private posts are compared with nothing by themselves
    row = ClusterRow(
        key=f"{simhash:016x}d{decision.id:x}",
        simhash=Fingerprint(simhash, 0).signed,
        state=to,
        copies=1,
        authors=1,
        case_id=case.id,
        first_seen_at=decision.made_at,
        last_seen_at=decision.made_at,
        ends_at=ends_at,
    )
    session.add(row)
    session.flush()
    return [{"cluster": row.id, "made": True}]
