"""Trainings as rows: asked for, begun by one worker, told of as they go, settled by the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.learning import states
from moderation.learning.tables import TrainingRow, TrainingState
from moderation.learning.values import ModelKind
from moderation.log import chain as log

OPEN: Final = (TrainingState.WAITING, TrainingState.UNDER_WAY)
BEAT_SECONDS: Final = 20
"""How often a worker says that it is at it, however long a step takes."""
LOST_AFTER: Final = timedelta(minutes=3)
"""A training of which nothing was heard for so long has lost its worker."""
CANCELLED: Final = "cancelled"


def ask(
    session: Session, by: str | None, now: datetime, kinds: Sequence[ModelKind] = tuple(ModelKind)
) -> list[TrainingRow]:
    """Ask for one of each kind; `by` is None where the policy says that it is time. Raises RefusedError while one is
    open whose worker is still there."""
    _bury(session, now)
    if open_one(session) is not None:
        raise RefusedError("a training waits already, or is under way")
    rows = [
        TrainingRow(kind=kind, state=TrainingState.WAITING, asked_by=by, asked_at=now, learnt={}, judged={})
        for kind in kinds
    ]
    session.add_all(rows)
    session.flush()
    for row in rows if by is not None else ():
        log.append(session, by or "", f"{row.kind.value}_model_training_asked", f"training:{row.id}", {}, now)
    return rows


def open_one(session: Session) -> TrainingRow | None:
    """The one that is under way, or the first that waits."""
    query = select(TrainingRow).where(TrainingRow.state.in_(OPEN)).order_by(TrainingRow.id)
    rows = session.scalars(query, execution_options={"populate_existing": True}).all()
    return min(rows, key=lambda row: (row.state is TrainingState.WAITING, row.id), default=None)


def is_due(session: Session, every_days: int, now: datetime) -> bool:
    """Whether the last one was asked for so long ago, or there was none; never for 0."""
    if every_days <= 0:
        return False
    last = session.scalar(select(TrainingRow.asked_at).order_by(TrainingRow.id.desc()).limit(1))
    return last is None or last <= now - timedelta(days=every_days)


def begin(session: Session, now: datetime) -> TrainingRow | None:
    """Take the one that waits. None where there is nothing to do, or one is under way."""
    _bury(session, now)
    row = open_one(session)
    if row is None or row.state is TrainingState.UNDER_WAY:
        return None
    return states.move(session, row.id, TrainingState.UNDER_WAY, begun_at=now, beat_at=now, stage="gathering")


def _bury(session: Session, now: datetime) -> None:
    """One whose worker is lost has failed, so that it stands in nobody's way."""
    row = open_one(session)
    if row is not None and is_lost(row, now):
        fail(session, row.id, "lost", now)


def is_lost(row: TrainingRow, now: datetime) -> bool:
    """Whether its worker has gone without a word."""
    return row.state is TrainingState.UNDER_WAY and (row.beat_at or row.asked_at) <= now - LOST_AFTER


def cancel(session: Session, by: str, now: datetime) -> None:
    """End every one that waits or is under way; its worker stops when it next says how far it is. Raises RefusedError
    where there is none."""
    rows = session.scalars(select(TrainingRow).where(TrainingRow.state.in_(OPEN)).order_by(TrainingRow.id)).all()
    if not rows:
        raise RefusedError("no training waits or is under way")
    for row in rows:
        fail(session, row.id, CANCELLED, now)
        log.append(session, by, f"{row.kind.value}_model_training_cancelled", f"training:{row.id}", {}, now)


def beat(session: Session, number: int, now: datetime) -> bool:
    """Say that its worker is there; whether it is still wanted."""
    return _say(session, number, beat_at=now)


def progress(session: Session, number: int, stage: str, share: float, now: datetime) -> bool:
    """Say how far it is; whether it is still wanted."""
    return _say(session, number, stage=stage, share=share, beat_at=now)


def _say(session: Session, number: int, **values: Any) -> bool:
    statement = update(TrainingRow).where(TrainingRow.id == number, TrainingRow.state == TrainingState.UNDER_WAY)
    return session.connection().execute(statement.values(**values)).rowcount == 1


def settle(
    session: Session,
    number: int,
    *,
    version: str,
    digest: str,
    base: str | None,
    against: str | None,
    learnt: Mapping[str, Any],
    judged: Mapping[str, Any],
    now: datetime,
) -> TrainingRow:
    """A candidate where the gate let it pass, refused where it didn't. Raises ForbiddenArrowError."""
    to = TrainingState.CANDIDATE if judged["passed"] else TrainingState.REFUSED
    return states.move(
        session,
        number,
        to,
        version=version,
        digest=digest,
        base=base,
        against=against,
        learnt=dict(learnt),
        judged=dict(judged),
        settled_at=now,
        stage="",
        share=1.0,
    )


def fail(session: Session, number: int, why: str, now: datetime) -> None:
    """It came to nothing. Raises ForbiddenArrowError."""
    states.move(session, number, TrainingState.FAILED, why=why[:64], settled_at=now, stage="")


def several(session: Session, limit: int = 20, kind: ModelKind = ModelKind.TEXT) -> Sequence[TrainingRow]:
    """Those of a kind, the latest first."""
    of_kind = select(TrainingRow).where(TrainingRow.kind == kind)
    return session.scalars(of_kind.order_by(TrainingRow.id.desc()).limit(limit)).all()


def of_version(session: Session, version: str) -> TrainingRow:
    """The training that made a version, the latest. Raises NotFoundError."""
    query = select(TrainingRow).where(TrainingRow.version == version).order_by(TrainingRow.id.desc()).limit(1)
    row = session.scalars(query).first()
    if row is None:
        raise NotFoundError("there is no such version")
    return row


def last_learnt(session: Session) -> TrainingRow | None:
    """The last one that made a version of the text model, whatever the gate said of it."""
    query = select(TrainingRow).where(TrainingRow.version.is_not(None), TrainingRow.kind == ModelKind.TEXT)
    return session.scalars(query.order_by(TrainingRow.id.desc()).limit(1)).first()


def newest_candidate(session: Session, kind: ModelKind = ModelKind.TEXT) -> TrainingRow | None:
    """The last one of a kind that passed the gate."""
    query = select(TrainingRow).where(TrainingRow.state == TrainingState.CANDIDATE, TrainingRow.kind == kind)
    return session.scalars(query.order_by(TrainingRow.id.desc()).limit(1)).first()
