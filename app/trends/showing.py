"""What is spoken of: what was allowed, for everybody; and all of it, for whoever allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import NotFoundError
from app.measuring.spans import Span, day_of
from app.posts.tables import PostRow, PostTagRow
from app.posts.visibility import posts_for
from app.reviewing import people
from app.services import Services
from app.trends.tables import TrendKind, TrendRow
from moderation import hashtags
from moderation.log import chain

DAYS = 7
Days = list[tuple[datetime, int, int]]
"""When each day began, how often, by how many."""


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


def history(session: Session, tag: str, now: datetime) -> Days:
    """The last days of a hashtag, today first: when each began, how often it was used, by how many."""
    return histories(session, [tag], now)[tag]


def histories(session: Session, tags: Sequence[str], now: datetime) -> dict[str, Days]:
    """The same of several, by hashtag, in one query: of public posts that are shown, and of nothing else."""
    today = now.date()
    span = Span(today - timedelta(days=DAYS - 1), today)
    day = day_of(session, PostRow.published_at.expression)
    used = (
        posts_for(None, PostRow.pk)
        .join(PostTagRow, PostTagRow.post_pk == PostRow.pk)
        .where(PostTagRow.tag.in_({hashtags.key(tag) for tag in tags}), span.holds(PostRow.published_at))
        .with_only_columns(
            PostTagRow.tag, day, func.count(), func.count(PostRow.actor_id.distinct()), maintain_column_froms=True
        )
        .group_by(PostTagRow.tag, text("2"))
    )
    known = {(tag, str(at)): (uses, people) for tag, at, uses, people in session.execute(used)} if tags else {}
    return {
        tag: [
            (Span(at, at).begins_at, *known.get((hashtags.key(tag), at.isoformat()), (0, 0)))
            for at in reversed(span.days)
        ]
        for tag in tags
    }
