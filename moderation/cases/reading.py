"""Rows of cases and decisions as values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import priority
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import CaseSummary, Decision
from moderation.evidence.snapshots import Snapshot
from moderation.rows import slices
from moderation.values import CaseState

EXCERPT = 280


def state_of(row: CaseRow, now: datetime) -> CaseState:
    """The state as it is now: a claim that ran out is none."""
    if row.state is CaseState.CLAIMED and row.claimed_until is not None and row.claimed_until <= now:
        return CaseState.OPEN if row.escalated_at is None else CaseState.ESCALATED
    return row.state


def summary_of(row: CaseRow, snapshot: Snapshot | None, now: datetime) -> CaseSummary:
    """A case as a list shows it."""
    state = state_of(row, now)
    claimed = state is CaseState.CLAIMED
    return CaseSummary(
        id=row.id,
        uri=row.uri,
        kind=row.kind,
        origin=row.origin,
        state=state,
        author_uri=row.author_uri,
        author_handle=snapshot.author_handle if snapshot else row.author_uri,
        author_domain=row.author_domain,
        local=row.local,
        label=row.label,
        language=row.language,
        priority=priority.word(row.rank_parts),
        priority_parts=row.rank_parts,
        reasons=tuple(row.reasons),
        excerpt=snapshot.text[:EXCERPT] if snapshot else "",
        reports=row.reports,
        members=row.members,
        version=row.version,
        opened_at=row.opened_at,
        due_at=row.due_at,
        claimed_by=row.claimed_by if claimed else None,
        claimed_until=row.claimed_until if claimed else None,
        assigned_to=row.assigned_to,
        escalated_by=row.escalated_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        queue_id=row.queue_id,
    )


def decisions_of(session: Session, rows: Iterable[DecisionRow]) -> list[Decision]:
    """Decisions, each with the one that took it back."""
    found = list(rows)
    reversed_by: dict[int, int] = {}
    for part in slices(row.id for row in found):
        statement = select(DecisionRow.reverses_id, DecisionRow.id).where(DecisionRow.reverses_id.in_(part))
        reversed_by |= {reverses: number for reverses, number in session.execute(statement) if reverses}
    return [decision_of(row, reversed_by.get(row.id)) for row in found]


def decision_of(row: DecisionRow, reversed_by: int | None = None) -> Decision:
    """The value of a row."""
    return Decision(
        id=row.id,
        case_id=row.case_id,
        uri=row.uri,
        author_uri=row.author_uri,
        action=row.action,
        scope=row.scope,
        rule_id=row.rule_id,
        reason=row.reason,
        note=row.note,
        by=row.made_by,
        at=row.made_at,
        ends_at=row.ends_at,
        strike=row.strike,
        reverses_id=row.reverses_id,
        reversed_by=reversed_by,
        part_of=row.part_of_id,
        author_note=row.author_note,
        mend_by=row.mend_by,
    )
