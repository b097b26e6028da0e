"""Threads that are only partly here: what is answered is fetched, who answers is asked for; all of it passes the door.

Each host is asked by one thread at a time, a few posts in a run, so that nobody's silence holds up others and nobody is
stormed because somebody here reads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.tables import ActorRow
from app.errors import AppError, RateLimitedError, UnavailableError
from app.federation import actors, counters, drafting, posts, signing, wanted
from app.federation.tables import Wanted
from app.federation.wanted import Due
from app.federation.wire import discovery, fetching, fields, parse, uris
from app.federation.wire.errors import FetchError, ForeignError, GoneError, WireError
from app.federation.wire.values import Post
from app.posts import delete, edit
from app.posts.tables import PostRow
from app.quotes import stamps
from app.services import Services
from moderation.domains.rules import DomainRules
from moderation.evidence.changes import SERVER

log = structlog.get_logger()
THREADS = 4
MOST_PAGES = 3
GONE = 410
SURE_AFTER = 3
"""So often a home must say 404, minutes apart, before a post is taken for deleted because somebody else said so."""
MOST_REPLIES = 60


class _NotSureError(Exception):
    """It is to be asked again, and its host is well."""


def drain(services: Services, limit: int = 50) -> int:
    """Ask for what is due; how many were asked for."""
    by_host: dict[str, list[Due]] = {}
    for due in wanted.take(services, limit):
        by_host.setdefault(due.host, []).append(due)
    if by_host:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="threads") as pool:
            for done in [pool.submit(_ask, services, dues) for dues in by_host.values()]:
                done.result()
    return sum(len(dues) for dues in by_host.values())


def _ask(services: Services, dues: list[Due]) -> None:
    """One host's; once it doesn't answer, the rest is put off at once."""
    silent = False
    for due in dues:
        silent = silent or _is_silent_for(services, due)
        if silent:
            wanted.settle(services, due, again=True)


def _is_silent_for(services: Services, due: Due) -> bool:
    try:
        _ASK[due.what](services, due)
    except _NotSureError:
        wanted.settle(services, due, again=True)
        return False
    except SQLAlchemyError as error:  # what can't be stored must not hold up the rest, nor come back for ever
        log.warning("wanted_not_stored", uri=due.uri, error=type(error).__name__)
        wanted.settle(services, due, again=True)
        return False
    except (WireError, AppError) as error:
        counters.WANTED.labels(due.what.value, error.code).inc()
        if _passes(error):
            return True
        wanted.settle(services, due)
        return False
    counters.WANTED.labels(due.what.value, "found").inc()
    wanted.settle(services, due)
    return False


def _passes(error: WireError | AppError) -> bool:
    """Whether it may be otherwise later."""
    if isinstance(error, FetchError):
        return not error.permanent
    return isinstance(error, UnavailableError | RateLimitedError)


def _fetch_post(services: Services, due: Due) -> None:
    """A post, and from it on upwards."""
    found = posts.fetch(services, due.uri)  # asks for what it quotes, too
    with services.db.read() as session:
        lacks = session.scalar(
            select(PostRow.in_reply_to_uri).where(PostRow.pk == found.pk, PostRow.in_reply_to_pk.is_(None))
        )
    if lacks is not None:
        with services.db.write() as session:
            wanted.want(session, services, [lacks], Wanted.POST, depth=due.depth + 1)


def _fetch_quoted(services: Services, due: Due) -> None:
    """A post that something here quotes."""
    posts.fetch(services, due.uri, quotes=due.depth)


def _fetch_stamp(services: Services, due: Due) -> None:
    """What allows a quote."""
    try:
        stamps.look_at(services, due.uri, sure=due.attempts >= SURE_AFTER)
    except stamps.NotSureError as error:
        raise _NotSureError from error


def _fetch_replies(services: Services, due: Due) -> None:
    """The addresses of what answers a post, as its own home lists them; each is fetched from where it lives."""
    found = _replies(services, due.uri)
    with services.db.write() as session:
        wanted.want(session, services, found, Wanted.POST, depth=wanted.DEEPEST)


def _replies(services: Services, uri: str) -> list[str]:
    """At most MOST_REPLIES addresses, from the collection that the post's document names and its first pages."""
    actors.require_open(services, uris.origin(uri) or "")
    signer = signing.instance_signer(services)
    named = fetching.fetch_object(services.fetcher, uri, signer=signer).get("replies")
    found: dict[str, None] = {}
    seen: set[str] = set()
    part = discovery.parse_collection(named) if isinstance(named, dict) else None
    following = fields.uri(named) if part is None else part.first or part.next
    for _ in range(MOST_PAGES + 1):  # the collection itself, then its pages
        if part is not None:
            found |= dict.fromkeys(part.items)
            following = part.next or part.first
        if following is None or following in seen or len(found) >= MOST_REPLIES:
            break
        if not uris.same_origin(following, uri):
            raise ForeignError("a collection of replies on another host", code="replies_foreign")
        seen.add(following)
        part = discovery.parse_collection(fetching.fetch_json(services.fetcher, following, signer=signer))
    return list(found)[:MOST_REPLIES]


def _look_again(services: Services, due: Due) -> None:
    """A post as its own home has it now; gone, if that is what its home says."""
    with services.db.read() as session:
        row = session.execute(
            select(ActorRow).join(PostRow, PostRow.actor_id == ActorRow.id).where(PostRow.uri == due.uri)
        ).scalar_one_or_none()
    if row is None or row.local:
        return
    actors.require_open(services, uris.origin(due.uri) or "")
    try:
        document = fetching.fetch_object(services.fetcher, due.uri, signer=signing.instance_signer(services))
    except GoneError as error:
        if error.answered != GONE and due.attempts < SURE_AFTER:
            raise _NotSureError from error
        document = None
    if document is None or "Tombstone" in fields.types(document):
        delete.forget_remote(services, [(due.uri, row.id)], SERVER)
        return
    found = parse.parse_object(document)
    if not isinstance(found, Post) or found.author != row.uri:
        raise ForeignError("the post is somebody else's now", code="author_foreign")
    with services.db.read() as session:
        rules, people = DomainRules.load(session), drafting.people(session, [found])
    now = services.clock.now()
    edit.apply_remote(services, [drafting.draft(found, row, people, rules, received_at=now, live=False)], SERVER)


_ASK = {
    Wanted.AGAIN: _look_again,
    Wanted.POST: _fetch_post,
    Wanted.QUOTED: _fetch_quoted,
    Wanted.REPLIES: _fetch_replies,
    Wanted.STAMP: _fetch_stamp,
}
