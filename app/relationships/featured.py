"""Hashtags that members show on their profiles, with how often they used each in public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.errors import InvalidError, NotFoundError
from app.federation import outgoing
from app.ids import IDS
from app.posts.tables import PostRow, PostTagRow
from app.posts.visibility import posts_for
from app.relationships import tags
from app.relationships.tables import FeaturedTagRow
from app.services import Services
from app.stores.budgets import FEATURED_TAGS, Budgets
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


def feature(services: Services, account_id: int, name: str) -> Featured:
    """Show a hashtag; twice is once. Raises InvalidError for what can't be one, and for too many, RateLimitedError."""
    shown, now = tags.checked(name), services.clock.now()
    _spend(services, account_id)
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = _find(session, account_id, shown)
        if row is None:
            number = session.scalar(
                select(func.count(FeaturedTagRow.id)).where(FeaturedTagRow.account_id == account_id)
            )
            if (number or 0) >= MOST:
                raise InvalidError(_("You show as many hashtags as can be shown"), code="too_many_tags")
            row = FeaturedTagRow(
                id=IDS.take(now), account_id=account_id, tag=hashtags.key(shown), name=shown, created_at=now
            )
            session.add(row)
            session.flush()
            outgoing.tag_shown(session, services, session.get_one(ActorRow, account_id), row.tag, row.name)
        return _with_use(session, account_id, [row])[0]


def unfeature(services: Services, account_id: int, name: str) -> str:
    """Show it no longer; not shown is no error. The name as it was given. Raises InvalidError, RateLimitedError."""
    shown = tags.checked(name)
    _spend(services, account_id)
    with services.db.write() as session:
        row = _find(session, account_id, shown)
        if row is not None:
            _hide(session, services, row)
    return shown


def remove(services: Services, account_id: int, number: int) -> None:
    """The same by its id. Raises NotFoundError, also for another's, RateLimitedError."""
    _spend(services, account_id)
    with services.db.write() as session:
        row = session.get(FeaturedTagRow, number)
        if row is None or row.account_id != account_id:
            raise NotFoundError
        _hide(session, services, row)


def _spend(services: Services, account_id: int) -> None:
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(FEATURED_TAGS, str(account_id))


def _hide(session: Session, services: Services, row: FeaturedTagRow) -> None:
    session.delete(row)
    outgoing.tag_hidden(session, services, session.get_one(ActorRow, row.account_id), row.tag, row.name)


def of_account(session: Session, account_id: int) -> list[Featured]:
    """What a member shows, what they used most first."""
    rows = session.scalars(select(FeaturedTagRow).where(FeaturedTagRow.account_id == account_id)).all()
    return sorted(_with_use(session, account_id, rows), key=lambda one: (-one.posts, one.tag))


def tags_of(session: Session, account_id: int) -> set[str]:
    """What a member shows, in lower case."""
    return set(session.scalars(select(FeaturedTagRow.tag).where(FeaturedTagRow.account_id == account_id)))


def is_featured(session: Session, account_id: int, name: str) -> bool:
    """Whether a member shows this hashtag."""
    return _find(session, account_id, name) is not None


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


def _find(session: Session, account_id: int, name: str) -> FeaturedTagRow | None:
    return session.scalar(
        select(FeaturedTagRow).where(FeaturedTagRow.account_id == account_id, FeaturedTagRow.tag == hashtags.key(name))
    )


def _used(account_id: int, *columns: Any) -> Select[Any]:
    """Over the public posts of an author: what strangers may count."""
    query = posts_for(None, PostRow.pk).join(PostTagRow, PostTagRow.post_pk == PostRow.pk)
    query = query.where(PostRow.actor_id == account_id)
    return query.with_only_columns(*columns, maintain_column_froms=True)


def _with_use(session: Session, account_id: int, rows: Sequence[FeaturedTagRow]) -> list[Featured]:
    query = _used(account_id, PostTagRow.tag, func.count(), func.max(PostRow.published_at))
    counted = query.where(PostTagRow.tag.in_([row.tag for row in rows])).group_by(PostTagRow.tag)
    use = {tag: (number, at) for tag, number, at in session.execute(counted)} if rows else {}
    return [Featured(row.id, row.tag, row.name, *use.get(row.tag, (0, None))) for row in rows]
