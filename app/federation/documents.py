"""Actors, posts and collections as documents for peers; the same addresses lead people to the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app import current
from app.accounts import lookup
from app.accounts.instance_actor import instance_actor
from app.accounts.tables import ActorRow
from app.emojis import known
from app.errors import AppError, GoneError, NotFoundError
from app.federation import described, own_keys, secured, visitors
from app.federation.answers import document_answer, json_answer, wants_activity
from app.federation.wire import render
from app.federation.wire.values import ActorKind
from app.posts.tables import PostKind, PostRow, PostState, QuoteRow, QuoteState
from app.posts.visibility import posts_for
from app.services import Services
from moderation.values import PUBLIC_KINDS, PUBLISHABLE

blueprint = Blueprint("documents", __name__)
PAGE = 20


@blueprint.before_request
def refuse_null() -> None:
    """PostgreSQL has no text with a null in it, so nothing here is called so."""
    if "\0" in request.path:
        raise NotFoundError()


secured.guard(blueprint)


@blueprint.get("/actor")
def house() -> Response:
    """The server's own actor, who signs its fetches. It's had without a signature, or nobody could begin."""
    services = current.services()
    return document_answer(
        render.actor(described.actor(services.settings, own_keys.ensure(services, instance_actor(services))))
    )


@blueprint.get("/actor/outbox")
def house_outbox() -> Response:
    """It says nothing."""
    return document_answer(render.collection(current.services().settings.url("/actor/outbox"), 0))


@blueprint.get("/users/<name>")
def actor(name: str) -> AnyResponse:
    """A member."""
    services = current.services()
    with services.db.read() as session:
        row = local_actor(session, name)
    if not wants_activity():
        return redirect(services.settings.url(f"/@{row.username}"))
    if row.deleted_at is not None:
        return document_answer(render.tombstone(row.uri, ActorKind(row.kind.value), row.deleted_at), status=410)
    return document_answer(render.actor(described.actor(services.settings, own_keys.ensure(services, row))))


@blueprint.get("/emojis/<int:number>")
def emoji(number: int) -> Response:
    """An emoji of the house, which its tags name. Raises NotFoundError."""
    settings = current.services().settings
    house = known.of(settings)
    found = next((each for each in house.all().values() if each.id == number), None) if house is not None else None
    if found is None:
        raise NotFoundError()
    return document_answer(render.emoji(described.emoji(settings, found)))


@blueprint.get("/users/<name>/statuses/<key>")
def post(name: str, key: str) -> AnyResponse:
    """A post, or a boost as the Announce that it is."""
    return _post(name, key, as_activity=False)


@blueprint.get("/users/<name>/statuses/<key>/activity")
def activity(name: str, key: str) -> AnyResponse:
    """The Create of a post."""
    return _post(name, key, as_activity=True)


@blueprint.get("/users/<name>/quote_authorizations/<key>")
def authorization(name: str, key: str) -> Response:
    """A stamp: that a post may quote one of a member's. Taken back, or without the two posts, it's gone."""
    services = current.services()
    with services.db.read() as session:
        author = local_actor(session, name)
        row = session.scalar(
            select(QuoteRow).where(QuoteRow.authorization_uri == f"{author.uri}/quote_authorizations/{key}")
        )
        if row is None:
            raise NotFoundError()
        stamp = described.authorization(session, row)
        quoted = session.get(PostRow, row.quoted_pk)
        stands = row.state is QuoteState.ACCEPTED and author.suspended_at is None and author.deleted_at is None
        if stamp is None or quoted is None or not stands or quoted.state is not PostState.PUBLISHED:
            raise GoneError("This is not allowed any more")
        return document_answer(render.authorization(stamp))


@blueprint.errorhandler(AppError)
def error_answer(error: AppError) -> Response:
    document = {"error": error.text, "error_description": error.code}
    return json_answer(document, status=error.status, mimetype="application/json")


def local_actor(session: Session, name: str) -> ActorRow:
    """A local actor, gone or not; who signed up but isn't in yet is nobody. Raises NotFoundError."""
    query = select(ActorRow).where(ActorRow.local, ActorRow.username_lower == name.lower(), lookup.is_in())
    row = session.scalar(query)
    if row is None or (row.account is None and row.deleted_at is None):
        raise NotFoundError()
    return row


def _post(name: str, key: str, *, as_activity: bool) -> AnyResponse:
    services = current.services()
    with services.db.read() as session:
        author = local_actor(session, name)
        row = session.scalar(select(PostRow).where(PostRow.uri == f"{author.uri}/statuses/{key}"))
    if row is None:
        raise NotFoundError()
    if not wants_activity():
        return redirect(services.settings.url(f"/@{author.username}/{row.id}"))
    gone_at = author.deleted_at or row.deleted_at
    if gone_at is not None and row.outcome in PUBLISHABLE and row.visibility in PUBLIC_KINDS:
        return document_answer(render.tombstone(row.uri, None, gone_at), status=410)
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
        return document_answer(rendered(services, session, row, as_activity=as_activity), public=public)


def _visible(session: Session, pk: int, viewer_id: int | None) -> PostRow | None:
    row: PostRow | None = session.scalar(
        posts_for(viewer_id).where(PostRow.pk == pk, PostRow.state == PostState.PUBLISHED)
    )
    return row


def rendered(services: Services, session: Session, row: PostRow, *, as_activity: bool) -> dict[str, Any]:
    if row.kind is PostKind.BOOST:
        return render.activity(described.boost(session, row))
    value = described.post(session, services.settings, row)
    return render.activity(described.creation(value)) if as_activity else render.post(value)
