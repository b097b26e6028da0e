"""Actors from elsewhere: fetched, stored, kept fresh. A profile's words pass the door; keys don't wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import lookup, profile
from app.accounts.domains import mark_new
from app.accounts.tables import ActorKind, ActorRow
from app.database.engine import after_commit
from app.errors import AppError, ForbiddenError, GoneError, NotFoundError, UnavailableError
from app.federation import instances, keys, signing
from app.federation.rules import is_suspended
from app.federation.tables import RelayRow, RelayState
from app.federation.wire import actors as wire_actors
from app.federation.wire import discovery, fetching, uris
from app.federation.wire.errors import FetchError, ForeignError, PublicKeyError, WireError
from app.federation.wire.fetching import Kind
from app.federation.wire.values import Actor, Resource
from app.ids import IDS
from app.media import renewing
from app.services import Services
from app.stores.jobs import Job
from moderation.domains.rules import rule_for

log = structlog.get_logger()
FRESH = timedelta(days=1)
_AUTOMATIC = (ActorKind.SERVICE, ActorKind.APPLICATION)


def fetch(services: Services, uri: str) -> ActorRow:
    """The actor of a URI: as we know them, or fetched. Raises NotFoundError, ForbiddenError, UnavailableError."""
    with services.db.read() as session:
        known = lookup.find_by_uri(session, uri)
    if known is not None:
        return known
    try:
        return refetch(services, uri)
    except WireError as error:
        raise as_app_error(error) from error


def by_handle(services: Services, handle: str) -> ActorRow:
    """The actor of `name@domain`: as we know them, or found by WebFinger.

    Raises NotFoundError, ForbiddenError, UnavailableError.
    """
    with services.db.read() as session:
        known = lookup.find_by_handle(session, services.settings, handle)
    if known is not None:
        return known
    name, domain = lookup.split_handle(services.settings, handle)
    if domain == services.settings.domain:
        raise NotFoundError()
    try:
        require_open(services, domain)
        return refetch(services, _finger(services, f"{name}@{domain}"))
    except WireError as error:
        raise as_app_error(error) from error


def refetch(services: Services, uri: str) -> ActorRow:
    """Fetch an actor from its own home, whatever we know, and store what it says.

    Raises WireError, ForbiddenError where its domain is suspended, and GoneError where it was deleted.
    """
    require_open(services, uris.origin(uri) or "")
    _require_not_gone(services, uri)
    document = fetching.fetch_object(services.fetcher, uri, signer=signing.instance_signer(services))
    actor = wire_actors.parse_actor(document)
    if not uris.same_origin(actor.uri, uri):
        raise ForeignError("the address of an actor led to another host", code="actor_foreign")
    return store(services, actor)


def fetch_key_owner(services: Services, key_id: str) -> ActorRow:
    """Whose key this is, by the word of the key's own host, stored with that key.

    Most ids of keys are their actor's with a fragment; some have a document of their own that names the owner.
    Raises WireError, and ForbiddenError where the domain is suspended.
    """
    require_open(services, uris.origin(key_id) or "")
    signer = signing.instance_signer(services)
    document = fetching.fetch_object(services.fetcher, key_id.partition("#")[0], signer=signer)
    if wire_actors.kind_of(document) is None:
        owner, key = wire_actors.parse_key(document)
        actor = wire_actors.parse_actor(fetching.fetch_object(services.fetcher, owner, signer=signer))
        if key.key_id in actor.key_references:
            actor = replace(actor, keys=(*actor.keys, key))
    else:
        actor = wire_actors.parse_actor(document)
    if not uris.same_origin(actor.uri, key_id):
        raise ForeignError("the key is on another host than its owner", code="key_foreign")
    if key_id not in (one.key_id for one in actor.keys):
        raise PublicKeyError("the actor has no such key", code="key_not_listed")
    return store(services, actor, key_id=key_id)


def store(services: Services, actor: Actor, *, key_id: str | None = None) -> ActorRow:
    """An actor as its own home says it is now. `key_id`: the key whose own address led here.

    Addresses and keys are taken at once; name, text and pictures go through the door. Only ever call it with a
    document that was fetched from, or signed by, the actor's own host.
    """
    try:
        row = _upsert(services, actor, key_id)
    except IntegrityError:
        row = _upsert(services, actor, key_id)  # another process met the actor at the same moment; now it's there
    with services.db.read() as session:
        rule = rule_for(session, row.domain)
    bare = rule is not None and rule.reject_media
    profile.admit_remote_profiles(services, [offered_profile(row.id, replace(actor, emojis=()) if bare else actor)])
    renewing.renew(services, [(row.domain, emoji) for emoji in actor.emojis])
    with services.db.read() as session:
        return session.get_one(ActorRow, row.id)


def offered_profile(actor_id: int, actor: Actor) -> profile.RemoteProfile:
    """The part of an actor that people read."""
    return profile.RemoteProfile(
        actor_id,
        actor.name,
        actor.summary,
        tuple((field.name, field.value) for field in actor.fields),
        avatar_url=actor.icon.url if actor.icon else None,
        header_url=actor.image.url if actor.image else None,
        emojis=tuple((emoji.shortcode, emoji.url) for emoji in actor.emojis),
    )


def refresh_stale(services: Services, limit: int = 50) -> int:
    """Fetch those anew who posted since we last asked, more than a day ago, and ask domains for their NodeInfo.

    Returns how many were asked.
    """
    now = services.clock.now()
    with services.db.read() as session:
        due = _due(session, now, limit)
    for actor_id, uri in due:
        try:
            refetch(services, uri)
        except (WireError, AppError) as error:
            log.info("actor_not_refreshed", actor=uri, error=error.code)
            _put_off(services, actor_id, now)
    return len(due) + instances.learn(services, limit - len(due))


def require_open(services: Services, domain: str) -> None:
    """Raise ForbiddenError for a domain that we have nothing to do with, NotFoundError for our own."""
    if domain == services.settings.domain:
        raise NotFoundError()
    with services.db.read() as session:
        if is_suspended(session, domain):
            raise ForbiddenError("This domain is suspended here", code="domain_suspended")


def _require_not_gone(services: Services, uri: str) -> None:
    """Who was deleted isn't asked for again: nothing brings them back."""
    with services.db.read() as session:
        if session.scalar(select(ActorRow.id).where(ActorRow.uri == uri, ActorRow.deleted_at.is_not(None))):
            raise GoneError("This actor is gone", code="actor_gone")


