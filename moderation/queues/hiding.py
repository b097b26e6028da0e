"""What can't be decided in a queue: refused wherever it is asked for, in pages and API alike."""

from __future__ import annotations

from sqlalchemy.orm import Session, object_session

from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import HiddenActionError
from moderation.queues import keeping
from moderation.queues.tables import QueueRow
from moderation.values import Action


def hidden(session: Session, case: CaseRow) -> frozenset[Action]:
    """What isn't offered for a case."""
    row = session.get(QueueRow, case.queue_id) if case.queue_id is not None else None
    if row is None or row.retired_at is not None:
        return frozenset()
    return frozenset(keeping.queue_of(row).hidden_actions)


def require_shown(case: CaseRow, request: DecisionRequest) -> None:
    """Raise HiddenActionError for what the case's queue hides, also along with something else."""
    session = object_session(case)
    if session is None:
        return
    away = hidden(session, case)
    for action in (request.action, *(each.action for each in request.further)):
        if action in away:
            raise HiddenActionError(action.value)
