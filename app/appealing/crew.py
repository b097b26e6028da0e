"""Who of the crew may answer an appeal, and who may not because it is about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.reviewing import people
from moderation.cases.tables import DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.workforce import records

PARTY = "party"


def of(session: Session, decision: DecisionRow, now: datetime) -> list[str]:
    """The names of those who could make such a decision now: active ones, whose role has not run out."""
    request = DecisionRequest(decision.action, decision.scope)
    return [people.name_of(row) for row in session.scalars(_active(now)) if people.may(row.role, request)]


def _active(now: datetime) -> Select[AccountRow]:
    return (
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(AccountRow.role.in_(lookup.STAFF), AccountRow.confirmed_at.is_not(None), lookup.opens_the_review(now))
        .order_by(AccountRow.id)
    )


def languages(session: Session, now: datetime) -> dict[str, int]:
    """How many moderate here now, by the languages that they said they read; "" counts everybody."""
    query = _active(now).where(AccountRow.role != Role.TRAINEE)
    names = [people.name_of(row) for row in session.scalars(query)]
    known = records.every(session)
    read = Counter(each for name in names if name in known for each in known[name].languages)
    return {"": len(names), **dict(sorted(read.items()))}


def parties(session: Session, uris: Iterable[str]) -> dict[str, str]:
    """The names of members among those whom an appeal is about, each with why they are kept out of it."""
    query = select(ActorRow.username).where(ActorRow.local, ActorRow.uri.in_(list(uris))).order_by(ActorRow.id)
    return dict.fromkeys(session.scalars(query), PARTY)
