"""Search: accounts by a part of their name, anything by its address, hashtags. `app.search` finds words in posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import actors as remote_actors
from app.federation import resolve as remote
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostTagRow
from app.posts.visibility import posts_for
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.settings import Settings
from app.stores.budgets import LOOKUPS, Budgets
from moderation import hashtags
from moderation.values import Visibility

LONGEST_ADDRESS = 2048


@dataclass(frozen=True)
class AccountQuery:
    """Which accounts are looked for."""

    text: str
    limit: int = 40
    offset: int = 0
    resolve: bool = False
    following: bool = False


@dataclass
class Found:
    """What an address or some words led to."""

    accounts: list[ActorRow] = field(default_factory=list)
    statuses: list[PostView] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def accounts(services: Services, viewer_id: int | None, wanted: AccountQuery) -> list[ActorRow]:
    """Accounts whose name begins so, those named exactly first; a whole handle is asked for elsewhere if need be."""
    text = wanted.text.strip().removeprefix("@")
    if not text:
        return []
    exact = _exact(services, viewer_id, text, resolve=wanted.resolve) if wanted.offset == 0 else None
    with services.db.read() as session:
        rows = list(session.scalars(_query(viewer_id, text, wanted)))
    if exact is not None and not exact.domain_hidden and not wanted.following:
        rows = [exact, *(row for row in rows if row.id != exact.id)]
    return rows[: wanted.limit]


def by_address(services: Services, viewer_id: int | None, address: str, *, resolve: bool) -> Found:
    """What stands at a URL: known here, or with `resolve` fetched."""
    with services.db.read() as session:
        known = _known(session, services.settings, viewer_id, address)
    if known.accounts or known.statuses or not resolve:
        return known
    _spend(services, viewer_id)
    try:
        found = remote.by_url(services, address)
    except AppError:
        return Found()  # nothing there, or not for us: a search that finds nothing is no error
    with services.db.read() as session:
        return _known(session, services.settings, viewer_id, found.uri)


def tags(services: Services, text: str, limit: int, offset: int) -> list[str]:
    """Hashtags that begin so, of posts that stand in public timelines: nobody's secret is told by its tag."""
    prefix = hashtags.key(text.strip())
    if not hashtags.may_begin_one(prefix):
        return []
    told = posts_for(None, PostRow.pk).where(PostRow.pk == PostTagRow.post_pk, PostRow.visibility == Visibility.PUBLIC)
    query = (
        select(PostTagRow.tag)
        .where(PostTagRow.tag >= prefix, PostTagRow.tag < prefix + "\U0010ffff", told.correlate(PostTagRow).exists())
        .group_by(PostTagRow.tag)
        .order_by(func.count().desc(), PostTagRow.tag)
        .limit(limit)
        .offset(offset)
    )
    with services.db.read() as session:
        return list(session.scalars(query))


def is_address(text: str) -> bool:
    """Whether this is a URL and not words."""
    if not text.startswith(("https://", "http://")) or len(text) > LONGEST_ADDRESS or any(c.isspace() for c in text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _spend(services: Services, viewer_id: int | None) -> None:
    """Asking elsewhere holds a thread of ours: nobody may do so without end. Raises RateLimitedError."""
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(LOOKUPS, str(viewer_id))


def _exact(services: Services, viewer_id: int | None, handle: str, *, resolve: bool) -> ActorRow | None:
    with services.db.read() as session:
        known = lookup.find_by_handle(session, services.settings, handle)
    name, at, domain = handle.partition("@")
    if known is not None or not resolve or not (name and at and domain) or any(c.isspace() for c in handle):
        return known
    _spend(services, viewer_id)
    try:
        return remote_actors.by_handle(services, handle)
    except AppError:
        return None  # nobody by that name answers: other results stand


def _query(viewer_id: int | None, text: str, wanted: AccountQuery) -> Select[ActorRow]:
    name, _at, domain = text.lower().partition("@")
    pattern = _like(name) + "%"
    query = select(ActorRow).where(
        or_(
            ActorRow.username_lower.like(pattern, escape="\\"),
            func.lower(ActorRow.display_name).like(f"%{_like(text.lower())}%", escape="\\"),
        ),
        ActorRow.suspended_at.is_(None),
        ActorRow.deleted_at.is_(None),
        ~ActorRow.domain_hidden,
        ActorRow.uri.not_like("%/actor"),
        lookup.is_in(),
    )
    if domain:
        query = query.where(ActorRow.domain.like(_like(domain) + "%", escape="\\"))
    if wanted.following and viewer_id is not None:
        query = query.join(FollowRow, FollowRow.target_id == ActorRow.id).where(
            FollowRow.follower_id == viewer_id, FollowRow.state == FollowState.ACCEPTED
        )
    order = (ActorRow.local.desc(), ActorRow.followers_count.desc(), ActorRow.id)
    return query.order_by(*order).limit(wanted.limit).offset(wanted.offset)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _known(session: Session, settings: Settings, viewer_id: int | None, address: str) -> Found:
    post_pk = session.scalar(select(PostRow.pk).where(PostRow.uri == address))
    if post_pk is not None:
        return Found(statuses=reading.load(session, [post_pk], viewer_id))
    page = address.removeprefix(settings.url("/@"))
    if page != address:
        actor = lookup.find_by_handle(session, settings, page.rstrip("/"))
    else:
        actor = lookup.find_by_uri(session, address)
    return Found(accounts=[actor] if actor is not None and not actor.domain_hidden else [])