def as_app_error(error: WireError) -> AppError:
    """What a person is told when another server has not, or did not say, what we asked for."""
    if isinstance(error, FetchError) and not error.permanent:
        return UnavailableError("The other server doesn't answer", code=error.code)
    return NotFoundError(code=error.code)


def _finger(services: Services, handle: str) -> str:
    """The URI behind a handle, if the actor's own host agrees. Raises WireError."""
    found = _webfinger(services, handle)
    _, domain = discovery.split_handle(handle)
    if uris.origin(found.actor_uri) == domain:
        return found.actor_uri
    # A domain may lend its name to actors elsewhere, but only if those say so themselves.
    document = fetching.fetch_object(services.fetcher, found.actor_uri, signer=signing.instance_signer(services))
    actor = wire_actors.parse_actor(document)
    back = _webfinger(services, f"{actor.username}@{actor.host}")
    if back.actor_uri != actor.uri or back.subject.lower() != handle.lower():
        raise ForeignError("the actor's own host knows no such handle", code="handle_foreign")
    return actor.uri


def _webfinger(services: Services, handle: str) -> Resource:
    url = discovery.webfinger_url(handle, services.settings.scheme)
    return discovery.parse_webfinger(fetching.fetch_json(services.fetcher, url, Kind.JRD))


def _upsert(services: Services, actor: Actor, key_id: str | None) -> ActorRow:
    now = services.clock.now()
    with services.db.write() as session:
        row = session.scalar(select(ActorRow).where(ActorRow.uri == actor.uri))
        if row is not None and (row.local or row.deleted_at is not None):
            raise GoneError("This actor is gone", code="actor_gone")
        if row is None:
            row = _new(session, actor, now)
            mark_new(session, [row])
            session.add(row)
            after_commit(session, lambda: services.nudger.nudge(Job.REFRESH_ACTORS))
        for name, value in _columns(actor, now).items():
            setattr(row, name, value)
        _take_suspension(row, actor, now)
        session.flush()
        keys.take(session, row, actor.keys, now, at_home=key_id)
        instances.meet(session, actor.host, now)
        instances.revive(session, [actor.host])
    return row


def _new(session: Session, actor: Actor, now: datetime) -> ActorRow:
    identifier = IDS.take(now)
    name = actor.username.lower()
    taken = session.scalar(select(ActorRow.id).where(ActorRow.username_lower == name, ActorRow.domain == actor.host))
    return ActorRow(
        id=identifier,
        uri=actor.uri,
        local=False,
        domain=actor.host,
        # Some servers give one name to a person and to a group; the handle stays with who was first here.
        username_lower=name if taken is None else f"{name}#{identifier}",
        created_at=now,
        fields=[],
    )


def _columns(actor: Actor, now: datetime) -> dict[str, Any]:
    kind = ActorKind(actor.kind.value)
    return {
        "kind": kind,
        "username": actor.username,
        "url": actor.url,
        "inbox_url": actor.inbox,
        "shared_inbox_url": actor.shared_inbox,
        "outbox_url": actor.outbox,
        "followers_url": actor.followers,
        "following_url": actor.following,
        "featured_url": actor.featured,
        "locked": actor.manually_approves_followers,
        "bot": kind in _AUTOMATIC,
        "discoverable": bool(actor.discoverable),
        "indexable": bool(actor.indexable),
        "memorial": actor.memorial,
        "moved_to_uri": actor.moved_to,
        "also_known_as": list(actor.also_known_as),
        "published_at": min(actor.published, now) if actor.published else None,
        "fetched_at": now,
    }


def _take_suspension(row: ActorRow, actor: Actor, now: datetime) -> None:
    """Who is suspended at home is hidden here for as long; a decision of ours is nobody else's to take back."""
    if actor.suspended and row.suspended_at is None:
        row.suspended_at, row.suspended_at_home = now, True
    elif not actor.suspended and row.suspended_at_home:
        row.suspended_at, row.suspended_at_home = None, False


_RELAYS = select(RelayRow.actor_id).where(RelayRow.state == RelayState.ACCEPTED)
"""They post nothing, but what they forward is believed by their keys."""


def _due(session: Session, now: datetime, limit: int) -> Sequence[tuple[int, str]]:
    rows = session.execute(
        select(ActorRow.id, ActorRow.uri)
        .where(
            ActorRow.local.is_(False),
            ActorRow.deleted_at.is_(None),
            ActorRow.domain_hidden.is_(False),
            ActorRow.fetched_at < now - FRESH,
            or_(ActorRow.last_post_at > ActorRow.fetched_at, ActorRow.id.in_(_RELAYS)),
        )
        .order_by(ActorRow.fetched_at)
        .limit(limit)
    )
    return [(actor_id, uri) for actor_id, uri in rows]


def _put_off(services: Services, actor_id: int, now: datetime) -> None:
    """Who doesn't answer is asked again tomorrow; the key keeps its own date."""
    with services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.id == actor_id).values(fetched_at=now))
