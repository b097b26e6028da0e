"""Trust that somebody gives: for thirty days the text model says nothing of one label about an author.

It is offered after a post was let in that the model had held, so that one wrong line doesn't hold the same person again
and again. It ends by itself, with anything that people take away or take back from them, and by hand. Domain rules,
waves and the behaviour of spam speak as before, and labels as grave as threats are never trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.cases.in_force import last_own
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain
from moderation.policy import store
from moderation.rows import slices
from moderation.values import Action, CaseOrigin

TRUSTED_FOR: Final = timedelta(days=30)
NEVER_FROM: Final = 9.0
"""The policy's severity from which on a label is too grave to be trusted."""
OFFERED_FOR: Final = timedelta(minutes=10)


def offered(session: Session, by: str, now: datetime) -> DecisionRow | None:
    """The last decision of somebody, if it was made just now and trust can follow from it."""
    row = last_own(session, by, now - OFFERED_FOR)
    label = _label(session, row) if row is not None else None
    if row is None or label is None or label in in_force(session, row.author_uri, now):
        return None
    return row


def give(session: Session, decision_id: int, by: str, now: datetime) -> datetime:
    """Trust the author of what a decision let in, for the label that had held it. Until when.

    Raises NotFoundError, and RefusedError where the decision let nothing in that the text model had held.
    """
    decision = session.get(DecisionRow, decision_id)
    if decision is None:
        raise NotFoundError("there is no such decision")
    label = _label(session, decision)
    author = session.scalars(select(AuthorRow).where(AuthorRow.uri == decision.author_uri)).first()
    if label is None or author is None:
        raise RefusedError("trust follows from letting in what the text model held, and not from this")
    until = now + TRUSTED_FOR
    author.trusts = {**(author.trusts or {}), label: until.isoformat()}
    chain.append(session, by, "trusted", author.uri, {"label": label, "until": until.isoformat()}, now)
    return until


def withdraw(session: Session, author_uri: str, label: str, by: str, now: datetime) -> None:
    """Trust them no longer. Raises NotFoundError."""
    author = session.scalars(select(AuthorRow).where(AuthorRow.uri == author_uri)).first()
    if author is None or label not in (author.trusts or {}):
        raise NotFoundError("nobody trusts them for that")
    author.trusts = {name: until for name, until in (author.trusts or {}).items() if name != label} or None
    chain.append(session, by, "trust_withdrawn", author_uri, {"label": label}, now)


def forget(session: Session, author_uris: Iterable[str]) -> None:
    """Something speaks against these authors: what was said for them is over."""
    for part in slices(author_uris):
        over = update(AuthorRow).where(AuthorRow.uri.in_(part), AuthorRow.trusts.is_not(None)).values(trusts=None)
        session.execute(over)


def in_force(session: Session, author_uri: str, now: datetime) -> dict[str, datetime]:
    """The labels for which somebody is trusted now, each with its end."""
    found = session.scalars(select(AuthorRow.trusts).where(AuthorRow.uri == author_uri)).first() or {}
    ends = {label: datetime.fromisoformat(until) for label, until in found.items()}
    return {label: end for label, end in ends.items() if end > now}


def _label(session: Session, decision: DecisionRow) -> str | None:
    """The label that held what a decision let in; None where it was no such thing."""
    if decision.action is not Action.APPROVE or decision.reverses_id is not None or decision.case_id is None:
        return None
    case = session.get(CaseRow, decision.case_id)
    if case is None or case.origin is not CaseOrigin.HOLD or case.members != 1 or case.label is None:
        return None
    policy = store.current(session)
    mild = policy.labels.keys() - policy.grave_from(NEVER_FROM)
    if "text_model" not in case.reasons or case.label not in mild:
        return None
    return case.label
