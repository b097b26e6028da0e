"""Relays: servers that pass public posts of many on to many. There is none here until an admin adds one.

Two kinds: Mastodon's, whose inbox is sent a Follow of everybody (`as:Public`), and LitePub's, whose actor is followed
by ours. What they bring is dealt with in `relayed`; a relay that nobody added is an actor as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import ActorKind, ActorRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.federation import actors, keys, sending
from app.federation.tables import RelayRow, RelayState, RelayStyle
from app.federation.wire import fetching, render, uris
from app.federation.wire.errors import RefusedUrlError
from app.federation.wire.values import PUBLIC, Accept, Embedded, Follow, Undo
from app.ids import milliseconds
from app.relationships import edges
from app.services import Services
from moderation.log import chain

log = structlog.get_logger()
S = RelayState
ARROWS: dict[RelayState | None, frozenset[RelayState]] = {
    None: frozenset({S.WAITING}),
    S.WAITING: frozenset({S.ACCEPTED, S.REFUSED, S.REMOVED}),
    S.ACCEPTED: frozenset({S.REFUSED, S.REMOVED}),
    S.REFUSED: frozenset({S.WAITING, S.REMOVED}),
    S.REMOVED: frozenset({S.WAITING}),
}
"""None: a relay that was never added. Accepted → refused: it doesn't want us any more."""
MOST = 20
LONGEST_ADDRESS = 1000
_NO_PEOPLE = (ActorKind.APPLICATION, ActorKind.SERVICE, ActorKind.GROUP)


def add(services: Services, address: str, by: str) -> RelayRow:
    """Ask a relay to pass on to us: by its inbox (an address that ends so), or its actor. Asked again, it's the same.

    Raises InvalidError for what can be no relay, ForbiddenError for a suspended domain, NotFoundError and
    UnavailableError where an actor can't be fetched.
    """
    host = _host(services, address)
    actors.require_open(services, host)
    style = _style(address)
    actor = _actor(services, address) if style is RelayStyle.LITEPUB else None
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        row = session.scalar(select(RelayRow).where(RelayRow.address == address))
        if row is not None and row.state in (S.WAITING, S.ACCEPTED):
            return row
        if row is None and len(listed(session)) >= MOST:
            raise InvalidError(f"There are {MOST} relays already")
        if row is None:
            row = RelayRow(address=address, style=style, host=host)
            session.add(row)
        row.inbox_url = (actor.inbox_url or "") if actor is not None else address
        row.actor_id = actor.id if actor is not None else None
        row.follow_uri = edges.new_uri(services, "follow")
        row.added_by, row.added_at, row.answered_at = by, services.clock.now(), None
        _move(row, S.WAITING)
        session.flush()
        follow = Follow(row.follow_uri, house.uri, actor.uri if actor is not None else PUBLIC)
        sending.send(session, services, house, render.activity(follow), [row.inbox_url])
        chain.append(session, by, "relay_added", f"relay:{row.id}", {"address": address}, services.clock.now())
    return row


def remove(services: Services, relay_id: int, by: str) -> RelayRow:
    """Take nothing from it any more, and give it nothing; it's told. Raises NotFoundError."""
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        row = session.get(RelayRow, relay_id)
        if row is None or row.state is S.REMOVED:
            raise NotFoundError
        told = row.state is not S.REFUSED
        _move(row, S.REMOVED)
        if told:
            actor = session.get(ActorRow, row.actor_id) if row.actor_id is not None else None
            followed = actor.uri if row.style is RelayStyle.LITEPUB and actor is not None else PUBLIC
            inner = Embedded("Follow", row.follow_uri, house.uri, followed)
            undo = Undo(row.follow_uri + "#undo", house.uri, inner)
            sending.send(session, services, house, render.activity(undo), [row.inbox_url])
        chain.append(session, by, "relay_removed", f"relay:{row.id}", {"address": row.address}, services.clock.now())
        log.info("relay_removed", relay=row.address, by=by)
    return row


def listed(session: Session) -> Sequence[RelayRow]:
    """Every relay that was ever added and isn't removed, in that order."""
    return session.scalars(select(RelayRow).where(RelayRow.state != S.REMOVED).order_by(RelayRow.id)).all()


def by_address(session: Session, address: str) -> RelayRow:
    """The relay of an address, if it isn't removed. Raises NotFoundError."""
    row = session.scalar(select(RelayRow).where(RelayRow.address == address, RelayRow.state != S.REMOVED))
    if row is None:
        raise NotFoundError("There is no such relay")
    return row


