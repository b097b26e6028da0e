"""Hashtags that members show on their profiles, with how often they used each in public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.posts.tables import PostRow, PostTagRow
from app.posts.visibility import posts_for
from app.relationships.tables import FeaturedTagRow
from moderation import hashtags

MOST = 10
MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Featured:
    """One of them, and what of the author's public posts carries it."""

    id: int
    tag: str
    name: str
    posts: int
    last_post_at: datetime | None


def of_account(session: Session, account_id: int) -> list[Featured]:
    """What a member shows, what they used most first."""
    rows = session.scalars(select(FeaturedTagRow).where(FeaturedTagRow.account_id == account_id)).all()
    return sorted(with_use(session, account_id, rows), key=lambda one: (-one.posts, one.tag))


def tags_of(session: Session, account_id: int) -> set[str]:
    """What a member shows, in lower case."""
    return set(session.scalars(select(FeaturedTagRow.tag).where(FeaturedTagRow.account_id == account_id)))


def is_featured(session: Session, account_id: int, name: str) -> bool:
    """Whether a member shows this hashtag."""
    return find(session, account_id, name) is not None


def suggested(session: Session, account_id: int) -> list[tuple[str, str]]:
    """The hashtags that a member used most in public and doesn't show yet, as (tag, name)."""
    shown = select(FeaturedTagRow.tag).where(FeaturedTagRow.account_id == account_id)
    query = (
        _used(account_id, PostTagRow.tag, func.max(PostTagRow.name))
        .where(PostTagRow.tag.not_in(shown))
        .group_by(PostTagRow.tag)
        .order_by(func.count().desc(), PostTagRow.tag)
    )
    return [(tag, name) for tag, name in session.execute(query.limit(MOST_SUGGESTED))]


def find(session: Session, account_id: int, name: str) -> FeaturedTagRow | None:
    """The row of a hashtag that they show."""
    return session.scalar(
        select(FeaturedTagRow).where(FeaturedTagRow.account_id == account_id, FeaturedTagRow.tag == hashtags.key(name))
    )


def _used(account_id: int, *columns: Any) -> Select[Any]:
    """Over the public posts of an author: what strangers may count."""
    query = posts_for(None, PostRow.pk).join(PostTagRow, PostTagRow.post_pk == PostRow.pk)
    query = query.where(PostRow.actor_id == account_id)
    return query.with_only_columns(*columns, maintain_column_froms=True)


def with_use(session: Session, account_id: int, rows: Sequence[FeaturedTagRow]) -> list[Featured]:
    """These, and how often their member used each."""
    query = _used(account_id, PostTagRow.tag, func.count(), func.max(PostRow.published_at))
    counted = query.where(PostTagRow.tag.in_([row.tag for row in rows])).group_by(PostTagRow.tag)
    use = {tag: (number, at) for tag, number, at in session.execute(counted)} if rows else {}
    return [Featured(row.id, row.tag, row.name, *use.get(row.tag, (0, None))) for row in rows]
