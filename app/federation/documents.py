"""Actors, posts and collections as documents for peers; the same addresses lead people to the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app import current
from app.accounts.instance_actor import instance_actor
from app.accounts.tables import ActorRow
from app.errors import AppError, BadRequestError, NotFoundError
from app.federation import described, visitors
from app.federation.answers import document_answer, json_answer, wants_activity
from app.federation.wire import render
from app.federation.wire.values import ActorKind
from app.posts.tables import PostKind, PostRow, PostState
from app.posts.visibility import posts_for
from app.services import Services
from moderation.values import PUBLIC_KINDS, PUBLISHABLE

blueprint = Blueprint("documents", __name__)
PAGE = 20


@blueprint.before_request
def _no_nulls() -> None:
    """PostgreSQL has no text with a null in it, so nothing here is called so."""
    if "\0" in request.path:
        raise NotFoundError()


@blueprint.get("/actor")
def house() -> Response:
    """The server's own actor, who signs its fetches. It's had without a signature, or nobody could begin."""
    return document_answer(render.actor(described.actor(instance_actor(current.services()))))


@blueprint.get("/actor/outbox")
def house_outbox() -> Response:
    """It says nothing."""
    return document_answer(render.collection(current.services().settings.url("/actor/outbox"), 0))


@blueprint.get("/users/<name>")
def actor(name: str) -> AnyResponse:
    """A member."""
    services = current.services()
    with services.db.read() as session:
        row = _actor(session, name)
    if not wants_activity():
        return redirect(services.settings.url(f"/@{row.username}"))
    if row.deleted_at is not None:
        return document_answer(render.tombstone(row.uri, ActorKind(row.kind.value), row.deleted_at), status=410)
    visitors.signer(services)
    return document_answer(render.actor(described.actor(row)))


@blueprint.get("/users/<name>/statuses/<key>")
def post(name: str, key: str) -> AnyResponse:
    """A post, or a boost as the Announce that it is."""
    return _post(name, key, as_activity=False)


@blueprint.get("/users/<name>/statuses/<key>/activity")
def activity(name: str, key: str) -> AnyResponse:
    """The Create of a post."""
    return _post(name, key, as_activity=True)


@blueprint.get("/users/<name>/outbox")
def outbox(name: str) -> Response:
    """What a member said to everybody, newest first."""
    services = current.services()
    visitors.signer(services)
    with services.db.read() as session:
        row = _present(session, name)
        uri = f"{row.uri}/outbox"
        if request.args.get("page") is None:
            first = f"{uri}?page=true"
            return document_answer(render.collection(uri, _count_public(session, row.id), first))
        posts = _public_posts(session, row.id, _max_id())
        items = [render.bare(_rendered(services, session, item, as_activity=True)) for item in posts]
    here = f"{uri}?page=true"
    following = f"{here}&max_id={posts[-1].id}" if len(posts) == PAGE else None
    return document_answer(render.page(here, uri, items, following=following))


@blueprint.get("/users/<name>/followers")
def followers(name: str) -> Response:
    """How many follow a member; who they are is theirs to tell."""
    return _counted(name, "followers")


@blueprint.get("/users/<name>/following")
def following(name: str) -> Response:
    """How many a member follows."""
    return _counted(name, "following")


@blueprint.get("/users/<name>/collections/featured")
def featured(name: str) -> Response:
    """Pinned posts: nothing can be pinned here yet, so the list is empty."""
    services = current.services()
    visitors.signer(services)
    with services.db.read() as session:
        row = _present(session, name)
    return document_answer(render.collection(f"{row.uri}/collections/featured", 0))


@blueprint.errorhandler(AppError)
def _error(error: AppError) -> Response:
    document = {"error": error.text, "error_description": error.code}
    return json_answer(document, status=error.status, mimetype="application/json")


def _actor(session: Session, name: str) -> ActorRow:
    """A local actor, gone or not. Raises NotFoundError."""
    row = session.scalar(select(ActorRow).where(ActorRow.local, ActorRow.username_lower == name.lower()))
    if row is None or (row.account is None and row.deleted_at is None):
        raise NotFoundError()
    return row


def _present(session: Session, name: str) -> ActorRow:
    row = _actor(session, name)
    if row.deleted_at is not None or row.suspended_at is not None:
        raise NotFoundError()
    return row


def _post(name: str, key: str, *, as_activity: bool) -> AnyResponse:
    services = current.services()
    with services.db.read() as session:
        author = _actor(session, name)
        row = session.scalar(select(PostRow).where(PostRow.uri == f"{author.uri}/statuses/{key}"))
    if row is None:
        raise NotFoundError()
    if not wants_activity():
        return redirect(services.settings.url(f"/@{author.username}/{row.id}"))
    if row.state is PostState.DELETED and row.outcome in PUBLISHABLE and row.visibility in PUBLIC_KINDS:
        return document_answer(render.tombstone(row.uri, None, row.deleted_at), status=410)
    return _shown(services, row.pk, as_activity=as_activity)


def _shown(services: Services, pk: int, *, as_activity: bool) -> Response:
    """A post as this visitor may see it: strangers what is public, a signed request what its actor may see."""
    visitor = visitors.signer(services)
    with services.db.read() as session:
        row = _visible(session, pk, None)
        public = row is not None
        if row is None and visitor is not None:
            row = _visible(session, pk, visitor.id)
        if row is None:
            raise NotFoundError()
        return document_answer(_rendered(services, session, row, as_activity=as_activity), public=public)


def _visible(session: Session, pk: int, viewer_id: int | None) -> PostRow | None:
    row: PostRow | None = session.scalar(
        posts_for(viewer_id).where(PostRow.pk == pk, PostRow.state == PostState.PUBLISHED)
    )
    return row


def _rendered(services: Services, session: Session, row: PostRow, *, as_activity: bool) -> dict[str, Any]:
    if row.kind is PostKind.BOOST:
        return render.activity(described.boost(session, row))
    value = described.post(session, services.settings, row)
    return render.activity(described.creation(value)) if as_activity else render.post(value)


def _public_posts(session: Session, actor_id: int, max_id: int | None) -> list[PostRow]:
    query = posts_for(None).where(PostRow.actor_id == actor_id)
    if max_id is not None:
        query = query.where(PostRow.id < max_id)
    return list(session.scalars(query.order_by(PostRow.id.desc()).limit(PAGE)))


def _count_public(session: Session, actor_id: int) -> int:
    theirs = posts_for(None, PostRow.pk).where(PostRow.actor_id == actor_id).subquery()
    return session.scalar(select(func.count()).select_from(theirs)) or 0


def _max_id() -> int | None:
    value = request.args.get("max_id")
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 19 and int(value) < 2**63):
        raise BadRequestError("max_id is no id", code="max_id_bad")
    return int(value)


def _counted(name: str, what: str) -> Response:
    services = current.services()
    visitors.signer(services)
    with services.db.read() as session:
        row = _present(session, name)
    total = row.followers_count if what == "followers" else row.following_count
    return document_answer({**render.collection(f"{row.uri}/{what}", total)})
