"""Collections as documents for peers: what a member said, pinned, follows; what answers, likes and shares a post.

Everything in them passed the one filter for strangers, so that a collection never tells of what its post wouldn't.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app import current
from app.accounts.tables import ActorRow
from app.errors import AppError, BadRequestError, GoneError, NotFoundError, UnauthorizedError
from app.federation import documents, secured, visitors
from app.federation import followers as synchronised
from app.federation.answers import document_answer
from app.federation.wire import render
from app.posts import pins
from app.posts.tables import PostKind, PostRow, PostState
from app.posts.visibility import posts_for
from app.relationships import featured as featured_hashtags
from app.relationships.tables import BlockRow, FollowRow, FollowState
from moderation import hashtags

blueprint = Blueprint("collections", __name__)
blueprint.before_request(documents.refuse_null)
secured.guard(blueprint)
blueprint.errorhandler(AppError)(documents.error_answer)
PAGE = 20
PEOPLE_PAGE = 50
HOST_PAGE = 2000


@blueprint.get("/users/<name>/outbox")
def outbox(name: str) -> Response:
    """What a member said to everybody, newest first."""
    services = current.services()
    with services.db.read() as session:
        row = _present(session, name)
        uri = f"{row.uri}/outbox"
        if request.args.get("page") is None:
            first = f"{uri}?page=true"
            return document_answer(render.collection(uri, _count_public(session, row.id), first))
        posts = _public_posts(session, row.id, _max_id())
        items = [render.bare(documents.rendered(services, session, item, as_activity=True)) for item in posts]
    here = f"{uri}?page=true"
    following = f"{here}&max_id={posts[-1].id}" if len(posts) == PAGE else None
    return document_answer(render.page(here, uri, items, following=following))


@blueprint.get("/users/<name>/followers")
def followers(name: str) -> Response:
    """Who follows a member."""
    return _people(name, "followers")


@blueprint.get("/users/<name>/followers_synchronization")
def followers_of_a_host(name: str) -> Response:
    """Who follows a member from the host that asks, signed for: all of them, and nobody else's (FEP-8fcf)."""
    services = current.services()
    visitor = visitors.signer(services)
    if visitor is None or visitor.domain is None:
        raise UnauthorizedError("Only a signed request is told who follows", code="signature_required")
    with services.db.read() as session:
        row = _present(session, name)
        uri, after = f"{row.uri}/followers_synchronization", _max_id("min_id")
        query = select(FollowRow.id, ActorRow.uri).join(ActorRow, ActorRow.id == FollowRow.follower_id)
        query = query.where(*synchronised.on_host(row.id, visitor.domain)).order_by(FollowRow.id)
        found = session.execute(query.where(FollowRow.id > (after or 0)).limit(HOST_PAGE + 1)).all()
    items = [address for _, address in found[:HOST_PAGE]]
    following = f"{uri}?min_id={found[HOST_PAGE - 1][0]}" if len(found) > HOST_PAGE else None
    if after is None and following is None:
        return document_answer(render.collection(uri, len(items), items=items), public=False)
    here = uri if after is None else f"{uri}?min_id={after}"
    return document_answer(render.page(here, uri, items, following=following), public=False)


@blueprint.get("/users/<name>/following")
def following(name: str) -> Response:
    """Whom a member follows."""
    return _people(name, "following")


@blueprint.get("/users/<name>/collections/featured")
def featured(name: str) -> Response:
    """Pinned posts, whole, as Mastodon has them."""
    services = current.services()
    with services.db.read() as session:
        row = _present(session, name)
        pinned = pins.of_author(session, row.id, None)
        items = [render.bare(documents.rendered(services, session, view.post, as_activity=False)) for view in pinned]
    return document_answer(render.collection(f"{row.uri}/collections/featured", len(items), items=items))


@blueprint.get("/users/<name>/collections/tags")
def featured_tags(name: str) -> Response:
    """The hashtags that a member shows, as Mastodon has them."""
    services = current.services()
    with services.db.read() as session:
        row = _present(session, name)
        shown = featured_hashtags.of_account(session, row.id)
    items = [render.hashtag(one.name, services.settings.url(hashtags.path(one.tag))) for one in shown]
    return document_answer(render.collection(f"{row.uri}/collections/tags", len(items), items=items, ordered=False))


