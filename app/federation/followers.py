"""Followers as both sides know them (FEP-8fcf): ours told with what is for followers only, others' compared with ours.

What somebody says in a header is only a reason to ask: what changes here is what the actor's own host lists, signed
for, whole, and with the digest that was claimed. Once an hour for each actor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.errors import AppError
from app.federation import actors, asking, counters, outgoing, signing
from app.federation.tables import FollowerSyncRow
from app.federation.wire import discovery, fetching, synchronisation, uris
from app.federation.wire.errors import FetchError, ForeignError, MalformedError, WireError
from app.federation.wire.synchronisation import Claim
from app.federation.wire.values import Collection
from app.relationships import edges
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.stores.jobs import Job

log = structlog.get_logger()
AGAIN_AFTER = timedelta(hours=1)
LEASE = timedelta(minutes=5)
MOST_PAGES = 20
MOST_LISTED = 20_000
MOST_ANSWERED = 200
"""So many members whom the other side takes for followers are put right at a time."""
_RETRIES = tuple(timedelta(minutes=m) for m in (5, 30))


@dataclass(frozen=True, slots=True)
class Due:
    """An actor whose followers here aren't those that their own host claims."""

    actor_id: int
    url: str
    digest: str
    attempts: int


def claim(session: Session, actor_id: int, host: str) -> str | None:
    """The header that tells a host who of its own follows this member; None where nobody does."""
    member = session.get_one(ActorRow, actor_id)
    query = select(ActorRow.uri).join(FollowRow, FollowRow.follower_id == ActorRow.id)
    found = session.scalars(query.where(*on_host(actor_id, host))).all()
    if not found or member.followers_url is None:
        return None
    url = f"{member.uri}/followers_synchronization"
    return synchronisation.header(Claim(member.followers_url, url, synchronisation.digest(found)))


def on_host(actor_id: int, host: str) -> tuple[ColumnElement[bool], ...]:
    """Of follows joined with their followers: those of this member by people of that host."""
    return (
        FollowRow.target_id == actor_id,
        FollowRow.state == FollowState.ACCEPTED,
        ActorRow.local.is_(False),
        ActorRow.domain == host,
        ActorRow.deleted_at.is_(None),
    )


def hear(services: Services, actor_uri: str, header: str) -> None:
    """An actor said, and signed, who here follows them: where we know others, their host is asked for the list."""
    said, now = synchronisation.parse(header), services.clock.now()
    if said is None or not uris.same_origin(said.url, actor_uri):
        counters.SYNCHRONISED.labels("unusable").inc()
        return
    with services.db.read() as session:
        actor = lookup.find_by_uri(session, actor_uri)
        if actor is None or actor.local or actor.followers_url != said.collection:
            counters.SYNCHRONISED.labels("unusable").inc()
            return
        row = session.get(FollowerSyncRow, actor.id)
        if row is not None and now - row.asked_at < AGAIN_AFTER:
            return
        if synchronisation.digest(_followers_here(session, actor.id)) == said.digest:
            return
    with services.db.write() as session:
        session.merge(
            FollowerSyncRow(actor_id=actor.id, url=said.url, digest=said.digest, attempts=0, asked_at=now, next_at=now)
        )
        after_commit(session, lambda: services.nudger.nudge(Job.FOLLOWERS))


def drain(services: Services, limit: int = 20) -> int:
    """Ask for the lists that differ from ours; how many were asked for."""
    return asking.each_host(
        _take(services, limit), lambda due: uris.origin(due.url) or "", lambda dues: _ask(services, dues)
    )


def _take(services: Services, limit: int) -> list[Due]:
    now = services.clock.now()
    due = select(FollowerSyncRow).where(FollowerSyncRow.next_at <= now).order_by(FollowerSyncRow.next_at).limit(limit)
    with services.db.read() as session:
        if session.scalar(due.limit(1)) is None:
            return []
    with services.db.write() as session:
        rows = session.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
        return [Due(row.actor_id, row.url, row.digest, row.attempts) for row in rows]


