"""Posts that nobody sent us: fetched because somebody boosted or looked for them. They go through the door, too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import AppError, GoneError, NotFoundError
from app.federation import actors, drafting, signing, tombstones
from app.federation.tombstones import Deleted
from app.federation.wire import fetching, parse, uris
from app.federation.wire.errors import ForeignError, MalformedError, WireError
from app.federation.wire.values import Actor, Post
from app.posts import admission
from app.posts.tables import PostRow, PostState
from app.quotes import wanting
from app.services import Services
from moderation.domains.rules import DomainRules


@dataclass(frozen=True, slots=True)
class FetchedPost:
    """A post that is stored now, in whatever state its verdict gave it."""

    pk: int
    state: PostState


def known(services: Services, uri: str) -> FetchedPost | None:
    """The post of a URI as it is stored, deleted ones too."""
    with services.db.read() as session:
        row = session.execute(select(PostRow.pk, PostRow.state).where(PostRow.uri == uri)).one_or_none()
    return FetchedPost(row.pk, row.state) if row is not None else None


def fetch(services: Services, uri: str, *, live: bool = False, quotes: int = 0) -> FetchedPost:
    """The post of a URI: as it is stored, or fetched with its author, judged and stored.

    It takes its place in the past, unless it is `live`: its author has just told us of it. `quotes`: how many quotes
    lie between it and a post that somebody sees. Raises WireError, AppError.
    """
    there = known(services, uri)
    if there is not None:
        return there
    found = fetch_object(services, uri)
    if not isinstance(found, Post):
        raise MalformedError("this is no post", code="not_a_post")
    return admit(services, found, live=live, quotes=quotes)


def fetch_object(services: Services, uri: str) -> Post | Actor:
    """What lives at a URI, parsed. Raises WireError, AppError."""
    actors.require_open(services, uris.origin(uri) or "")
    document = fetching.fetch_object(services.fetcher, uri, signer=signing.instance_signer(services))
    found = parse.parse_object(document)
    if not isinstance(found, Post | Actor):
        raise MalformedError("neither a post nor an actor", code="object_unsupported")
    return found


def admit(
    services: Services, post: Post, *, live: bool = False, quotes: int = 0, via_relay: bool = False
) -> FetchedPost:
    """Put a post through the door that was fetched from its own home. Raises WireError, AppError."""
    if post.is_vote:
        raise MalformedError("a vote in a poll is no post", code="vote_not_a_post")
    if not uris.same_origin(post.uri, post.author):
        raise ForeignError("the post's author is on another host", code="author_foreign")
    author = _author(services, post.author)
    with services.db.read() as session:
        if tombstones.among(session, [Deleted(post.uri, author.id)]):
            raise GoneError("Its author deleted it", code="deleted_before")
        draft = drafting.draft(
            post,
            author,
            drafting.people(session, [post]),
            DomainRules.load(session),
            received_at=services.clock.now(),
            live=live,
        )
    admitted = admission.admit_one(services, replace(draft, via_relay=via_relay))
    if draft.quote is not None and admitted.state is PostState.PUBLISHED:
        with services.db.write() as session:
            wanting.of_posts(session, services, [admitted.pk], depth=quotes + 1)
    return FetchedPost(admitted.pk, admitted.state)


def _author(services: Services, uri: str) -> ActorRow:
    """Who wrote it, fetched if need be. Raises WireError, AppError."""
    try:
        author = actors.fetch(services, uri)
    except AppError as error:
        # The one who asks decides by the other server's answer whether to try again.
        if isinstance(error.__cause__, WireError):
            raise error.__cause__ from error
        raise
    if author.local or author.suspended_at is not None or author.domain_hidden:
        raise NotFoundError(code="author_not_here")
    return author
