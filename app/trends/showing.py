"""What is spoken of: what was allowed, for everybody; and all of it, for whoever allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import NotFoundError
from app.measuring import measures
from app.measuring.spans import Span
from app.reviewing import people
from app.services import Services
from app.trends.tables import TrendKind, TrendRow
from moderation.log import chain

DAYS = 7


def shown(session: Session, kind: TrendKind, offset: int, limit: int) -> Sequence[TrendRow]:
    """What may be shown, what is spoken of most first."""
    query = select(TrendRow).where(TrendRow.kind == kind, TrendRow.score > 0, TrendRow.allowed.is_(True))
    return session.scalars(query.order_by(TrendRow.score.desc(), TrendRow.id).offset(offset).limit(limit)).all()


def is_shown(session: Session, kind: TrendKind, key: str) -> bool:
    """Whether this is among what may be shown, and spoken of."""
    query = select(TrendRow.id).where(TrendRow.kind == kind, TrendRow.key == key, TrendRow.score > 0)
    return session.scalar(query.where(TrendRow.allowed.is_(True))) is not None


def all_of(session: Session, kind: TrendKind, offset: int, limit: int) -> Sequence[TrendRow]:
    """What is spoken of, whether or not anybody has looked."""
    query = select(TrendRow).where(TrendRow.kind == kind, TrendRow.score > 0)
    return session.scalars(query.order_by(TrendRow.score.desc(), TrendRow.id).offset(offset).limit(limit)).all()


def find(session: Session, kind: TrendKind, key: str) -> TrendRow:
    """By its key. Raises NotFoundError."""
    row = session.scalar(select(TrendRow).where(TrendRow.kind == kind, TrendRow.key == key))
    if row is None:
        raise NotFoundError
    return row


def answer(services: Services, account: AccountRow, kind: TrendKind, key: str, *, allowed: bool) -> TrendRow:
    """Let it be shown, or not; it counts for later, too, and is in the log. Raises ForbiddenError, NotFoundError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        row = find(session, kind, key)
        row.allowed, row.answered_by, row.answered_at = allowed, by, now
        verb = "trend_allowed" if allowed else "trend_refused"
        chain.append(session, by, verb, f"{kind.value}:{row.name or row.id}", {}, now)
    return row


def history(session: Session, tag: str, now: datetime) -> list[tuple[datetime, int, int]]:
    """The last days of a hashtag, today first: when each began, how often it was used, by how many."""
    today = now.date()
    span = Span(today - timedelta(days=DAYS - 1), today)
    uses = measures.measure(session, "tag_uses", span, tag).days
    accounts = measures.measure(session, "tag_accounts", span, tag).days
    return [(Span(day, day).begins_at, uses[day], accounts[day]) for day in reversed(span.days)]
