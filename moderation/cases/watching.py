"""What a decision said of everything that is alike, as long as it holds: looked at, ended early, put in force again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import DecisionRow
from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain as log

UNTIL, LIFTED_BY = "until", "lifted_by"
"""What the record of a decision keeps of a watch that was ended early, so that it can be put in force again."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What becomes of posts that come later and are alike, and until when."""

    refuses: bool
    ends_at: datetime
    """As it was said, also where it was ended early."""
    lifted_by: str | None
    in_force: bool


def of(session: Session, row: DecisionRow, now: datetime) -> Watch | None:
    """What a decision put in place; None where it watches nothing, or not any more."""
    record, cluster = _record(row), None
    if record is not None:
        cluster = session.get(ClusterRow, record["cluster"], populate_existing=True)
    if record is None or cluster is None or cluster.state is ClusterState.HELD or _is_reversed(session, row):
        return None
    said = datetime.fromisoformat(record[UNTIL]) if UNTIL in record else cluster.ends_at
    if said <= now:
        return None
    return Watch(cluster.state is ClusterState.SPAM, said, record.get(LIFTED_BY), cluster.ends_at > now)


def lift(session: Session, decision_id: int, by: str, now: datetime) -> None:
    """End it now: what comes is looked at afresh. Raises NotFoundError, RefusedError where it doesn't hold any more."""
    row, watch = _found(session, decision_id, now)
    if not watch.in_force:
        raise RefusedError("this doesn't hold any more")
    _keep(session, row, {UNTIL: watch.ends_at.isoformat(), LIFTED_BY: by}, now)
    log.append(session, by, "watch_lifted", row.uri, {"decision": row.id}, now)


def restore(session: Session, decision_id: int, by: str, now: datetime) -> None:
    """Put it in force again, for what is left of its time. Raises NotFoundError, RefusedError where it is in force."""
    row, watch = _found(session, decision_id, now)
    if watch.in_force:
        raise RefusedError("this is in force")
    _keep(session, row, {}, watch.ends_at)
    log.append(session, by, "watch_restored", row.uri, {"decision": row.id}, now)


def _found(session: Session, decision_id: int, now: datetime) -> tuple[DecisionRow, Watch]:
    row = session.get(DecisionRow, decision_id, populate_existing=True)
    watch = of(session, row, now) if row is not None else None
    if row is None or watch is None:
        raise NotFoundError("this decision put nothing like that in place, or it is over")
    return row, watch


def _keep(session: Session, row: DecisionRow, said: dict[str, str], ends_at: datetime) -> None:
    """Let the cluster end then, and the record say what it said."""
    changed: list[dict[str, Any]] = []
    for each in row.effects:
        plain = {name: value for name, value in each.items() if name not in (UNTIL, LIFTED_BY)}
        changed.append(plain | said if "cluster" in each else each)
        if "cluster" in each:
            session.get_one(ClusterRow, each["cluster"]).ends_at = ends_at
    row.effects = changed
    session.flush()


def _record(row: DecisionRow) -> dict[str, Any] | None:
    return next((each for each in row.effects if "cluster" in each), None)


def _is_reversed(session: Session, row: DecisionRow) -> bool:
    return session.scalar(select(DecisionRow.id).where(DecisionRow.reverses_id == row.id)) is not None
