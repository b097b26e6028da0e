"""What is done to accounts and servers along with a decision: decisions of their own, taken back together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import carrying, plans, writing
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.values import Effect, Scope


def carry_out(
    session: Session,
    case: CaseRow,
    decision: DecisionRow,
    request: DecisionRequest,
    authors: Sequence[str],
    now: datetime,
) -> list[Effect]:
    """Do what goes along with a decision; each has a row and a term of its own, and is no further strike."""
    effects: list[Effect] = []
    for more in request.further:
        part = replace(request, action=more.action, scope=more.scope, expires_in=more.expires_in, further=())
        row = writing.write(session, case, part, decision.made_by, now, part_of=decision.id)
        whom = authors if more.scope is Scope.CLUSTER else [case.author_uri]
        done = carrying.carry_out(session, plans.accounts(more.action, more.scope, whom), case, row, part, now)
        of_server, records = writing.rule(session, case, row, part, now)
        row.effects = [*done.records, *records]
        effects += [*done.effects, *of_server]
    session.flush()
    return effects


def said(request: DecisionRequest) -> dict[str, str]:
    """What the log says of it besides the decision."""
    further = ", ".join(f"{each.action} {each.scope}" for each in request.further)
    found = {"macro": request.macro, "further": further}
    return {name: value for name, value in found.items() if value}


def in_force(session: Session, decision_id: int) -> list[DecisionRow]:
    """Those of a decision that weren't taken back, the last one first."""
    statement = (
        select(DecisionRow)
        .where(DecisionRow.part_of_id == decision_id, ORIGINAL)
        .where(STANDS)
        .order_by(DecisionRow.id.desc())
    )
    return list(session.scalars(statement))
