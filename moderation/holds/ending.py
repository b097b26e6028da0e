"""How a hold ends by itself: its time is over, and it is let in behind a warning.

While nobody works here it ends as the policy declares for that: as ever, limited, or later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import tallies, turns
from moderation.cases import opening, states
from moderation.cases.tables import CaseRow
from moderation.holds import absence
from moderation.holds import states as hold_states
from moderation.holds.absence import Absence
from moderation.holds.deleting import deleted
from moderation.holds.editing import edited
from moderation.holds.tables import HoldRow, HoldState
from moderation.policy.values import WhileAway
from moderation.recording import verdicts
from moderation.rows import insert_ids, table_of
from moderation.values import Effect, Outcome, RecordedVerdict, Verb
from moderation.verdicts.tables import VerdictRow

__all__ = ["deleted", "edited", "end_due"]

WARNING: Final = "unreviewed"
STEP: Final = timedelta(hours=4)
"""So much more time at once is given to what waits longer: whoever comes back has some of it left."""


def end_due(session: Session, now: datetime, limit: int = 200) -> list[Effect]:
    """End what is due, at most `limit`: PUBLISH effects whose verdict is a label, or a limit while nobody works. Waves,
    and what a person's rule holds, have no time and stay."""
    turns.take(session)
    away = absence.watch(session, now)
    statement = (
        select(HoldRow)
        .where(HoldRow.state == HoldState.HELD, HoldRow.due_at <= now)
        .order_by(HoldRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = _over(list(session.scalars(statement)), away, now)
    went = set(hold_states.change(session, [row.id for row in rows], HoldState.ENDED, now))
    ended = [row for row in rows if row.id in went]
    outcome = Outcome.LABEL if away is None or away.holds is WhileAway.RELEASED else Outcome.LIMIT
    effects = _publish(session, ended, outcome, now)
    _settle_cases(session, ended, now)
    tallies.add(session, {"holds_ended": len(ended)}, now)
    return effects


def _over(rows: Sequence[HoldRow], away: Absence | None, now: datetime) -> list[HoldRow]:
    """Those whose time is over for good. Where holds wait longer while nobody works, the others are given more, in
    steps: who comes back finds them still held."""
    if away is None or away.holds is not WhileAway.LONGER:
        return list(rows)
    longest = timedelta(hours=away.longest_hours)
    over = [row for row in rows if row.held_at + longest <= now]
    for row in rows:
        if row not in over:
            row.due_at = min(now + STEP, row.held_at + longest)
    return over


def _publish(session: Session, ended: Sequence[HoldRow], outcome: Outcome, now: datetime) -> list[Effect]:
    latest = verdicts.latest(session, [row.uri for row in ended])
    rows = [
        verdicts.superseding(latest[row.uri], outcome, now, reasons=["hold_ended"], label=row.label) for row in ended
    ]
    ids = insert_ids(session, VerdictRow, rows)
    return [
        Effect(
            Verb.PUBLISH,
            row.uri,
            None,
            RecordedVerdict(number, row.uri, outcome, row.case_id),
            {"warning": row.label or WARNING, "reason": "hold_ended"},
        )
        for row, number in zip(ended, ids, strict=True)
    ]


def _settle_cases(session: Session, ended: Sequence[HoldRow], now: datetime) -> None:
    """The cases stay, so that somebody still looks at what is shown now; their version grows."""
    table = table_of(CaseRow)
    ids = sorted({row.case_id for row in ended if row.case_id is not None})
    open_ids = session.scalars(select(table.c.id).where(table.c.id.in_(ids), table.c.state.in_(states.UNDECIDED)))
    for case_id in open_ids:
        opening.touch(session, case_id, "let_in", None, now)