def answered(session: Session, services: Services, actor: ActorRow, inner: Embedded, *, accepted: bool) -> bool:
    """A relay says yes or no to our Follow; whether it was one, and that relay's to answer."""
    row = _asked(session, services, actor, inner)
    if row is None:
        return False
    after = S.ACCEPTED if accepted else S.REFUSED
    if row.state is not after and after not in ARROWS[row.state]:
        return False
    if row.state is not after:
        _move(row, after)
    row.actor_id, row.answered_at = actor.id, services.clock.now()
    return True


def follows_back(session: Session, services: Services, actor: ActorRow, follow: Follow) -> bool:
    """A relay follows our own actor, as some do before they pass anything on: it may. Whether it was a relay."""
    wanted = RelayRow.state.in_((S.WAITING, S.ACCEPTED))
    row = session.scalar(select(RelayRow).where(wanted, RelayRow.host == actor.domain).limit(1))
    house = instance_actor.find(session, services.settings)
    if row is None or house is None or (row.actor_id is not None and row.actor_id != actor.id):
        return False
    inner = Embedded("Follow", follow.uri, actor.uri, house.uri)
    uri = f"{house.uri}#accepts/{milliseconds(services.clock.now())}"
    sending.send(session, services, house, render.activity(Accept(uri, house.uri, inner)), [row.inbox_url])
    return True


def of_actors(session: Session, actor_ids: Iterable[int]) -> dict[int, int]:
    """Which of these actors are relays that we take from: actor's id → relay's id."""
    accepted = select(RelayRow.actor_id, RelayRow.id).where(RelayRow.state == S.ACCEPTED)
    found = session.execute(accepted.where(RelayRow.actor_id.in_(set(actor_ids))))
    return {actor_id: relay_id for actor_id, relay_id in found if actor_id is not None}


def of_uri(session: Session, actor_uri: str) -> int | None:
    """The id of the relay whose actor this is, if we take from it."""
    query = select(RelayRow.id).join(ActorRow, ActorRow.id == RelayRow.actor_id)
    return session.scalar(query.where(ActorRow.uri == actor_uri, RelayRow.state == S.ACCEPTED).limit(1))


def of_key(session: Session, key_id: str) -> bool:
    """Whether a key, which may be a new one, is a relay's that we take from, to go by its address."""
    query = select(ActorRow.uri, ActorRow.key_id).join(RelayRow, RelayRow.actor_id == ActorRow.id)
    accepted = query.where(RelayRow.state == RelayState.ACCEPTED, RelayRow.host == uris.origin(key_id))
    return any(key_id == known or keys.is_below(key_id, uri) for uri, known in session.execute(accepted))


def count(session: Session, relay_id: int, *, came: int = 0, shown: int = 0, held: int = 0) -> None:
    """Add up what a relay named, and what of it was shown or waits."""
    session.execute(
        update(RelayRow)
        .where(RelayRow.id == relay_id)
        .values(came=RelayRow.came + came, shown=RelayRow.shown + shown, held=RelayRow.held + held)
    )


def _asked(session: Session, services: Services, actor: ActorRow, inner: Embedded) -> RelayRow | None:
    """The relay that an answer is about: by our Follow's id, which only the relay knows, and from its own host."""
    query = select(RelayRow).where(RelayRow.host == actor.domain, RelayRow.state != S.REMOVED)
    if inner.uri is not None:
        query = query.where(RelayRow.follow_uri == inner.uri)
    elif inner.actor != services.settings.url("/actor"):
        return None
    row = session.scalar(query.order_by(RelayRow.id).limit(1))
    if row is None or (row.actor_id is not None and row.actor_id != actor.id):
        return None
    return row


def _host(services: Services, address: str) -> str:
    """The host of an address that may be a relay's. Raises InvalidError, ForbiddenError."""
    settings = services.settings
    if settings.trial:
        raise ForbiddenError("A trial federates with nobody", code="trial")
    host = uris.origin(address) if len(address) <= LONGEST_ADDRESS else None
    try:
        fetching.check_url(address, settings.scheme)
    except RefusedUrlError as error:
        raise InvalidError("This is no address of a relay") from error
    if host is None or host == settings.domain:
        raise InvalidError("This is no address of a relay")
    return host


def _style(address: str) -> RelayStyle:
    return RelayStyle.MASTODON if urlsplit(address).path.rstrip("/").endswith("/inbox") else RelayStyle.LITEPUB


def _actor(services: Services, address: str) -> ActorRow:
    """The actor behind an address, who must be nobody's. Raises AppError."""
    actor = actors.fetch(services, address)
    if actor.local or actor.kind not in _NO_PEOPLE:
        raise InvalidError("This is a person, not a relay")
    if not uris.same_origin(actor.inbox_url or "", address):
        raise InvalidError("This relay has no inbox of its own")
    return actor


def _move(row: RelayRow, after: RelayState) -> None:
    """The one place where a relay's state changes."""
    if after not in ARROWS[row.state]:
        raise InvalidError("This relay can't be changed like that any more")
    row.state = after