@blueprint.get("/users/<name>/statuses/<key>/replies")
def replies(name: str, key: str) -> Response:
    """What answers a post, for everybody's eyes: from here as it is, from elsewhere by its address."""
    services = current.services()
    with services.db.read() as session:
        post = _public_post(session, name, key)
        uri = f"{post.uri}/replies"
        blocked = exists().where(BlockRow.blocker_id == post.actor_id, BlockRow.target_id == PostRow.actor_id)
        answers = posts_for(None).where(PostRow.in_reply_to_pk == post.pk, ~blocked)
        if request.args.get("page") is None:
            total = session.scalar(select(func.count()).select_from(answers.subquery())) or 0
            return document_answer(render.collection(uri, total, f"{uri}?page=true", ordered=False))
        after = _max_id("min_id") or 0
        rows = session.scalars(answers.where(PostRow.id > after).order_by(PostRow.id).limit(PAGE)).all()
    here = f"{uri}?page=true"
    following = f"{here}&min_id={rows[-1].id}" if len(rows) == PAGE else None
    return document_answer(render.page(here, uri, [row.uri for row in rows], following=following, ordered=False))


@blueprint.get("/users/<name>/statuses/<key>/likes")
def likes(name: str, key: str) -> Response:
    """How many like a post; who they are is theirs to tell."""
    return _counted(name, key, "likes")


@blueprint.get("/users/<name>/statuses/<key>/shares")
def shares(name: str, key: str) -> Response:
    """How many share a post."""
    return _counted(name, key, "shares")


def _counted(name: str, key: str, what: str) -> Response:
    services = current.services()
    with services.db.read() as session:
        post = _public_post(session, name, key)
    total = post.likes_count if what == "likes" else post.boosts_count
    return document_answer(render.count_of(f"{post.uri}/{what}", total))


def _present(session: Session, name: str) -> ActorRow:
    row = documents.local_actor(session, name)
    if row.deleted_at is not None:
        raise GoneError("This account was deleted", code="actor_gone")
    if row.suspended_at is not None:
        raise NotFoundError()
    return row


def _public_post(session: Session, name: str, key: str) -> PostRow:
    author = _present(session, name)
    query = posts_for(None).where(PostRow.uri == f"{author.uri}/statuses/{key}", PostRow.kind != PostKind.BOOST)
    row: PostRow | None = session.scalar(query.where(PostRow.state == PostState.PUBLISHED))
    if row is None:
        raise NotFoundError()
    return row


def _people(name: str, what: str) -> Response:
    services = current.services()
    with services.db.read() as session:
        row = _present(session, name)
        uri, here = f"{row.uri}/{what}", f"{row.uri}/{what}?page=true"
        total = row.followers_count if what == "followers" else row.following_count
        if row.hides_follows:
            return document_answer(render.count_of(uri, total, ordered=True))
        if request.args.get("page") is None:
            return document_answer(render.collection(uri, total, here))
        found = _follows(session, row.id, what, _max_id())
    following = f"{here}&max_id={found[-1][0]}" if len(found) == PEOPLE_PAGE else None
    return document_answer(render.page(here, uri, [address for _, address in found], total=total, following=following))


def _follows(session: Session, actor_id: int, what: str, max_id: int | None) -> Sequence[tuple[int, str]]:
    """The latest first; who is suspended or gone isn't named."""
    mine, other = (
        (FollowRow.target_id, FollowRow.follower_id)
        if what == "followers"
        else (FollowRow.follower_id, FollowRow.target_id)
    )
    query = (
        select(FollowRow.id, ActorRow.uri)
        .join(ActorRow, ActorRow.id == other)
        .where(mine == actor_id, FollowRow.state == FollowState.ACCEPTED)
        .where(ActorRow.suspended_at.is_(None), ActorRow.deleted_at.is_(None), ActorRow.domain_hidden.is_(False))
    )
    if max_id is not None:
        query = query.where(FollowRow.id < max_id)
    rows = session.execute(query.order_by(FollowRow.id.desc()).limit(PEOPLE_PAGE))
    return [(follow_id, uri) for follow_id, uri in rows]


def _public_posts(session: Session, actor_id: int, max_id: int | None) -> list[PostRow]:
    query = posts_for(None).where(PostRow.actor_id == actor_id)
    if max_id is not None:
        query = query.where(PostRow.id < max_id)
    return list(session.scalars(query.order_by(PostRow.id.desc()).limit(PAGE)))


def _count_public(session: Session, actor_id: int) -> int:
    theirs = posts_for(None, PostRow.pk).where(PostRow.actor_id == actor_id).subquery()
    return session.scalar(select(func.count()).select_from(theirs)) or 0


def _max_id(name: str = "max_id") -> int | None:
    value = request.args.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 19 and int(value) < 2**63):
        raise BadRequestError(f"{name} is no id", code=f"{name}_bad")
    return int(value)
