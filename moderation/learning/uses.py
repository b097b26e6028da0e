"""Which version of the text model judges: put in use by a person, rolled back by a person, in one step each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import RefusedError
from moderation.learning import trainings
from moderation.learning.tables import ModelUseRow, TrainingState
from moderation.log import chain as log


def current(session: Session) -> ModelUseRow | None:
    """What is in force; None where nobody ever chose: the shipped version."""
    return session.scalars(select(ModelUseRow).order_by(ModelUseRow.id.desc()).limit(1)).first()


def former(session: Session) -> ModelUseRow | None:
    """What a roll-back puts in use again: what was in use before the last promotion; None for the shipped version."""
    rows = several(session, 50)
    standing: list[ModelUseRow] = []
    for row in reversed(rows):
        if row.rolled_back and standing:
            standing.pop()
        elif not row.rolled_back:
            standing.append(row)
    return standing[-2] if len(standing) > 1 else None


def several(session: Session, limit: int = 20) -> Sequence[ModelUseRow]:
    """The latest first."""
    return session.scalars(select(ModelUseRow).order_by(ModelUseRow.id.desc()).limit(limit)).all()


def promote(session: Session, version: str, by: str, now: datetime) -> ModelUseRow:
    """Put a version of this server's own in use. Raises NotFoundError; RefusedError for what the gate refused, and for
    what is in use already."""
    training = trainings.of_version(session, version)
    if training.state is not TrainingState.CANDIDATE:
        raise RefusedError("the gate refused this version")
    before = current(session)
    if before is not None and before.version == version:
        raise RefusedError("this version is in use already")
    return _put(session, version, training.digest, by, now, "text_model_promoted")


def put_shipped(
    session: Session, by: str, now: datetime, version: str | None = None, digest: str | None = None
) -> ModelUseRow:
    """Put a shipped version in use: the current one, or an older one by its name. Raises RefusedError where it is."""
    before = current(session)
    if (before.version if before is not None else None) == version:
        raise RefusedError("this version is in use already")
    return _put(session, version, digest, by, now, "text_model_promoted")


def roll_back(session: Session, by: str, now: datetime) -> ModelUseRow:
    """Put in use again what was in use before. Raises RefusedError where nothing was."""
    before = current(session)
    if before is None or (before.version is None and former(session) is None):
        raise RefusedError("nothing else was in use before")
    last = former(session)
    version, digest = (last.version, last.digest) if last is not None else (None, None)
    return _put(session, version, digest, by, now, "text_model_rolled_back", rolled_back=True)


def _put(
    session: Session,
    version: str | None,
    digest: str | None,
    by: str,
    now: datetime,
    verb: str,
    *,
    rolled_back: bool = False,
) -> ModelUseRow:
    row = ModelUseRow(version=version, digest=digest, put_by=by, put_at=now, rolled_back=rolled_back)
    session.add(row)
    session.flush()
    log.append(session, by, verb, f"text_model:{version or 'shipped'}", {"version": version or "shipped"}, now)
    return row
