"""A member's filters with all that is on them, in three queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.filters.tables import FilterKeywordRow, FilterPostRow, FilterRow
from app.filters.values import Filter, FilteredPost, Keyword


def of_account(session: Session, account_id: int, now: datetime | None = None) -> list[Filter]:
    """A member's filters, oldest first; with `now`, only those that count then."""
    query = select(FilterRow).where(FilterRow.account_id == account_id).order_by(FilterRow.id)
    if now is not None:
        query = query.where(or_(FilterRow.expires_at.is_(None), FilterRow.expires_at > now))
    rows = list(session.scalars(query))
    return _whole(session, rows) if rows else []


def of_accounts(session: Session, account_ids: Collection[int], now: datetime) -> dict[int, tuple[Filter, ...]]:
    """Member → those of their filters that count now, oldest first; who has none isn't named."""
    query = select(FilterRow).where(
        FilterRow.account_id.in_(account_ids), or_(FilterRow.expires_at.is_(None), FilterRow.expires_at > now)
    )
    rows = list(session.scalars(query.order_by(FilterRow.id)))
    found: dict[int, tuple[Filter, ...]] = {}
    for row, whole in zip(rows, _whole(session, rows) if rows else (), strict=True):
        found[row.account_id] = (*found.get(row.account_id, ()), whole)
    return found


def one(session: Session, account_id: int, filter_id: int) -> Filter:
    """One of a member's filters. Raises NotFoundError, also for another's."""
    return _whole(session, [row(session, account_id, filter_id)])[0]


def row(session: Session, account_id: int, filter_id: int) -> FilterRow:
    """The same, as its row."""
    found = session.get(FilterRow, filter_id)
    if found is None or found.account_id != account_id:
        raise NotFoundError
    return found


def _whole(session: Session, rows: list[FilterRow]) -> list[Filter]:
    ids = [row.id for row in rows]
    keywords: dict[int, list[Keyword]] = {}
    words = select(FilterKeywordRow).where(FilterKeywordRow.filter_id.in_(ids)).order_by(FilterKeywordRow.id)
    for word in session.scalars(words):
        keywords.setdefault(word.filter_id, []).append(Keyword(word.id, word.keyword, word.whole_word))
    posts: dict[int, list[FilteredPost]] = {}
    single = select(FilterPostRow).where(FilterPostRow.filter_id.in_(ids)).order_by(FilterPostRow.id)
    for post in session.scalars(single):
        posts.setdefault(post.filter_id, []).append(FilteredPost(post.id, post.post_pk, post.status_id))
    return [
        Filter(
            id=found.id,
            title=found.title,
            context=tuple(found.context),
            action=found.action,
            expires_at=found.expires_at,
            keywords=tuple(keywords.get(found.id, ())),
            posts=tuple(posts.get(found.id, ())),
        )
        for found in rows
    ]
