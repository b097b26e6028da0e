"""Which version of each model is asked: put in use by a person, rolled back by a person, in one step each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import registry
from models.local import named
from moderation.errors import RefusedError
from moderation.learning import rescoring, trainings
from moderation.learning.tables import ModelUseRow, TrainingState
from moderation.learning.values import ModelKind
from moderation.log import chain as log


def in_force(session: Session) -> Mapping[ModelKind, ModelUseRow]:
    """What is in force, by kind, where somebody ever chose: one query, since every batch at the door asks."""
    return {row.kind: row for row in session.scalars(_IN_FORCE)}


_IN_FORCE = select(ModelUseRow).where(ModelUseRow.id.in_(select(func.max(ModelUseRow.id)).group_by(ModelUseRow.kind)))


def current(session: Session, kind: ModelKind = ModelKind.TEXT) -> ModelUseRow | None:
    """What is in force; None where nobody ever chose: the shipped version, or none of a kind that has none."""
    return next(iter(several(session, 1, kind)), None)


def shipped(session: Session) -> registry.Version:
    """The shipped version that judges, or that this server's own corrects. Raises ModelError where it isn't here."""
    use = current(session)
    if use is None or use.version is None:
        return registry.current()
    if not named.is_own(use.version):
        return registry.named(use.version)
    return registry.named(trainings.of_version(session, use.version).base or "")


def former(session: Session, kind: ModelKind = ModelKind.TEXT) -> ModelUseRow | None:
    """What a roll-back puts in use again: what was in use before the last promotion; None for the shipped version."""
    standing: list[ModelUseRow] = []
    for row in reversed(several(session, 50, kind)):
        if row.rolled_back and standing:
            standing.pop()
        elif not row.rolled_back:
            standing.append(row)
    return standing[-2] if len(standing) > 1 else None


def several(session: Session, limit: int = 20, kind: ModelKind = ModelKind.TEXT) -> Sequence[ModelUseRow]:
    """Those of a kind, the latest first."""
    of_kind = select(ModelUseRow).where(ModelUseRow.kind == kind)
    return session.scalars(of_kind.order_by(ModelUseRow.id.desc()).limit(limit)).all()


def promote(session: Session, version: str, by: str, now: datetime) -> ModelUseRow:
    """Put a version of this server's own in use. Raises NotFoundError; RefusedError for what the gate refused, and for
    what is in use already."""
    training = trainings.of_version(session, version)
    if training.state is not TrainingState.CANDIDATE:
        raise RefusedError("the gate refused this version")
    before = current(session, training.kind)
    if before is not None and before.version == version:
        raise RefusedError("this version is in use already")
    return _put(session, training.kind, version, training.digest, by, now)


def put_shipped(
    session: Session,
    by: str,
    now: datetime,
    version: str | None = None,
    digest: str | None = None,
    kind: ModelKind = ModelKind.TEXT,
) -> ModelUseRow:
    """Put a shipped version in use: the current one, or an older one by its name. Raises RefusedError where it is."""
    before = current(session, kind)
    if (before.version if before is not None else None) == version:
        raise RefusedError("this version is in use already")
    return _put(session, kind, version, digest, by, now)


def roll_back(session: Session, by: str, now: datetime, kind: ModelKind = ModelKind.TEXT) -> ModelUseRow:
    """Put in use again what was in use before. Raises RefusedError where nothing was."""
    before, last = current(session, kind), former(session, kind)
    if before is None or (before.version is None and last is None):
        raise RefusedError("nothing else was in use before")
    version, digest = (last.version, last.digest) if last is not None else (None, None)
    return _put(session, kind, version, digest, by, now, rolled_back=True)


def _put(
    session: Session,
    kind: ModelKind,
    version: str | None,
    digest: str | None,
    by: str,
    now: datetime,
    *,
    rolled_back: bool = False,
) -> ModelUseRow:
    row = ModelUseRow(kind=kind, version=version, digest=digest, put_by=by, put_at=now, rolled_back=rolled_back)
    session.add(row)
    session.flush()
    named = version or "shipped"
    verb = f"{kind.value}_model_{'rolled_back' if rolled_back else 'promoted'}"
    log.append(session, by, verb, f"{kind.value}_model:{named}", {"version": named}, now)
    if kind is not ModelKind.BEHAVIOUR:
        rescoring.ask(session, by, now)
    return row
