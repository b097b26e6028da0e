"""How and when a hold ends by itself, as it is declared: by its case's queue, else by the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.queues.tables import QueueRow
from moderation.queues.values import Ageing
from moderation.rows import slices
from moderation.values import Outcome

KEEPS_WARNING: Final = frozenset(("violence", "sexual", "self_harm"))
"""Unread, these are never let in as they are: a warning stands before them whatever a queue says."""


@dataclass(frozen=True, slots=True)
class End:
    """When a hold ends if nobody looks, and what becomes of the post then."""

    at: datetime
    outcome: Outcome


def end_of(session: Session, uri: str) -> End | None:
    """Of what is held; None where only a person may end it, or nothing is held."""
    return ends_of(session, [uri]).get(uri)


def ends_of(session: Session, uris: Iterable[str]) -> dict[str, End]:
    """The same of several, by URI; those that only a person may end are left out."""
    rows = [
        row
        for part in slices(uris)
        for row in session.scalars(select(HoldRow).where(HoldRow.uri.in_(part), HoldRow.state == HoldState.HELD))
    ]
    how = ageings(session, [row.case_id for row in rows if row.case_id is not None])
    return {
        row.uri: End(row.due_at, outcome(how.get(row.case_id or 0), row.label))
        for row in rows
        if row.due_at is not None
    }


def ageings(session: Session, case_ids: Iterable[int]) -> dict[int, Ageing]:
    """By case, how holds end in its queue, where the queue says so."""
    found: dict[int, Ageing] = {}
    for part in slices(case_ids):
        statement = (
            select(CaseRow.id, QueueRow.ageing)
            .join(QueueRow, QueueRow.id == CaseRow.queue_id)
            .where(CaseRow.id.in_(part), QueueRow.ageing.is_not(None), QueueRow.retired_at.is_(None))
        )
        found |= {number: ageing for number, ageing in session.execute(statement) if ageing is not None}
    return found


def outcome(ageing: Ageing | None, label: str | None) -> Outcome:
    """What becomes of what nobody looked at in time."""
    if ageing is Ageing.RELEASE:
        return Outcome.LABEL if label in KEEPS_WARNING else Outcome.APPROVE
    if ageing is Ageing.LIMITED and label not in KEEPS_WARNING:
        return Outcome.LIMIT
    return Outcome.LABEL
