"""Suspensions that members are told of a week before: announced, called off, or carried out by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import turns
from moderation.domains import editing
from moderation.domains.editing import DomainDecided
from moderation.domains.rules import rule_at, rule_for
from moderation.domains.tables import PlannedSuspensionRow, PlanState
from moderation.domains.values import RuleDraft
from moderation.errors import BadDomainError, NotFoundError
from moderation.values import Severity

NOTICE: Final = timedelta(days=7)
ARROWS: Final[Mapping[PlanState, frozenset[PlanState]]] = {
    PlanState.ANNOUNCED: frozenset((PlanState.DONE, PlanState.CALLED_OFF, PlanState.UNDONE)),
    PlanState.DONE: frozenset(),
    PlanState.CALLED_OFF: frozenset(),
    PlanState.UNDONE: frozenset(),
}


def announce(session: Session, draft: RuleDraft, by: str, now: datetime) -> PlannedSuspensionRow:
    """Plan it for NOTICE from now. Raises BadDomainError where it says nothing in public, or needs no plan."""
    if draft.severity is not Severity.SUSPEND:
        raise BadDomainError("only a suspension is announced")
    if not draft.public_comment.strip():
        raise BadDomainError("say in public why: members read it")
    editing.require_fits(draft)
    rule = rule_for(session, draft.domain)
    if rule is not None and rule.severity is Severity.SUSPEND:
        raise BadDomainError("it is suspended already")
    turns.take(session)
    if of(session, draft.domain) is not None:
        raise BadDomainError("its suspension is announced already")
    row = PlannedSuspensionRow(
        domain=draft.domain,
        rule=editing.draft_as_json(draft),
        state=PlanState.ANNOUNCED,
        announced_by=by,
        announced_at=now,
        takes_place_at=now + NOTICE,
    )
    session.add(row)
    session.flush()
    editing.note(session, draft.domain, editing.ANNOUNCED, by, now, {"plan": row.id})
    return row


def announced(session: Session) -> list[PlannedSuspensionRow]:
    """All that are to come, the next first."""
    query = select(PlannedSuspensionRow).where(PlannedSuspensionRow.state == PlanState.ANNOUNCED)
    return list(session.scalars(query.order_by(PlannedSuspensionRow.takes_place_at, PlannedSuspensionRow.id)))


def of(session: Session, domain: str) -> PlannedSuspensionRow | None:
    """What is announced for this very domain."""
    query = select(PlannedSuspensionRow).where(PlannedSuspensionRow.domain == domain)
    return session.scalar(query.where(PlannedSuspensionRow.state == PlanState.ANNOUNCED))


def draft_of(row: PlannedSuspensionRow, now: datetime) -> RuleDraft:
    """The rule as it will be set."""
    return editing.from_json(row.domain, row.rule, now)


def call_off(session: Session, domain: str, by: str, now: datetime) -> PlannedSuspensionRow:
    """It won't take place. Raises NotFoundError where nothing is announced."""
    return _end(session, domain, PlanState.CALLED_OFF, by, now)


def undo(session: Session, domain: str, by: str, now: datetime) -> PlannedSuspensionRow:
    """Take the announcement back within minutes. Raises NotFoundError."""
    return _end(session, domain, PlanState.UNDONE, by, now)


def _end(session: Session, domain: str, after: PlanState, by: str, now: datetime) -> PlannedSuspensionRow:
    turns.take(session)
    row = of(session, domain)
    if row is None:
        raise NotFoundError("no suspension of this domain is announced")
    _move(row, after, by, now)
    editing.note(session, domain, after.value, by, now, {"plan": row.id})
    return row


def due(session: Session, now: datetime) -> list[PlannedSuspensionRow]:
    """Those whose day has come; nobody calls one off meanwhile."""
    turns.take(session)
    return [row for row in announced(session) if row.takes_place_at <= now]


def carry_out(session: Session, row: PlannedSuspensionRow, now: datetime) -> DomainDecided | None:
    """Set the rule, unless somebody has said otherwise since: suspended it, or let it in by name. None then."""
    rule = rule_at(session, row.domain)
    since = rule is not None and rule.set_at > row.announced_at
    if rule is not None and since and rule.severity is Severity.ALLOW:
        _move(row, PlanState.CALLED_OFF, rule.set_by, now)
        editing.note(session, row.domain, "called_off", rule.set_by, now, {"plan": row.id})
        return None
    _move(row, PlanState.DONE, row.announced_by, now)
    if rule is not None and rule.severity is Severity.SUSPEND:
        return None
    return editing.set_draft(session, draft_of(row, now), row.announced_by, now)


def _move(row: PlannedSuspensionRow, after: PlanState, by: str, now: datetime) -> None:
    if after not in ARROWS[row.state]:
        raise NotFoundError("this plan is over")
    row.state, row.settled_by, row.settled_at = after, by, now