def _ask(services: Services, dues: Sequence[Due]) -> None:
    """One host's, one after another; once it's silent, the rest is put off with it."""
    silent = False
    for due in dues:
        if silent:
            _settle(services, due, again=True)
            continue
        try:
            outcome = _synchronise(services, due)
        except (WireError, AppError) as error:
            counters.SYNCHRONISED.labels(error.code).inc()
            silent = isinstance(error, FetchError) and not error.permanent
            _settle(services, due, again=silent)
        else:
            counters.SYNCHRONISED.labels(outcome).inc()
            _settle(services, due)


def _settle(services: Services, due: Due, *, again: bool = False) -> None:
    waits = again and due.attempts <= len(_RETRIES)
    next_at = services.clock.now() + _RETRIES[due.attempts - 1] if waits else None
    with services.db.write() as session:
        session.execute(update(FollowerSyncRow).where(FollowerSyncRow.actor_id == due.actor_id).values(next_at=next_at))


def _synchronise(services: Services, due: Due) -> str:
    """Make our follows those that the actor's host lists; a word on what came of it. Raises WireError, AppError."""
    with services.db.read() as session:
        # Whoever was let in before we ask must be on the list; who is let in meanwhile needn't be.
        before = set(_followers_here(session, due.actor_id))
    listed = _listed(services, due.url)
    if synchronisation.digest(listed) != due.digest:
        return "digest_differs"
    _end(services, due.actor_id, before - listed)
    _begin(services, due.actor_id, sorted(listed - before))
    return "done"


def _listed(services: Services, url: str) -> set[str]:
    """Everybody on the list, page by page, all of it on one host. Raises WireError, AppError."""
    actors.require_open(services, uris.origin(url) or "")
    found: set[str] = set()
    seen: set[str] = set()
    following: str | None = url
    while following is not None and following not in seen:
        if len(seen) >= MOST_PAGES or len(found) > MOST_LISTED:
            raise MalformedError("a list of followers without an end", code="followers_too_many")
        seen.add(following)
        page = _page(services, following, url)
        found.update(page.items)
        following = page.next or (page.first if not page.items and len(seen) == 1 else None)
    if len(found) > MOST_LISTED:
        raise MalformedError("more followers than we compare", code="followers_too_many")
    return found


def _page(services: Services, url: str, listed_at: str) -> Collection:
    if not uris.same_origin(url, listed_at):
        raise ForeignError("a list of followers on another host", code="followers_foreign")
    fetched = services.fetcher.get(url, signer=signing.instance_signer(services))
    if not uris.same_origin(fetched.url, listed_at):
        raise ForeignError("a list of followers that leads to another host", code="followers_foreign")
    return discovery.parse_collection(fetching.load(fetched), most=MOST_LISTED + 1)


def _end(services: Services, actor_id: int, unlisted: set[str]) -> None:
    """Who isn't listed doesn't follow any more: their host said so once, and it was lost."""
    for uri in sorted(unlisted):
        with services.db.write() as session:
            follow = _follow_of(session, actor_id, uri)
            if follow is not None and follow.state is FollowState.ACCEPTED:
                edges.remove(session, services, follow)


def _begin(services: Services, actor_id: int, listed: Sequence[str]) -> None:
    """Of members whom they take for followers: who asked was accepted; who didn't, or not any more, takes it back."""
    ours = [uri for uri in listed if uris.origin(uri) == services.settings.domain]
    answered = 0
    for uri in ours:
        if answered >= MOST_ANSWERED:
            return
        with services.db.write() as session:
            member = lookup.find_by_uri(session, uri)
            if member is None or not member.local or member.deleted_at is not None:
                continue
            answered += 1
            follow = edges.find(session, member.id, actor_id)
            if follow is not None:
                edges.accept(session, services, follow)
            else:
                outgoing.never_followed(session, services, member, session.get_one(ActorRow, actor_id))


def _follow_of(session: Session, actor_id: int, follower_uri: str) -> FollowRow | None:
    follower = lookup.find_by_uri(session, follower_uri)
    return edges.find(session, follower.id, actor_id) if follower is not None else None


def _followers_here(session: Session, actor_id: int) -> Sequence[str]:
    """Members who follow somebody elsewhere."""
    query = select(ActorRow.uri).join(FollowRow, FollowRow.follower_id == ActorRow.id)
    return session.scalars(
        query.where(FollowRow.target_id == actor_id, FollowRow.state == FollowState.ACCEPTED, ActorRow.local)
    ).all()
