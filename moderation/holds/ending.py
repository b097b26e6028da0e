"""How a hold ends by itself: its time is over, and it is let in behind a warning, or as its queue declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import tallies, turns
from moderation.cases import opening, states
from moderation.cases.tables import CaseRow
from moderation.holds import declared
from moderation.holds import states as hold_states
from moderation.holds.deleting import deleted
from moderation.holds.editing import edited
from moderation.holds.tables import HoldRow, HoldState
from moderation.recording import verdicts
from moderation.rows import insert_ids, table_of
from moderation.values import Effect, Outcome, RecordedVerdict, Verb
from moderation.verdicts.tables import VerdictRow

__all__ = ["deleted", "edited", "end_due"]

WARNING: Final = "unreviewed"
REASONS: Final[Mapping[Outcome, str]] = {
    Outcome.LABEL: "hold_ended",
    Outcome.LIMIT: "hold_ended_limited",
    Outcome.APPROVE: "hold_ended_released",
}
"""What the verdict says of why it is let in."""


def end_due(session: Session, now: datetime, limit: int = 200) -> list[Effect]:
    """End what is due, at most `limit`: PUBLISH effects whose verdict is what the case's queue declares, else a label.
    Waves, and what a person's rule holds, have no time and stay."""
    turns.take(session)
    statement = (
        select(HoldRow)
        .where(HoldRow.state == HoldState.HELD, HoldRow.due_at <= now)
        .order_by(HoldRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(statement))
    went = set(hold_states.change(session, [row.id for row in rows], HoldState.ENDED, now))
    ended = [row for row in rows if row.id in went]
    effects = _publish(session, ended, now)
    _settle_cases(session, ended, now)
    tallies.add(session, {"holds_ended": len(ended)}, now)
    return effects


def _publish(session: Session, ended: Sequence[HoldRow], now: datetime) -> list[Effect]:
    latest = verdicts.latest(session, [row.uri for row in ended])
    how = declared.ageings(session, [row.case_id for row in ended if row.case_id is not None])
    outcomes = [declared.outcome(how.get(row.case_id or 0), row.label) for row in ended]
    rows = [
        verdicts.superseding(latest[row.uri], outcome, now, reasons=[REASONS[outcome]], label=row.label)
        for row, outcome in zip(ended, outcomes, strict=True)
    ]
    ids = insert_ids(session, VerdictRow, rows)
    return [_effect(*each) for each in zip(ended, outcomes, ids, strict=True)]


def _effect(row: HoldRow, outcome: Outcome, verdict_id: int) -> Effect:
    params = {"reason": REASONS[outcome]}
    if outcome is Outcome.LABEL:
        params["warning"] = row.label or WARNING
    return Effect(Verb.PUBLISH, row.uri, None, RecordedVerdict(verdict_id, row.uri, outcome, row.case_id), params)


def _settle_cases(session: Session, ended: Sequence[HoldRow], now: datetime) -> None:
    """The cases stay, so that somebody still looks at what is shown now; their version grows."""
    table = table_of(CaseRow)
    ids = sorted({row.case_id for row in ended if row.case_id is not None})
    open_ids = session.scalars(select(table.c.id).where(table.c.id.in_(ids), table.c.state.in_(states.UNDECIDED)))
    for case_id in open_ids:
        opening.touch(session, case_id, "let_in", None, now)
