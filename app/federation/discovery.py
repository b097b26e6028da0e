"""WebFinger, host-meta and NodeInfo: how others find who is here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, request
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup, signup
from app.accounts.instance_actor import instance_actor
from app.accounts.making import house_name
from app.accounts.tables import AccountRow, ActorRow
from app.errors import AppError, BadRequestError, GoneError, NotFoundError
from app.federation import described
from app.federation.answers import JRD_TYPE, json_answer
from app.federation.wire import discovery, render, uris
from app.federation.wire.errors import MalformedError
from app.federation.wire.values import Usage
from app.instance.tables import InstanceSettingRow
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from app.settings import Registration
from app.version import VERSION

blueprint = Blueprint("discovery", __name__)
NODEINFO_TYPE = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{}#"'
COUNTED_EVERY = timedelta(minutes=30)
_COUNTS = "ostiary:nodeinfo"
_MONTH, _HALF_YEAR = timedelta(days=30), timedelta(days=180)


@blueprint.get("/.well-known/webfinger")
def webfinger() -> Response:
    """RFC 7033: by `acct:name@domain`, or by an actor's own address."""
    services = current.services()
    resource = request.args.get("resource", "")
    if not resource or len(resource) > uris.MAX_LENGTH:
        raise BadRequestError("The parameter resource is missing", code="resource_missing")
    with services.db.read() as session:
        actor = _found(services, session, resource)
        if actor is None and _is_deleted(services, session, resource):
            raise GoneError("Who had this name has left", code="actor_gone")
    if actor is not None and actor.deleted_at is not None:
        raise GoneError("Who had this name has left", code="actor_gone")
    if actor is None or actor.suspended_at is not None:
        raise NotFoundError("There's nobody of that name here")
    document = render.webfinger(lookup.handle_of(actor), described.actor(services.settings, actor))
    answer = json_answer(document, mimetype=JRD_TYPE)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get("/.well-known/host-meta")
def host_meta() -> Response:
    """RFC 6415."""
    base = current.services().settings.base_url
    if request.accept_mimetypes.best_match(("application/xrd+xml", "application/json")) == "application/json":
        return host_meta_json()
    return Response(render.host_meta(base), content_type="application/xrd+xml; charset=utf-8")


@blueprint.get("/.well-known/host-meta.json")
def host_meta_json() -> Response:
    """The same as JSON."""
    base = current.services().settings.base_url
    return json_answer(render.host_meta_json(base), mimetype="application/json")


@blueprint.get("/.well-known/nodeinfo")
def nodeinfo_index() -> Response:
    """Where the NodeInfo documents are."""
    base = current.services().settings.base_url
    return json_answer(discovery.nodeinfo_index(base), mimetype="application/json")


@blueprint.get("/nodeinfo/<version>")
def nodeinfo(version: str) -> Response:
    """NodeInfo 2.0 and 2.1; the counts are up to half an hour old."""
    try:
        document = discovery.nodeinfo(_usage(current.services()), version)
    except ValueError as error:
        raise NotFoundError(f"There's no NodeInfo {version[:8]} here") from error
    answer = json_answer(document, mimetype="application/json")
    answer.headers["Content-Type"] = NODEINFO_TYPE.format(version)
    answer.headers["Cache-Control"] = "public, max-age=1800"
    return answer


@blueprint.errorhandler(AppError)
def _error(error: AppError) -> Response:
    document = {"error": error.text, "error_description": error.code}
    return json_answer(document, status=error.status, mimetype="application/json")


def _found(services: Services, session: Session, resource: str) -> ActorRow | None:
    settings = services.settings
    if uris.is_uri(resource):
        if resource.rstrip("/") in (settings.base_url, settings.url("/actor")):
            return instance_actor(services)
        by_address = select(ActorRow).where(ActorRow.local, (ActorRow.uri == resource) | (ActorRow.url == resource))
        return session.scalars(by_address.limit(1)).first()
    try:
        name, domain = discovery.split_handle(resource)
    except MalformedError as error:
        raise BadRequestError("The resource is neither acct:name@domain nor an address", code="resource_bad") from error
    if domain != settings.domain:
        return None
    if name.lower() == house_name(settings):
        return instance_actor(services)
    return lookup.find_by_handle(session, settings, name)


def _is_deleted(services: Services, session: Session, resource: str) -> bool:
    """Whether a handle was a member's who left: names are never given out twice."""
    if uris.is_uri(resource):
        return False  # found by its address above
    name, domain = discovery.split_handle(resource)
    left = select(ActorRow.id).where(
        ActorRow.local, ActorRow.username_lower == name.lower(), ActorRow.deleted_at.is_not(None)
    )
    return domain == services.settings.domain and session.scalar(left) is not None


def _usage(services: Services) -> Usage:
    with services.db.read() as session:
        named: dict[str, Any] = dict(
            session.execute(
                select(InstanceSettingRow.name, InstanceSettingRow.value).where(
                    InstanceSettingRow.name.in_(("title", "description"))
                )
            ).all()
        )
        mode = signup.registration(session, services)
    return Usage(
        version=VERSION,
        open_registrations=mode in (Registration.OPEN, Registration.APPROVAL),
        name=str(named.get("title") or services.settings.domain),
        description=str(named.get("description") or ""),
        **_counts(services),
    )


def _counts(services: Services) -> dict[str, Any]:
    """Counted rarely: anybody may ask, and counting posts takes a while on a large server."""
    try:
        kept = services.redis.get(_COUNTS)
        if kept is not None:
            return dict(orjson.loads(kept))
        counts = _count(services)
        services.redis.set(_COUNTS, orjson.dumps(counts), ex=int(COUNTED_EVERY.total_seconds()))
    except RedisError:
        return _count(services)
    return counts


def _count(services: Services) -> dict[str, int]:
    now = services.clock.now()
    members = select(func.count()).select_from(AccountRow).join(ActorRow, ActorRow.id == AccountRow.id)
    members = members.where(
        AccountRow.confirmed_at.is_not(None), ActorRow.suspended_at.is_(None), ActorRow.deleted_at.is_(None)
    )
    posts = select(func.count()).where(
        PostRow.local, PostRow.state == PostState.PUBLISHED, PostRow.kind != PostKind.BOOST
    )
    with services.db.read() as session:
        return {
            "users": session.scalar(members) or 0,
            "active_month": session.scalar(members.where(AccountRow.last_seen_at > now - _MONTH)) or 0,
            "active_halfyear": session.scalar(members.where(AccountRow.last_seen_at > now - _HALF_YEAR)) or 0,
            "posts": session.scalar(posts) or 0,
        }
